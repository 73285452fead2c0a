"""hooke run: what it writes is what nbformat and nbclient would, and no file, however wrong, does harm."""

import json
import os
import pathlib
import re
import signal
import stat
import subprocess
import time

import nbformat
import pexpect
import pytest
from nbclient import NotebookClient
from nbformat.v4.rwbase import rejoin_lines
from own_cache import own_cache  # noqa: F401

HOOKE = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "hooke"


def code(source, *tags, **members):
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None} | members


def text(source, **members):
    return {"cell_type": "markdown", "metadata": {}, "source": source} | members


def write(path, *cells, minor=4, **members):
    notebook = {"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": list(cells)} | members
    path.write_text(json.dumps(notebook))
    return path


def hooke_run(*arguments, **options):
    return subprocess.run([HOOKE, "run", *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)


def succeed(*arguments, **options):
    ran = hooke_run(*arguments, **options)
    assert ran.returncode == 0, ran.stderr
    return ran


def read(path):
    """The notebook, after nbformat's schema was applied to the file as it is."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    return rejoin_lines(nbformat.from_dict(notebook))


def printed(cell):
    return "".join(output["text"] for output in cell["outputs"] if output["output_type"] == "stream")


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


# The file


def test_the_file_is_byte_for_byte_what_nbformat_writes(tmp_path):
    source = write(
        tmp_path / "a.ipynb",
        text("# Tïtle ∂\n\nline\u2028separated", attachments={"a.png": {"image/png": "AAAA"}}),
        code('print("a\\tb\\u{1B}[1m")\nprint("ä")'),
        code('import RichDisplay\ntry display(HTML("<b>1</b>\\n<i>2</i>"))\n7'),
        code(""),
        {"cell_type": "raw", "metadata": {"format": "text/html"}, "source": ["<p>\n", "</p>"]},
        metadata={"zebra": {"ü": [1, 2.5, None, True, {}], "a": []}, "authors": [{"name": "Ü"}]},
    )
    succeed(source)
    written = source.read_text(encoding="utf-8")
    notebook = nbformat.reads(written, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == written


def test_what_hooke_does_not_know_is_kept(tmp_path):
    kept = [{"output_type": "display_data", "data": {"application/x+json": {"b": [1.5, "x"]}, "text/plain": "old"}, "metadata": {"k": 1}}]
    source = write(
        tmp_path / "a.ipynb",
        code("1", metadata={"collapsed": True, "own": {"deep": [{"x": 1e-7}]}}, id="first_cell-1"),
        code("not Swift", "skip-execution", outputs=kept, execution_count=9, id="kept"),
        text("t", attachments={"a.png": {"image/png": "AAAA"}}, id="t"),
        minor=5,
        metadata={"kernelspec": {"name": "other", "display_name": "Mine", "language": "swift"}, "own": {"n": 12345678901234567}},
    )
    before = json.loads(source.read_text())
    succeed(source)
    after = read(source)
    first, skipped, markdown = after["cells"]
    assert first["metadata"].pop("execution") and first["metadata"] == before["cells"][0]["metadata"]
    assert [cell["id"] for cell in after["cells"]] == ["first_cell-1", "kept", "t"]
    assert skipped["outputs"] == kept and skipped["execution_count"] == 9 and skipped["metadata"] == {"tags": ["skip-execution"]}
    assert markdown["attachments"] == {"a.png": {"image/png": "AAAA"}}
    assert after["metadata"]["kernelspec"] == before["metadata"]["kernelspec"] and after["metadata"]["own"] == before["metadata"]["own"]


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_version_of_nbformat_4_becomes_4_5(tmp_path, minor):
    source = write(tmp_path / "a.ipynb", text("t"), code("2 + 3"), minor=minor)
    succeed(source)
    notebook = read(source)
    assert notebook["nbformat_minor"] == 5 and len({cell["id"] for cell in notebook["cells"]}) == 2
    assert notebook["cells"][1]["outputs"][0]["data"]["text/plain"] == "5"


def test_the_notebook_says_what_ran_it_and_when(tmp_path):
    source = write(tmp_path / "a.ipynb", code("import Foundation\nusleep(300_000)"))
    succeed(source)
    notebook = read(source)
    assert notebook["metadata"]["kernelspec"] == {"display_name": "Hooke (Swift)", "language": "swift", "name": "hooke"}
    assert notebook["metadata"]["language_info"]["name"] == "swift"
    times = notebook["cells"][0]["metadata"]["execution"]
    assert set(times) == {"iopub.status.busy", "iopub.execute_input", "shell.execute_reply", "iopub.status.idle"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", time) for time in times.values())
    assert times["iopub.execute_input"] < times["iopub.status.idle"]


# The outputs


CELLS = [
    'print("a")\nprint("b")\n6 * 7',
    'import RichDisplay\nlet handle = try display(HTML("<b>1</b>"))\nprint("between")\ntry display(Markdown("*m*"))',
    'try handle.update(HTML("<b>2</b>"))\n"text \\u{1F600}"',
    'import Foundation\nFileHandle.standardError.write(Data("to stderr\\n".utf8))',
    'import RichDisplay\nprint("gone")\nclearOutput()\nprint("stays")',
    'for i in 0..<3 { clearOutput(wait: true); try display(Markdown("\\(i)")); print("frame \\(i)") }',
    "  \n",
    "let xs = [1]\nxs[4]",
    'let s: Int = "x"',
    'struct Broken: Error {}\nprint("before")\nthrow Broken()',
    "(1...300).map { $0 }",
    "let quiet = 1",
]


def comparable(cell):
    """The outputs with neighbouring pieces of one stream joined, which depend on the moment they were read."""
    outputs = []
    for output in cell["outputs"]:
        output = json.loads(json.dumps(output))
        if outputs and output["output_type"] == "stream" and outputs[-1].get("name") == output["name"]:
            outputs[-1]["text"] += output["text"]
        else:
            outputs.append(output)
    return cell["execution_count"], outputs


def test_outputs_are_those_that_nbclient_gets_from_the_kernel(tmp_path):
    source = write(tmp_path / "a.ipynb", text("t"), *map(code, CELLS))
    expected = nbformat.read(source, as_version=4)
    NotebookClient(expected, kernel_name="hooke", timeout=60, allow_errors=True).execute()
    succeed(source, "--allow-errors")
    found = read(source)
    for ours, theirs in zip(code_cells(found), code_cells(expected), strict=True):
        assert comparable(ours) == comparable(theirs), ours["source"]
    assert found["metadata"]["language_info"] == expected["metadata"]["language_info"]


def test_neighbouring_lines_of_a_stream_are_one_output(tmp_path):
    cell = 'import Foundation\nfor i in 0..<5 { print(i); usleep(30_000) }\nFileHandle.standardError.write(Data("e\\n".utf8))\nusleep(60_000)\nprint("end")'
    source = write(tmp_path / "a.ipynb", code(cell))
    succeed(source)
    outputs = read(source)["cells"][0]["outputs"]
    assert [(o["name"], o["text"]) for o in outputs] == [("stdout", "0\n1\n2\n3\n4\n"), ("stderr", "e\n"), ("stdout", "end\n")]


def test_of_a_progress_line_the_last_state_is_kept(tmp_path):
    source = write(tmp_path / "a.ipynb", code('for i in 0..<4 { print("\\r\\(i) %", terminator: "") }\nprint("\\ndone\\r\\nab\\u{8}c")'))
    succeed(source)
    assert printed(read(source)["cells"][0]) == "3 %\ndone\r\nac\n"


def test_more_output_than_fits_is_cut_and_said_to_be(tmp_path):
    cell = 'let line = String(repeating: "x", count: 1 << 20)\nfor _ in 0..<140 { print(line) }'
    source = write(tmp_path / "a.ipynb", code(cell), code('print("next")\n1 + 1'))
    succeed(source)
    first, second = read(source)["cells"]
    assert first["outputs"][-1]["name"] == "stderr" and "not kept" in first["outputs"][-1]["text"]
    assert 80 << 20 < len(first["outputs"][0]["text"]) < 97 << 20
    assert printed(second) == "next\n" and second["outputs"][1]["data"]["text/plain"] == "2"


@pytest.mark.parametrize(
    "cell",
    [
        "import Foundation\nFileHandle.standardOutput.write(Data(repeating: 10, count: 8_000_000))",
        "import Foundation\nFileHandle.standardOutput.write(Data(repeating: 27, count: 60_000_000))",
        'import RichDisplay\nfor _ in 0..<400_000 { try display(HTML("")) }',
    ],
    ids=["lines", "escapes", "displays"],
)
def test_what_a_run_writes_it_reads_again_however_much_the_cells_show(tmp_path, cell):
    source = write(tmp_path / "a.ipynb", code(cell))
    succeed(source)
    assert source.stat().st_size < 256 << 20
    outputs = json.loads(source.read_text())["cells"][0]["outputs"]
    assert any("not kept" in line for line in outputs[-1]["text"][-3:])
    ran = hooke_run(source, "--timeout", "0.001")
    assert "longer than 0.001 s" in ran.stderr


def test_a_cell_that_reads_finds_nothing(tmp_path):
    source = write(tmp_path / "a.ipynb", code('print(readLine() ?? "nothing")'))
    succeed(source, stdin=subprocess.PIPE)
    assert printed(read(source)["cells"][0]) == "nothing\n"


def test_on_a_terminal_the_line_of_the_running_cell_is_replaced(tmp_path):
    source = write(tmp_path / "a.ipynb", code("1"), code("let xs = [1]\nxs[4]"))
    child = pexpect.spawn(str(HOOKE), ["run", str(source)], encoding="utf-8", timeout=60)
    child.expect(re.escape("cell 1 of 2 …\r\x1b[K"))
    child.expect(r"cell 1 of 2  \d+\.\d s\r\n")
    child.expect(r"cell 2 of 2  \d+\.\d s  failed\r\n")
    child.expect(re.escape("\x1b[31m"))
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1


def test_cells_run_in_the_folder_of_the_notebook(tmp_path):
    (tmp_path / "sub").mkdir()
    source = write(tmp_path / "sub" / "a.ipynb", code("import Foundation\nFileManager.default.currentDirectoryPath"))
    succeed("sub/a.ipynb", "-o", "out.ipynb", cwd=tmp_path)
    result = read(tmp_path / "out.ipynb")["cells"][0]["outputs"][0]["data"]["text/plain"]
    assert pathlib.Path(json.loads(result)).samefile(source.parent)


# Parameters


DEFAULTS = 'let steps = 128\nvar rate: Float = 0.5\nlet title = "a"\nlet xs = [0.5, 1.5]\nvar on = false\nlet maybe: Int? = nil\nlet scale = 2.0'


def test_parameters_are_declared_as_the_notebook_does(tmp_path):
    source = write(tmp_path / "a.ipynb", text("t"), code(DEFAULTS, "parameters"), code("print(steps, rate, title, xs, on, maybe as Any, scale)"))
    out = tmp_path / "b.ipynb"
    values = ["steps", "-256", "rate", "1", "title", "12", "xs", "[1, 2]", "on", "true", "maybe", "null", "scale", "3"]
    flags = [argument for name, value in zip(values[::2], values[1::2]) for argument in ("-p", name, value)]
    succeed(*flags, source, "-o", out)
    cells = read(out)["cells"]
    assert [cell["metadata"].get("tags") for cell in cells] == [None, ["parameters"], ["injected-parameters"], None]
    assert cells[2]["source"] == (
        '// Parameters\nlet steps = -256\nvar rate: Float = 1.0\nlet title = "12"\nlet xs = [1.0, 2.0]\nvar on = true\nlet maybe: Int? = nil\nlet scale = 3.0'
    )
    assert printed(cells[3]) == "-256 1.0 12 [1.0, 2.0] true nil 3.0\n"
    assert json.loads(source.read_text())["cells"][1]["source"] == DEFAULTS

    succeed(out, "-p", "steps", "7")
    again = read(out)["cells"]
    assert len(again) == 4 and again[2]["id"] == cells[2]["id"]
    assert again[2]["source"] == "// Parameters\nlet steps = 7"
    assert printed(again[3]) == '7 0.5 a [0.5, 1.5] false nil 2.0\n'


@pytest.mark.parametrize("value", ['say "hi"', "back\\slash \\(steps) \\n", "two\nlines\ttab", "ä 😀 \u2028 \x1b[1m", "", "-x", "--", '"""', "#"])
def test_texts_arrive_as_they_are(tmp_path, value):
    source = write(tmp_path / "a.ipynb", code('let title = "a"', "parameters"), code("import Foundation\nprint(Array(title.utf8))"))
    succeed(source, "-p", "title", value)
    assert json.loads(printed(read(source)["cells"][2])) == list(value.encode())


def test_without_a_cell_of_parameters_they_go_to_the_top_with_a_warning(tmp_path):
    source = write(tmp_path / "a.ipynb", code("print(words, `class`, table)"))
    ran = succeed(source, "-p", "words", '["a", "b"]', "-p", "class", "1", "-p", "table", '{"k": 2.5}')
    cells = read(source)["cells"]
    assert cells[0]["source"] == '// Parameters\nlet words = ["a", "b"]\nlet `class` = 1\nlet table = ["k": 2.5]'
    assert "warning" in ran.stderr and "'words'" in ran.stderr
    assert printed(cells[1]) == '["a", "b"] 1 ["k": 2.5]\n'


@pytest.mark.parametrize(
    "arguments, fragment",
    [
        (["-p", "a = 1; let b", "2"], "not a Swift name"),
        (["-p", "a`b", "2"], "not a Swift name"),
        (["-p", "", "2"], "not a Swift name"),
        (["-p", "steps", "1e999"], "more than a Double"),
        (["-p", "steps", "[]"], "type cannot be told"),
        (["-p", "steps", "null"], "type cannot be told"),
        (["-p", "steps"], "has no value"),
        (["--timeout", "-1"], "--timeout"),
        (["--timeout", "nan"], "--timeout"),
        (["-j", "0"], "-j"),
    ],
)
def test_bad_options_are_refused_before_anything_runs(tmp_path, arguments, fragment):
    source = write(tmp_path / "a.ipynb", code("let steps = 1", "parameters"))
    before = source.read_bytes()
    ran = hooke_run(source, *arguments)
    assert ran.returncode > 0 and fragment in ran.stderr
    assert source.read_bytes() == before


# Failing, stopping


def test_a_failure_names_the_notebook_and_the_cell_and_keeps_what_ran(tmp_path):
    source = write(tmp_path / "a.ipynb", text("t"), code('print("one")'), code("let xs = [1]\nxs[4]", id="bad-cell"), code('print("three")'))
    ran = hooke_run(source)
    assert ran.returncode == 1
    assert "a.ipynb, cell 2 of 3 (In[2], id bad-cell)" in ran.stderr and "Index out of range" in ran.stderr and "line 2" in ran.stderr
    assert "\x1b" not in ran.stderr and ran.stdout == ""
    first, second, third = code_cells(read(source))
    assert printed(first) == "one\n" and second["outputs"][0]["output_type"] == "error"
    assert third["outputs"] == [] and third["execution_count"] is None


def test_allowed_errors_do_not_end_the_run(tmp_path):
    cells = [code('fatalError("on purpose")'), code("1 + 1")]
    allowed = write(tmp_path / "a.ipynb", *cells)
    succeed(allowed, "--allow-errors")
    tagged = write(tmp_path / "b.ipynb", code('fatalError("on purpose")', "raises-exception"), code("1 + 1"))
    succeed(tagged)
    for path in (allowed, tagged):
        first, second = read(path)["cells"]
        assert [o["output_type"] for o in first["outputs"]] == ["error"]
        assert second["outputs"][0]["data"]["text/plain"] == "2" and second["execution_count"] == 2


@pytest.mark.parametrize("endless", ["while true {}", "import Foundation\nsleep(100)", 'while true { print("x") }'])
def test_a_cell_that_runs_too_long_is_interrupted(tmp_path, endless):
    source = write(tmp_path / "a.ipynb", code("let kept = 7"), code(endless), code("kept"))
    ran = hooke_run(source, "--timeout", "3")
    assert ran.returncode == 1 and "longer than 3 s" in ran.stderr and "In[2]" in ran.stderr
    succeed(source, "--timeout", "3", "--allow-errors")
    cells = read(source)["cells"]
    assert cells[1]["outputs"][-1]["ename"] == "Timeout"
    assert cells[2]["outputs"][0]["data"]["text/plain"] == "7"


def test_main_actor_code_runs(tmp_path):
    source = write(tmp_path / "a.ipynb", code("@MainActor func onMain(_ n: Int) -> Int { n + 2 }\nawait onMain(40)"))
    succeed(source)
    assert code_cells(read(source))[0]["outputs"][0]["data"]["text/plain"] == "42"


def test_exit_in_a_cell_is_a_failure(tmp_path):
    source = write(tmp_path / "a.ipynb", code('import Foundation\nprint("before")\nexit(0)'), code("1"))
    ran = hooke_run(source)
    assert ran.returncode == 1 and "exit()" in ran.stderr
    outputs = read(source)["cells"][0]["outputs"]
    assert outputs[0]["text"] == "before\n" and outputs[1]["output_type"] == "error"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_saves_what_ran(tmp_path, number):
    started = tmp_path / "started"
    source = write(tmp_path / "a.ipynb", code('print("one")'), code(f'import Foundation\nprint("two")\nfclose(fopen("{started}", "w"))\nsleep(100)'), code("3"))
    process = subprocess.Popen([HOOKE, "run", source], stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(tmp_path)})
    deadline = time.time() + 60
    while not started.exists() and time.time() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 128 + number
    first, second, third = read(source)["cells"]
    assert printed(first) == "one\n" and printed(second) == "two\n" and third["execution_count"] is None
    assert not list(tmp_path.glob("hooke-*")), "the session's files are removed"


