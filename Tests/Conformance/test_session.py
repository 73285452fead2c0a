"""What a person does in a notebook, driven by jupyter_client."""

import os
import pathlib
import signal
import subprocess
import time

import pytest


def test_state_persists_and_the_last_value_is_shown(shared_notebook):
    shared_notebook.run("var n = 20\nfunc twice(_ x: Int) -> Int { 2 * x }")
    assert shared_notebook.run("twice(n) + 2").result == "42"


def test_print_streams_while_the_cell_runs(shared_notebook):
    arrivals = []
    shared_notebook.client.execute_interactive(
        "import Foundation\nfor i in 0..<3 { print(i); usleep(300_000) }",
        output_hook=lambda m: arrivals.append(time.time()) if m["msg_type"] == "stream" else None,
        timeout=60,
    )
    assert len(arrivals) >= 3 and arrivals[-1] - arrivals[0] > 0.3


def test_prints_and_displays_keep_their_order(shared_notebook):
    ran = shared_notebook.run('import RichDisplay\nprint("a")\ntry display(Markdown("b"))\nprint("c")')
    kinds = [m["msg_type"] for m in ran.messages if m["msg_type"] in ("stream", "display_data")]
    assert kinds == ["stream", "display_data", "stream"]


def test_a_compile_error_points_into_the_cell(shared_notebook):
    error = shared_notebook.run('let a = 1\nlet s: Int = "x"').error
    assert error["ename"] == "CompileError"
    text = "\n".join(error["traceback"])
    assert ":2:14: error: cannot convert value" in text and "^" in text
    assert "/tmp" not in text and "HookeCell" not in text


@pytest.mark.parametrize(
    "code, message",
    [
        ("let a = [1]\nlet i = 3\na[i]", "Index out of range"),
        ("let o: Int? = nil\no!", "Unexpectedly found nil"),
        ("var m = Int.max\nm += 1", "overflow"),
        ('fatalError("enough")', "enough"),
        ("func r(_ n: Int) -> Int { r(n + 1) + 1 }\nr(0)", "stack is full"),
        ("struct E: Error {}\nthrow E()", "E()"),
        ("let p = UnsafeMutablePointer<Int>(bitPattern: 8)!\np.pointee = 1", "memory"),
    ],
)
def test_errors_and_traps_end_the_cell_and_not_the_session(shared_notebook, code, message):
    shared_notebook.run("let kept = 7")
    error = shared_notebook.run(code).error
    assert message in error["evalue"]
    assert shared_notebook.run("kept").result == "7"


def test_an_error_gives_up_the_cells_that_wait_behind_it(notebook):
    client = notebook.client
    ids = [client.execute(code, stop_on_error=True) for code in ("import Foundation\nsleep(1)\nfatalError()", "1 + 1")]
    replies = {}
    while len(replies) < 2:
        message = client.get_shell_msg(timeout=30)
        replies[message["parent_header"]["msg_id"]] = message["content"]
    assert [replies[i]["status"] for i in ids] == ["error", "error"]
    assert replies[ids[1]]["ename"] == "Aborted"
    assert notebook.run("3").result == "3"


def test_silent_cells_leave_no_trace(notebook):
    before = notebook.run("1").reply["execution_count"]
    silent = notebook.run("let quiet = 5\nquiet", silent=True)
    assert silent.messages == [] or all(m["msg_type"] == "status" for m in silent.messages)
    assert notebook.run("quiet").reply["execution_count"] == before + 1


def test_user_expressions_are_evaluated_beside_the_cell(notebook):
    reply = notebook.run("let a = 20", user_expressions={"good": "a + 1", "bad": "missing"}).reply
    assert reply["user_expressions"]["good"]["data"]["text/plain"] == "21"
    assert reply["user_expressions"]["bad"]["status"] == "error"


@pytest.mark.parametrize("code", ["while true {}", "import Foundation\nsleep(60)"])
@pytest.mark.parametrize("route", ["message", "signal"])
def test_an_interrupt_stops_the_cell_and_keeps_the_state(notebook, code, route):
    notebook.run("let kept = 7")
    notebook.client.execute(code)
    time.sleep(1.5)
    if route == "message":
        notebook.manager.interrupt_kernel()
    else:
        os.killpg(notebook.manager.provisioner.pid, signal.SIGINT)
    reply = notebook.client.get_shell_msg(timeout=20)["content"]
    assert reply["status"] == "error" and reply["ename"] == "Interrupted"
    assert notebook.run("kept").result == "7"


def test_shutdown_ends_the_process_and_removes_its_files(notebook):
    notebook.run("1")
    pid = notebook.manager.provisioner.pid
    folders = lambda: list(pathlib.Path(os.environ.get("TMPDIR", "/tmp")).glob(f"hooke-{pid}-*"))
    assert folders()
    notebook.manager.shutdown_kernel()
    assert not folders()


def test_a_kernel_does_not_outlive_the_process_that_started_it(notebook):
    """SIGTERM is what a launcher sends when it gives up waiting."""
    process = notebook.manager.provisioner.process
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=10)


def test_another_toolchain_is_the_error_of_the_cell_and_not_the_end_of_the_kernel(tmp_path):
    from jupyter_client.manager import KernelManager

    tools = tmp_path / "usr" / "bin"
    tools.mkdir(parents=True)
    for name, text in {"swift-frontend": "echo 'Swift version 5.1 (old)'", "ld.lld": "true", "swift-autolink-extract": "true"}.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    manager = KernelManager(kernel_name="hooke")
    manager.kernel_spec.env["HOOKE_TOOLCHAIN"] = str(tmp_path)
    manager.start_kernel()
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=30)
        for _ in range(2):
            reply = client.execute_interactive("1 + 1", timeout=30, output_hook=lambda m: None)["content"]
            assert reply["ename"] == "ToolchainError" and "5.1" in reply["evalue"] and "HOOKE_TOOLCHAIN" in reply["evalue"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_command_tells_its_version_and_refuses_a_bad_name():
    hooke = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "hooke"
    assert subprocess.run([hooke, "--version"], capture_output=True, text=True).stdout.strip() == "0.1.0"
    refused = subprocess.run([hooke, "install", "--name", "a b"], capture_output=True, text=True)
    assert refused.returncode != 0 and "letters, digits" in refused.stderr
    missing = subprocess.run([hooke, "kernel", "--connection-file", "/nowhere.json"], capture_output=True, text=True)
    assert missing.returncode != 0 and "/nowhere.json" in missing.stderr


def test_a_broken_promise_to_the_library_is_explained_and_not_only_trapped(shared_notebook):
    error = shared_notebook.run("import Hooke\nTensor(zeros: [2, 3]) + Tensor(zeros: [3, 2])").error
    assert "[2, 3]" in error["evalue"] and "[3, 2]" in error["evalue"]
    assert any("line 2" in line for line in error["traceback"])


def test_main_actor_code_runs(shared_notebook):
    ran = shared_notebook.run("@MainActor func onMain(_ n: Int) -> Int { n + 2 }\nawait onMain(40)")
    assert ran.result == "42", ran.error


def test_exit_ends_the_cell_and_not_the_kernel(shared_notebook):
    shared_notebook.run("import Foundation\nlet survivor = 7")
    assert "exit() with status 3" in shared_notebook.run("exit(3)").error["evalue"]
    assert shared_notebook.run("survivor").result == "7"
