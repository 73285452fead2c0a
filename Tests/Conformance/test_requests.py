"""The requests beside execution: where the kernel is, what it uses, what it does not do."""

import os
import socket

import pytest
from wire import of_type, published_for, reply_to, request, send


def test_connect_tells_the_ports(shared_notebook):
    content = request(shared_notebook.client, "connect_request", channel="shell")["content"]
    expected = shared_notebook.manager.get_connection_info()
    for name in ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"):
        assert content[name] == expected[name]


def test_usage_tells_what_the_kernel_and_the_machine_use(shared_notebook):
    client = shared_notebook.client
    request(client, "usage_request")
    shared_notebook.run("var sum = 0.0\nfor i in 0..<3_000_000 { sum += Double(i) }")
    content = request(client, "usage_request")["content"]
    pid = shared_notebook.manager.provisioner.pid
    assert content["hostname"] == socket.gethostname() and content["pid"] == pid
    assert content["cpu_count"] == os.cpu_count()
    assert 0 < content["kernel_cpu"] <= 100 * (os.cpu_count() + 1)
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        shared = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) * 1024
    assert 0.5 * shared < content["kernel_memory"] < 4 * shared + (1 << 30)
    memory = content["host_virtual_memory"]
    names = "total available percent used free active inactive buffers cached shared slab".split()
    assert sorted(memory) == sorted(names)
    assert memory["total"] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < memory["available"] <= memory["total"] and 0 <= memory["percent"] <= 100


def test_there_is_no_debugger_and_a_request_to_one_is_told_so(shared_notebook):
    request_content = {"seq": 5, "type": "request", "command": "debugInfo", "arguments": {}}
    content = request(shared_notebook.client, "debug_request", request_content)["content"]
    assert content["type"] == "response" and content["request_seq"] == 5 and content["command"] == "debugInfo"
    assert content["success"] is False and "no debugger" in content["message"]
    assert request(shared_notebook.client, "kernel_info_request")["content"]["debugger"] is False


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_unknown_requests_get_an_error_between_busy_and_idle(shared_notebook, channel):
    client = shared_notebook.client
    message = send(client, "dance_request", {"steps": 3}, channel=channel)
    reply = reply_to(client, message, channel)
    assert reply["msg_type"] == "dance_reply" and reply["content"]["status"] == "error"
    assert "dance_request" in reply["content"]["evalue"]
    states = [m["content"]["execution_state"] for m in of_type(published_for(client, message), "status")]
    assert states == ["busy", "idle"]


@pytest.mark.parametrize("kind", ["dance", "comm_dance", "execute_reply", "\x1b[31m\n"])
def test_unknown_messages_are_survived(shared_notebook, kind):
    client = shared_notebook.client
    assert [m["msg_type"] for m in published_for(client, send(client, kind, {}))] == ["status", "status"]


@pytest.mark.parametrize(
    "kind, content",
    [
        ("execute_request", {}),
        ("execute_request", {"code": 3}),
        ("execute_request", {"code": "1", "silent": "no", "user_expressions": [1], "store_history": 0}),
        ("is_complete_request", {"code": None}),
        ("history_request", {"hist_access_type": 3, "n": -1, "start": "a"}),
        ("history_request", {"hist_access_type": "range", "session": 1 << 62, "start": -5, "stop": -(1 << 62)}),
        ("history_request", {"hist_access_type": "search", "pattern": [], "n": 1 << 62}),
        ("comm_info_request", {"target_name": {}}),
        ("debug_request", {"seq": "x", "command": []}),
        ("delete_subshell_request", {"subshell_id": 3}),
    ],
)
def test_fields_of_other_types_are_survived(shared_notebook, kind, content):
    client = shared_notebook.client
    channel = "control" if kind.startswith(("debug", "delete")) else "shell"
    reply = request(client, kind, content, channel=channel)
    assert reply["msg_type"] == kind.replace("_request", "_reply")
    assert shared_notebook.run("40 + 2").result == "42"


def test_an_interrupt_on_control_is_answered_while_idle(shared_notebook):
    assert request(shared_notebook.client, "interrupt_request")["content"] == {"status": "ok"}
    assert shared_notebook.run("40 + 2").result == "42"


def test_a_shutdown_is_announced_to_every_front_end(notebook):
    client = notebook.client
    message = send(client, "shutdown_request", {"restart": True}, channel="control")
    assert reply_to(client, message, "control")["content"] == {"status": "ok", "restart": True}
    announced = [m for m in published_for(client, message) if m["msg_type"] == "shutdown_reply"]
    assert announced[0]["content"]["restart"] is True
    notebook.manager.provisioner.process.wait(timeout=10)