# Saving


def test_every_save_is_whole_and_comes_after_each_cell(tmp_path):
    cell = 'import Foundation\nprint(String(repeating: "x", count: 2_000_000))\nusleep(300_000)'
    source = write(tmp_path / "a.ipynb", *[code(cell) for _ in range(4)])
    out = tmp_path / "out" / "b.ipynb"
    out.parent.mkdir()
    process = subprocess.Popen([HOOKE, "run", source, "-o", out], stderr=subprocess.DEVNULL)
    states = set()
    while process.poll() is None:
        if out.exists():
            notebook = json.loads(out.read_text())
            states.add(sum(bool(cell["outputs"]) for cell in notebook["cells"]))
        time.sleep(0.01)
    assert process.returncode == 0
    assert states >= {1, 2, 3}
    assert [path.name for path in out.parent.iterdir()] == ["b.ipynb"], "no temporary file is left"


def test_a_save_replaces_the_file_and_keeps_its_permissions_and_links(tmp_path):
    source = write(tmp_path / "a.ipynb", code("1"))
    source.chmod(0o640)
    before = source.read_bytes()
    os.link(source, tmp_path / "old")
    (tmp_path / "link.ipynb").symlink_to("a.ipynb")
    succeed(tmp_path / "link.ipynb")
    assert (tmp_path / "old").read_bytes() == before, "written beside, then renamed"
    assert (tmp_path / "link.ipynb").is_symlink()
    assert stat.S_IMODE(source.stat().st_mode) == 0o640
    assert read(source)["cells"][0]["execution_count"] == 1


