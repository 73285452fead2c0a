"""History kept across sessions."""

import os
import stat

import pytest
from jupyter_client.manager import start_new_kernel
from conftest import Notebook
from wire import request


class Sessions:
    """Kernels that share one history file."""

    def __init__(self, file, log):
        self.file, self.log, self.open = file, log, []

    def start(self):
        with open(self.log, "a") as log:
            manager, client = start_new_kernel(
                kernel_name="hooke", startup_timeout=60, env={**os.environ, "HOOKE_HISTORY": str(self.file)}, stderr=log
            )
        self.open.append(Notebook(manager, client))
        return self.open[-1]

    def end(self, notebook):
        self.open.remove(notebook)
        notebook.client.stop_channels()
        notebook.manager.shutdown_kernel()


@pytest.fixture
def sessions(tmp_path):
    sessions = Sessions(tmp_path / "data" / "history.sqlite", tmp_path / "log")
    yield sessions
    for notebook in list(sessions.open):
        sessions.end(notebook)


def history(notebook, subshell=None, **options):
    options = {"raw": True, "output": False, **options}
    return request(notebook.client, "history_request", options, channel="shell", subshell=subshell)["content"]["history"]


def test_cells_are_found_again_in_later_sessions(sessions):
    first = sessions.start()
    for code in ("let a = 1", "6 * 7", "broken(", "6 * 7"):
        first.run(code, stop_on_error=False)
    first.run("hidden", store_history=False)
    first.run("silent", silent=True)
    sessions.end(first)
    assert stat.S_IMODE(sessions.file.stat().st_mode) == 0o600

    second = sessions.start()
    second.run('"é" + "日本"')
    expected = [[1, 1, "let a = 1"], [1, 2, "6 * 7"], [1, 3, "broken("], [1, 4, "6 * 7"], [2, 1, '"é" + "日本"']]
    assert history(second, hist_access_type="tail", n=10) == expected
    assert history(second, hist_access_type="tail", n=2) == expected[-2:]
    assert history(second, hist_access_type="tail", n=0) == []
    with_output = history(second, hist_access_type="tail", n=4, output=True)
    assert [entry[2] for entry in with_output] == [["6 * 7", "42"], ["broken(", None], ["6 * 7", "42"], ['"é" + "日本"', '"é日本"']]

    assert history(second, hist_access_type="range", session=1, start=2, stop=4) == expected[1:3]
    assert history(second, hist_access_type="range", session=0) == expected[4:]
    assert history(second, hist_access_type="range", session=-1, start=4) == expected[3:4]
    assert history(second, hist_access_type="range", session=-2) == []
    assert history(second, hist_access_type="range", session=99) == []

    assert history(second, hist_access_type="search", pattern="6*") == [expected[1], expected[3]]
    assert history(second, hist_access_type="search", pattern="6*", unique=True) == [expected[3]]
    assert history(second, hist_access_type="search", pattern="*", n=2) == expected[-2:]
    assert history(second, hist_access_type="search", pattern='?"é*') == []
    assert history(second, hist_access_type="search", pattern="*日*") == expected[4:]
    assert history(second, hist_access_type="search", pattern="hidden") == []


def test_kernels_that_run_at_once_share_the_file(sessions):
    notebooks = [sessions.start(), sessions.start()]
    for number in range(10):
        for index, notebook in enumerate(notebooks):
            notebook.run(f"// {index}, {number}\n1")
    for index, notebook in enumerate(notebooks):
        assert len(history(notebook, hist_access_type="tail", n=100)) == 20
        lines = history(notebook, hist_access_type="range", session=0)
        assert [entry[2] for entry in lines] == [f"// {index}, {number}\n1" for number in range(10)]


def test_a_subshell_has_a_history_of_its_own(sessions):
    notebook = sessions.start()
    subshell = request(notebook.client, "create_subshell_request")["content"]["subshell_id"]
    notebook.run("1")
    request(notebook.client, "execute_request", {"code": "2"}, channel="shell", subshell=subshell)
    assert [e[2] for e in history(notebook, hist_access_type="range", session=0)] == ["1"]
    assert [e[1:] for e in history(notebook, subshell, hist_access_type="range", session=0)] == [[1, "2"]]


@pytest.mark.parametrize("obstacle", ["garbage", "folder", "nowhere"])
def test_a_history_that_cannot_be_kept_is_held_in_memory_and_logged(sessions, obstacle):
    if obstacle == "nowhere":
        sessions.file = "/proc/none/history.sqlite"
    else:
        sessions.file.parent.mkdir()
        sessions.file.mkdir() if obstacle == "folder" else sessions.file.write_bytes(os.urandom(8192))
    notebook = sessions.start()
    assert notebook.run("6 * 7").result == "42"
    assert history(notebook, hist_access_type="tail", n=5) == [[1, 1, "6 * 7"]]
    assert "kept in memory" in sessions.log.read_text()


def test_a_history_in_memory_leaves_no_file(sessions, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    sessions.file = ":memory:"
    notebook = sessions.start()
    notebook.run("1")
    assert len(history(notebook, hist_access_type="tail", n=5)) == 1
    assert not (tmp_path / "home" / "hooke").exists()
    assert "hooke" not in sessions.log.read_text()
