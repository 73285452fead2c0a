"""Magics: what a person types beside Swift, driven by jupyter_client and by hooke run."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

HOOKE = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "hooke"
UNITS = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


def shown(ran, mime):
    return [m["content"]["data"][mime] for m in ran.of_type("display_data") if mime in m["content"]["data"]]


def page(ran):
    assert [p["source"] for p in ran.reply["payload"]] == ["page"]
    return ran.reply["payload"][0]["data"]["text/plain"]


def best(ran):
    """The best time of %timeit, in seconds."""
    number, unit = re.search(r"best ([\d.]+) (\w+)", ran.stdout).groups()
    return float(number) * UNITS[unit]


# Time


def test_time_prints_wall_and_cpu_time_and_keeps_what_the_statement_defines(shared_notebook):
    ran = shared_notebook.run("import Foundation\n%time let slept: Int = { usleep(30_000); return 3 }()\nslept + 1")
    wall, unit = re.search(r"Wall time: ([\d.]+) (\w+)", ran.stdout).groups()
    assert 0.03 <= float(wall) * UNITS[unit] < 2
    assert "CPU time: " in ran.stdout and ran.result == "4"
    assert shared_notebook.run("slept").result == "3"


def test_time_of_a_whole_cell_shows_the_last_value_once(shared_notebook):
    ran = shared_notebook.run("%%time\nvar sum = 0\nfor i in 0..<10 { sum += i }\nsum")
    assert ran.result == "45" and ran.stdout.count("Wall time") == 1
    assert shared_notebook.run("sum").result == "45"


def test_time_of_a_whole_cell_takes_other_magics_with_it(shared_notebook):
    ran = shared_notebook.run("%%time\nimport Foundation\nusleep(20_000)\n%time let quick = 1\n%who quick\nquick + 1")
    walls = [float(n) * UNITS[u] for n, u in re.findall(r"Wall time: ([\d.]+) (\w+)", ran.stdout)]
    assert len(walls) == 2 and walls[1] >= 0.02 + walls[0] and ran.result == "2"
    assert len(shown(ran, "text/html")) == 1


def test_time_takes_a_statement_over_several_lines(shared_notebook):
    ran = shared_notebook.run("var loops = 0\n%time for _ in 0..<3 {\n    loops += 1\n}\nloops")
    assert ran.result == "3" and ran.stdout.count("Wall time") == 1


def test_timeit_reports_seven_runs_and_does_not_optimize_the_work_away(shared_notebook):
    shared_notebook.run("func work(_ n: Int) -> Int { var s = 0; for i in 0..<n { s = s &* 31 &+ i }; return s }")
    small = shared_notebook.run("%timeit work(1_000)")
    assert re.search(r"± .* per loop \(mean ± standard deviation of 7 runs, [\d,]+ loops each\), best ", small.stdout)
    large = shared_notebook.run("%timeit -r 3 work(100_000)")
    assert "of 3 runs" in large.stdout
    assert 20 < best(large) / best(small) < 500


def test_timeit_compiles_with_optimization(shared_notebook):
    code = "var s = 0; for i in 0..<200_000 { s = s &* 31 &+ i }"
    wall, unit = re.search(r"Wall time: ([\d.]+) (\w+)", shared_notebook.run(f"%time do {{ {code} }}").stdout).groups()
    assert best(shared_notebook.run(f"%timeit {code}")) < float(wall) * UNITS[unit]


def test_timeit_of_a_cell_runs_its_setup_once_and_defines_nothing(shared_notebook):
    shared_notebook.run("var setups = 0; var rounds = 0")
    ran = shared_notebook.run("%%timeit -n 10 -r 2 setups += 1; let base = 5\nlet inner = base + 1\nrounds += 1\ninner * 2 // the end")
    assert "2 runs, 10 loops each" in ran.stdout, ran.error
    assert shared_notebook.run("[setups, rounds]").result == "[1, 20]"
    assert "inner" in shared_notebook.run("inner").error["evalue"]


def test_timeit_takes_code_that_throws_or_awaits(shared_notebook):
    shared_notebook.run("struct Late: Error {}\nfunc slow(_ fails: Bool) async throws -> Int { if fails { throw Late() }; return 1 }")
    assert "per loop" in shared_notebook.run("%timeit -n 5 -r 2 try await slow(false)").stdout
    assert shared_notebook.run("%timeit -n 5 -r 2 try await slow(true)").error["ename"] == "Late"


@pytest.mark.parametrize(
    "code, place",
    [
        ('%time let s: Int = "a"', ":1:20:"),
        ('1\n%time let s: Int = "a"', ":2:20:"),
        ('%%time\n\nlet s: Int = "a"', ":3:14:"),
        ("%timeit   missing + 1", ":1:11:"),
        ("%%timeit let a = 1\na + missing", ":2:5:"),
        ("%who nothing*\nlet é = 1; missing", ":2:13:"),
    ],
)
def test_a_compile_error_in_a_cell_with_magics_has_the_cells_own_place(shared_notebook, code, place):
    error = shared_notebook.run(code).error
    text = "\n".join(error["traceback"])
    assert error["ename"] == "CompileError" and place in text and "__hooke" not in text
    assert code.split("\n")[int(place.split(":")[1]) - 1] in text


def test_a_trap_below_a_magic_names_its_line(shared_notebook):
    error = shared_notebook.run("%time let few = [1]\nlet many = 7\nfew[many]").error
    assert any("line 3: few[many]" in line for line in error["traceback"])


# Names and help


def test_who_lists_names_with_kind_and_type(notebook):
    notebook.run('let xs = [1: ["a": 1.5]]\nvar lazy: Int { print("computed"); return 1 }\nlet f: (Int) -> Int? = { $0 }')
    notebook.run("struct Box<T>: Equatable where T: Equatable { var a: T }\nfunc go(_ n: Int) throws -> [Int] { [n] }\nlet box = Box(a: 1)")
    ran = notebook.run("%who")
    (plain,), (html,) = shown(ran, "text/plain"), shown(ran, "text/html")
    rows = {line.split()[0]: line for line in plain.splitlines()[1:]}
    assert set(rows) == {"xs", "lazy", "f", "Box", "go", "box"} and "computed" not in ran.stdout
    assert "[Int: [String: Double]]" in rows["xs"] and "let" in rows["xs"] and "In[1]" in rows["xs"]
    assert "(Int) -> Int?" in rows["f"] and "Box<Int>" in rows["box"]
    assert "struct" in rows["Box"] and "(_ n: Int) throws -> [Int]" in rows["go"] and "In[2]" in rows["go"]
    assert "Box&lt;Int&gt;" in html and "Box<Int>" not in html
    (some,) = shown(notebook.run("%who b* ?s"), "text/plain")
    assert [line.split()[0] for line in some.splitlines()[1:]] == ["box", "xs"]


def test_reset_forgets_some_names_or_all(notebook):
    notebook.run("import Foundation\nlet one = 1, two = 2\nextension Int { var doubled: Int { self * 2 } }")
    assert "one" in notebook.run("%reset one\none").error["evalue"]
    assert notebook.run("two.doubled").result == "4"
    assert notebook.run("let one = 11\none").result == "11" and notebook.run("one").result == "11"
    assert "Did you mean 'two'?" in notebook.run("%reset tow").error["evalue"]
    assert notebook.run("%reset").error is None
    for code in ["two", "2.doubled", "Date()"]:
        assert notebook.run(code).error["ename"] == "CompileError", code
    assert notebook.run("let two = 22\ntwo").result == "22"


def test_help_lists_the_magics_and_explains_names(shared_notebook):
    listed = page(shared_notebook.run("%help"))
    for name in ["%time", "%%timeit", "%who", "%reset", "%package", "%%bash", "%%html", "%%svg", "%%markdown"]:
        assert name in listed
    assert "compiled once" in page(shared_notebook.run("%help %timeit"))
    assert page(shared_notebook.run("%who?")) == page(shared_notebook.run("%help who"))
    shared_notebook.run("/// Turns twice.\nfunc turn(_ n: Int) -> Int { n }")
    text = page(shared_notebook.run("%help turn"))
    assert "func turn(_ n: Int) -> Int" in text and "Turns twice." in text
    assert "Did you mean 'turn'?" in shared_notebook.run("%help trun").error["evalue"]


def test_an_unknown_magic_names_the_nearest_and_all(shared_notebook):
    error = shared_notebook.run("let before = 5\n%tiemit 1").error
    assert error["ename"] == "UnknownMagic" and "Did you mean %timeit?" in error["evalue"]
    assert "%who" in error["evalue"] and "%%bash" in error["evalue"]
    assert shared_notebook.run("before").result == "5"
    assert "%%html" in shared_notebook.run("%html").error["evalue"]
    assert "first line" in shared_notebook.run("1\n%%bash\necho").error["evalue"]


# What is a magic and what is Swift


@pytest.mark.parametrize(
    "code, result",
    [
        ("let a = 7\n % 3\na", "1"),
        ("let time = 4\nlet b = 7 %\n    time\nb", "3"),
        ('let text = """\n%time\n%%bash\n"""\ntext', '"%time\\n%%bash"'),
        ("/*\n%who\n*/\n3", "3"),
        ("prefix operator %\nprefix func % (n: Int) -> Int { n * 100 }\nlet c = [\n    1,\n    %time\n]\nc[1]", "400"),
    ],
)
def test_a_percent_sign_inside_swift_stays_swift(shared_notebook, code, result):
    ran = shared_notebook.run(code)
    assert ran.result == result, ran.error


def test_magics_and_swift_run_in_their_order(notebook):
    ran = notebook.run("print(1)\n%time print(2)\n\n%who none*\nprint(3)\n42")
    said = [line for line in ran.stdout.splitlines() if line[0] in "123N"]
    assert said == ["1", "2", "No name fits none*.", "3"] and ran.result == "42"
    history = notebook.client.history(hist_access_type="tail", n=1, reply=True, timeout=10)["content"]["history"]
    assert history[0][2].endswith("\n%time print(2)\n\n%who none*\nprint(3)\n42")


def completions(notebook, text):
    reply = notebook.client.complete(text, len(text), reply=True, timeout=20)["content"]
    return reply["matches"], reply["cursor_start"]


def test_magics_are_completed(notebook, tmp_path):
    (tmp_path / "MyPackage").mkdir()
    assert completions(notebook, "%ti") == (["%time", "%timeit", "%%time", "%%timeit"], 0)
    assert completions(notebook, "let a = 1\n%ti") == (["%time", "%timeit"], 10)
    assert completions(notebook, "%%b") == (["%%bash"], 0)
    assert completions(notebook, f"%package {tmp_path}/My") == ([f"{tmp_path}/MyPackage/"], 9)
    notebook.run("let thermometer = 1")
    assert completions(notebook, "%who thermo") == (["thermometer"], 5)
    assert completions(notebook, "%time thermom") == (["thermometer"], 6)
    assert completions(notebook, "%%time\nthermom") == (["thermometer"], 7)
    assert completions(notebook, "%%bash\nthermom")[0] == []


def test_magics_are_explained(notebook):
    reply = notebook.client.inspect("%time?", 5, reply=True, timeout=10)["content"]
    assert reply["found"] and "how long it took" in reply["data"]["text/plain"]
    notebook.run("let thermometer = 1")
    reply = notebook.client.inspect("%time thermometer", 12, reply=True, timeout=10)["content"]
    assert "let thermometer: Int" in reply["data"]["text/plain"]


@pytest.mark.parametrize(
    "code, status",
    [
        ("%time work()", "complete"), ("%who", "complete"), ("%time for i in 0..<3 {", "incomplete"), ("%%time", "incomplete"),
        ("%%time\nfor i in 0..<3 {", "incomplete"), ("%%time\nwork()", "complete"), ("%%bash\nls", "incomplete"), ("%%bash\nls\n", "complete"),
        ("%time let 5 = x", "invalid"), ("%package http://x.y/(z", "complete"),
    ],
)
def test_is_complete_knows_magics(shared_notebook, code, status):
    shared_notebook.client.is_complete(code)
    assert shared_notebook.client.get_shell_msg(timeout=10)["content"]["status"] == status


# Cells in other languages


@pytest.mark.parametrize("name, mime", [("html", "text/html"), ("svg", "image/svg+xml"), ("markdown", "text/markdown")])
def test_a_cell_of_markup_is_shown_as_it_is(shared_notebook, name, mime):
    assert shown(shared_notebook.run(f"%%{name}\n<b>&amp;</b>\n<i/>"), mime) == ["<b>&amp;</b>\n<i/>"]
    assert shared_notebook.run(f"%%{name}\n  ").error["ename"] == "MagicError"


def test_bash_streams_both_outputs_and_reports_its_status(shared_notebook):
    arrivals = []

    def note(message):
        if message["msg_type"] == "stream":
            arrivals.append((time.time(), message["content"]["name"], message["content"]["text"]))

    reply = shared_notebook.client.execute_interactive(
        "%%bash\necho one\nsleep 0.6\necho two >&2\nnosuchcommand\nexit 3", output_hook=note, timeout=30
    )["content"]
    assert arrivals[-1][0] - arrivals[0][0] > 0.4
    assert "".join(t for _, n, t in arrivals if n == "stdout") == "one\n"
    errors = "".join(t for _, n, t in arrivals if n == "stderr")
    assert errors.startswith("two\n") and "line 5: nosuchcommand" in errors
    assert reply["status"] == "error" and reply["evalue"] == "bash ended with status 3"


def test_bash_works_in_the_kernels_folder_and_takes_options(shared_notebook):
    shared_notebook.run("import Foundation")
    folder = shared_notebook.run("print(FileManager.default.currentDirectoryPath)").stdout
    assert shared_notebook.run("%%bash\npwd").stdout == folder
    assert shared_notebook.run("%%bash -e\nfalse\necho unreachable").stdout == ""


def running(mark):
    return [p for p in pathlib.Path("/proc").glob("[0-9]*/cmdline") if mark in read(p)]


def read(path):
    try:
        return path.read_text().replace("\0", " ")
    except OSError:
        return ""


@pytest.mark.parametrize("script", ["sleep {n} & setsid sleep {n} & sleep {n}", "trap '' INT TERM\nwhile true; do sleep {n}; done"])
def test_an_interrupt_ends_bash_and_all_that_it_started(notebook, script):
    mark = f"{os.getpid()}{len(script)}"
    notebook.run("let kept = 7")
    notebook.client.execute("%%bash\n" + script.format(n=mark))
    while not running(f"sleep {mark}"):
        time.sleep(0.05)
    begin = time.time()
    notebook.manager.interrupt_kernel()
    assert notebook.client.get_shell_msg(timeout=20)["content"]["ename"] == "Interrupted"
    assert time.time() - begin < 1
    assert not running(f"sleep {mark}")
    assert notebook.run("kept").result == "7"


def test_nothing_that_bash_left_running_outlives_the_cell_or_the_kernel(notebook):
    mark = f"{os.getpid()}77"
    assert notebook.run(f"%%bash\nnohup sleep {mark} &\nsetsid sleep {mark} &\nsleep 0.2\necho over").stdout == "over\n"
    assert not running(f"sleep {mark}")
    notebook.client.execute(f"%%bash\nsetsid sleep {mark} & sleep {mark}")
    while len(running(f"sleep {mark}")) < 2:
        time.sleep(0.05)
    notebook.manager.shutdown_kernel()
    assert not running(f"sleep {mark}")


def test_what_a_magic_runs_ends_with_a_kernel_that_is_killed(notebook):
    mark = f"{os.getpid()}78"
    notebook.client.execute(f"%%bash\nsetsid sleep {mark} & sleep {mark}")
    while len(running(f"sleep {mark}")) < 2:
        time.sleep(0.05)
    notebook.manager.provisioner.process.send_signal(signal.SIGKILL)
    deadline = time.time() + 5
    while running(f"sleep {mark}") and time.time() < deadline:
        time.sleep(0.05)
    assert not running(f"sleep {mark}")


# Packages


def test_hooke_run_knows_magics(tmp_path):
    cells = ["%time let x = 20", "%help %who", "%%html\n<b>x</b>", "%%bash\necho from bash", "%timeit -n 3 -r 2 x + 1\nx + 22"]
    cells = [{"cell_type": "code", "metadata": {}, "source": c, "outputs": [], "execution_count": None} for c in cells]
    path = tmp_path / "magics.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}))
    ran = subprocess.run([HOOKE, "run", path], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    outputs = [c["outputs"] for c in json.loads(path.read_text())["cells"]]
    text = ["".join("".join(o.get("text", "")) for o in cell) for cell in outputs]
    assert "Wall time" in text[0] and "%who [PATTERN]" in text[1] and text[3] == "from bash\n" and "2 runs, 3 loops each" in text[4]
    assert "".join(outputs[2][0]["data"]["text/html"]) == "<b>x</b>"
    assert outputs[4][-1]["data"]["text/plain"] in ("42", ["42"])


def test_optimize_chooses_how_the_cells_below_are_compiled(shared_notebook):
    loop = "var sum = 0\nfor i in 0..<20_000_000 { sum = sum &+ i % 7 }\nsum"
    assert shared_notebook.run("%optimize").stdout == "Optimized: cells with loops, functions or closures\n"
    fast = shared_notebook.run(loop).result
    assert shared_notebook.run("%optimize never").stdout == "Optimized: no cells\n"
    assert shared_notebook.run(loop).result == fast
    assert "auto, always, never" in shared_notebook.run("%optimize sometimes").error["evalue"]
    shared_notebook.run("%optimize auto")