def test_a_place_that_cannot_be_written_is_told_before_the_cells_run(tmp_path):
    source = write(tmp_path / "a.ipynb", code(f'import Foundation\nfclose(fopen("{tmp_path}/ran", "w"))'))
    ran = hooke_run(source, "-o", tmp_path / "nowhere" / "b.ipynb")
    assert ran.returncode == 1 and "nowhere/b.ipynb" in ran.stderr and "-o FILE" in ran.stderr
    assert not (tmp_path / "ran").exists()


# Many notebooks


def test_many_notebooks_run_at_once_each_in_its_own_process(tmp_path):
    # Each waits until the other is there too.
    meet = 'import Foundation\nfclose(fopen("{0}", "w"))\nwhile access("{1}", F_OK) != 0 {{ usleep(20_000) }}\nlet own = "{0}"\nprint(own, text)'
    sources = [
        write(tmp_path / f"{own}.ipynb", code("let text = 1", "parameters"), code(meet.format(tmp_path / own, tmp_path / other)))
        for own, other in (("x", "y"), ("y", "x"))
    ]
    failing = write(tmp_path / "z.ipynb", code("fatalError()"))
    out = tmp_path / "out"
    ran = hooke_run("-j", 2, *sources, failing, "-o", out, "--timeout", 60, "-p", "text", "5")
    assert ran.returncode == 1
    assert "1 of 3" in ran.stderr and ran.stderr.rstrip().endswith(str(failing))
    for name in "xy":
        assert printed(read(out / f"{name}.ipynb")["cells"][2]) == f"{tmp_path / name} 5\n"


