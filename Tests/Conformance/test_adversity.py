"""What happens around a kernel: its compiler dies, its temporary folder fills up, its home cannot be written, its memory runs out."""

import os
import signal
import subprocess
import threading
import time

import pytest
from conftest import Notebook
from jupyter_client.manager import start_new_kernel


@pytest.fixture
def kernel_with(request):
    """Starts a kernel whose environment has the given variables."""

    def start(**variables):
        environment = {**os.environ, **variables}
        manager, client = start_new_kernel(kernel_name="hooke", startup_timeout=60, env=environment)
        request.addfinalizer(lambda: (client.stop_channels(), manager.shutdown_kernel(now=True)))
        return Notebook(manager, client)

    return start


def compilers(notebook):
    """The processes of the kernel that compile."""
    pid = notebook.manager.provisioner.pid
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found]


def test_a_compiler_killed_while_it_compiles_costs_nothing(kernel_with):
    notebook = kernel_with()
    notebook.run("var kept = 1")
    deadline = time.monotonic() + 30
    while not compilers(notebook) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2)  # warm, so that cells are compiled by it
    kills = []

    def kill():
        time.sleep(0.03)
        for child in compilers(notebook):
            os.kill(child, signal.SIGKILL)
            kills.append(child)

    for attempt in range(4):
        killer = threading.Thread(target=kill)
        killer.start()
        ran = notebook.run(f"struct Made{attempt} {{ var x = [1, 2, 3].map {{ $0 * {attempt} }}.reduce(0, +) }}\nkept += 1\nMade{attempt}().x")
        killer.join()
        assert ran.reply["status"] == "ok" and ran.result == str(6 * attempt), ran.error
    assert kills
    assert notebook.run("kept").result == "5"


def can_mount(folder):
    return os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True).returncode == 0


def test_a_full_temporary_folder_is_reported_and_cells_run_again_when_it_is_emptied(kernel_with, tmp_path):
    if not can_mount(tmp_path):
        pytest.skip("a small file system can be mounted by root only")
    try:
        notebook = kernel_with(TMPDIR=str(tmp_path))
        notebook.run("var kept = 1")
        filler = tmp_path / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        failed = notebook.run("kept = 2\nstruct Wide { var a = 1, b = 2, c = 3 }")
        assert failed.reply["status"] == "error"
        assert "No space left" in failed.error["evalue"], failed.error
        assert str(tmp_path) not in "".join(failed.error["traceback"])
        filler.unlink()
        assert notebook.run("kept += 10\nkept").result == "11"
    finally:
        subprocess.run(["umount", "-l", tmp_path])


def test_a_home_that_cannot_be_written_is_no_obstacle(kernel_with):
    notebook = kernel_with(HOME="/dev/null/home", XDG_CACHE_HOME="/dev/null/cache", XDG_DATA_HOME="/dev/null/data", HOOKE_HISTORY="")
    assert notebook.run("import Foundation\nlet root = sqrt(2.0)\nroot > 1").result == "true"
    assert notebook.run("root < 2").result == "true"


def test_a_cell_that_uses_up_the_memory_is_stopped_and_the_session_goes_on(kernel_with):
    notebook = kernel_with(HOOKE_MEMORY_LIMIT=str(600 << 20))
    notebook.run("var all: [[UInt8]] = []")
    ran = notebook.run("while true { all.append([UInt8](repeating: 7, count: 1 << 20)) }")
    assert ran.error["ename"] == "Out of memory"
    assert "limit" in ran.error["evalue"]
    assert int(notebook.run("all.count").result) > 100
    assert notebook.run("all = []\n1 + 1").result == "2"
