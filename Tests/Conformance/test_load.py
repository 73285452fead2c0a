"""Much output, several front ends, and many interrupts."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
import zmq
from test_hostile_wire import resident_bytes
from wire import of_type, reply_to, request


def test_a_hundred_thousand_lines_arrive_in_order(shared_notebook):
    shared_notebook.run("1")
    pid = shared_notebook.manager.provisioner.pid
    before = resident_bytes(pid)
    ran = shared_notebook.run("for i in 0..<100_000 { print(i) }")
    assert ran.stdout == "".join(f"{i}\n" for i in range(100_000))
    assert resident_bytes(pid) - before < 64 << 20


def test_a_display_of_ten_megabytes_arrives(shared_notebook):
    ran = shared_notebook.run('import RichDisplay\ntry display(Markdown(String(repeating: "0123456789", count: 1_000_000)))')
    assert of_type(ran.messages, "display_data")[0]["content"]["data"]["text/markdown"] == "0123456789" * 1_000_000


def test_two_front_ends_share_a_kernel(notebook):
    other = notebook.manager.blocking_client()
    other.start_channels()
    other.wait_for_ready(timeout=30)
    notebook.run("var shared = 1")
    first = notebook.client.execute("shared += 1\nprint(shared)")
    second = other.execute("shared += 10\nprint(shared)")
    assert reply_to(notebook.client, first)["content"]["status"] == "ok"
    assert reply_to(other, second)["content"]["status"] == "ok"
    # Each hears what the other did, and gets its own replies only.
    heard = []
    for client in (notebook.client, other):
        texts, idle = {}, 0
        while idle < 2:
            message = client.get_iopub_msg(timeout=20)
            if (cell := message["parent_header"].get("msg_id")) in (first, second):
                idle += message["content"].get("execution_state") == "idle"
                if message["msg_type"] == "stream":
                    texts[cell] = message["content"]["text"]
        heard.append((texts[first], texts[second]))
    assert heard[0] == heard[1] and heard[0] in (("2\n", "12\n"), ("12\n", "11\n"))
    for client in (notebook.client, other):
        assert client.shell_channel.socket.poll(300) == 0
    other.stop_channels()
    assert notebook.run("shared").result == "12"


def interrupt(notebook, route):
    if route == "message":
        assert request(notebook.client, "interrupt_request")["content"]["status"] == "ok"
    else:
        os.killpg(notebook.manager.provisioner.pid, signal.SIGINT)


@pytest.mark.parametrize("code", ["while true {}", "import Foundation\nsleep(60)"])
@pytest.mark.parametrize("route", ["message", "signal"])
def test_twenty_interrupts_in_a_row_end_twenty_cells(notebook, code, route):
    notebook.run("var kept = 7")
    for attempt in range(20):
        cell = notebook.client.execute(code)
        while not any(m["msg_type"] == "execute_input" for m in [notebook.client.get_iopub_msg(timeout=20)]):
            pass
        # Some come while the cell is compiled, some while it is loaded, most while it runs.
        time.sleep(0.02 * attempt)
        interrupt(notebook, route)
        reply = reply_to(notebook.client, cell, timeout=20)["content"]
        assert reply["status"] == "error" and reply["ename"] == "Interrupted", reply
    assert notebook.run("kept += 1\nkept").result == "8"


def test_a_library_call_that_hears_no_interrupt_is_stopped_and_what_that_may_mean_is_said(notebook):
    notebook.run("import Tensors\nvar random = CounterRandom(seed: 1)\nvar kept = 7")
    cell = notebook.client.execute("let wide = Tensor(normal: [300_000_000], using: &random)")
    time.sleep(1.5)
    begun = time.monotonic()
    interrupt(notebook, "message")
    reply = reply_to(notebook.client, cell, timeout=20)["content"]
    assert time.monotonic() - begun < 4
    assert reply["ename"] == "Interrupted" and " inside hooke. If it held a lock there" in reply["evalue"]
    assert notebook.run("kept").result == "7"


@pytest.mark.parametrize("route", ["message", "signal"])
def test_interrupts_of_an_idle_kernel_change_nothing(notebook, route):
    for _ in range(20):
        interrupt(notebook, route)
    time.sleep(0.3)
    assert notebook.run("import RichDisplay\ntry Interruption.check()\n6 * 7").result == "42"


def children_of(pid):
    path = pathlib.Path(f"/proc/{pid}/task")
    return [int(child) for task in path.iterdir() for child in (task / "children").read_text().split()]


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_kernel_and_its_helpers_end_with_a_parent_that_is_killed():
    script = """
import sys, time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="hooke", startup_timeout=60)
client.execute_interactive("1 + 1", timeout=60, output_hook=lambda m: None)
print(manager.provisioner.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    kernel = int(parent.stdout.readline())
    family = [kernel, *children_of(kernel)]
    assert all(is_running(pid) for pid in family)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 15
    while any(is_running(pid) for pid in family) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(is_running(pid) for pid in family)


def test_a_front_end_that_does_not_read_costs_no_memory_and_no_output(notebook):
    information = notebook.manager.get_connection_info()
    context = zmq.Context()
    lazy = context.socket(zmq.SUB)
    lazy.rcvhwm = 1
    lazy.subscribe(b"")
    lazy.connect(f"tcp://{information['ip']}:{information['iopub_port']}")
    assert lazy.poll(10_000)
    notebook.run('let line = String(repeating: "x", count: 99_999)')
    pid = notebook.manager.provisioner.pid
    before, highest, received = resident_bytes(pid), 0, 0

    def receive(message):
        nonlocal highest, received
        if message["msg_type"] == "stream":
            received += len(message["content"]["text"])
            highest = max(highest, resident_bytes(pid))

    notebook.client.execute_interactive("for _ in 0..<3_000 { print(line) }", timeout=120, output_hook=receive)
    context.destroy(linger=0)
    assert received == 300_000_000
    assert highest - before < 250 << 20