def test_notebooks_that_would_overwrite_each_other_are_refused(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        write(tmp_path / name / "n.ipynb", code("1"))
    ran = hooke_run(tmp_path / "a" / "n.ipynb", tmp_path / "b" / "n.ipynb", "-o", tmp_path / "out")
    assert ran.returncode == 1 and "same file" in ran.stderr


# Hostile files


def minimal(**members):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []} | members)


def with_cell(**members):
    return minimal(cells=[{"cell_type": "markdown", "metadata": {}, "source": "", "id": "m"}, code("1", id="c") | members])


HOSTILE = [
    ("", "too early"),
    (minimal()[:-5], "too early"),
    ("\x00\xff", "invalid JSON"),
    ("[]", "must be an object"),
    ("[" * 200_000, "nested deeper"),
    ('{"a":' * 200_000, "nested deeper"),
    ("[" + "0," * 5_000_000 + "0]", "more than 4000000 values"),
    (minimal(nbformat=3, worksheets=[]), "jupyter nbconvert"),
    (minimal(nbformat=5), "5.5"),
    (minimal(nbformat_minor=6), "4.6"),
    (minimal(nbformat_minor=-1), "4.-1"),
    (minimal(nbformat="4"), "'nbformat'"),
    (minimal(nbformat=10**400), "'nbformat'"),
    (minimal(metadata=[]), "'metadata'"),
    (minimal(metadata={"a": {"b": [0, 10**400]}}), "'metadata.a.b[1]'"),
    (minimal(cells={}), "'cells'"),
    (minimal(cells=[7]), "cell 1: must be an object"),
    (with_cell(cell_type="heading"), "cell 2, 'cell_type'"),
    (with_cell(source=5), "cell 2, 'source'"),
    (with_cell(source=["a", 5]), "cell 2, 'source'"),
    (with_cell(metadata=None), "cell 2, 'metadata'"),
    (with_cell(metadata={"tags": "parameters"}), "cell 2, 'metadata.tags'"),
    (with_cell(outputs={}), "cell 2, 'outputs'"),
    (with_cell(outputs=[1]), "cell 2, 'outputs'"),
    (with_cell(execution_count=-1), "cell 2, 'execution_count'"),
    (with_cell(execution_count=10**300), "cell 2, 'execution_count'"),
    (with_cell(execution_count="1"), "cell 2, 'execution_count'"),
    (with_cell(id=3), "cell 2, 'id'"),
    (minimal(metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}}), "written in python"),
]


@pytest.mark.parametrize("content, fragment", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_a_file_that_is_no_notebook_is_explained_and_left_alone(tmp_path, content, fragment):
    source = tmp_path / "hostile.ipynb"
    source.write_bytes(content.encode("latin-1"))
    ran = hooke_run(source)
    assert ran.returncode == 1, ran.stderr
    assert "hostile.ipynb" in ran.stderr and fragment in ran.stderr
    assert source.read_bytes() == content.encode("latin-1")


def test_a_file_larger_than_any_notebook_is_not_read(tmp_path):
    source = tmp_path / "large.ipynb"
    with open(source, "wb") as file:
        file.truncate(300 << 20)
    ran = hooke_run(source)
    assert ran.returncode == 1 and "larger than 256 MB" in ran.stderr


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / "a.ipynb")
    ran = hooke_run(tmp_path / "a.ipynb")
    assert ran.returncode == 1 and "not a regular file" in ran.stderr


def test_ids_that_are_missing_malformed_or_doubled_are_made_whole(tmp_path):
    cells = [code("1", id="same"), code("2", id="same"), code("3", id="no spaces"), code("4", id=""), code("5", id="x" * 65), code("6", id="cell-2")]
    source = write(tmp_path / "a.ipynb", *cells, minor=5)
    succeed(source)
    ids = [cell["id"] for cell in read(source)["cells"]]
    assert ids == ["same", "cell-2-2", "cell-3", "cell-4", "cell-5", "cell-2"]
