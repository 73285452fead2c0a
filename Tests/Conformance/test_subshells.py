"""Subshells (JEP 91): requests that are answered while the main shell computes."""

import time

import pytest
from wire import of_type, published_for, reply_to, request, send


@pytest.fixture
def subshell(shared_notebook):
    client = shared_notebook.client
    identifier = request(client, "create_subshell_request")["content"]["subshell_id"]
    yield identifier
    request(client, "delete_subshell_request", {"subshell_id": identifier})


def test_subshells_are_announced_created_listed_and_deleted(shared_notebook):
    client = shared_notebook.client
    assert "kernel subshells" in request(client, "kernel_info_request")["content"]["supported_features"]
    made = [request(client, "create_subshell_request")["content"] for _ in range(2)]
    assert [m["status"] for m in made] == ["ok", "ok"]
    names = [m["subshell_id"] for m in made]
    assert len(set(names)) == 2
    assert request(client, "list_subshell_request")["content"] == {"status": "ok", "subshell_id": names}
    for name in names:
        assert request(client, "delete_subshell_request", {"subshell_id": name})["content"] == {"status": "ok"}
    assert request(client, "list_subshell_request")["content"]["subshell_id"] == []
    assert request(client, "delete_subshell_request", {"subshell_id": names[0]})["content"]["status"] == "error"


def test_a_subshell_answers_while_a_cell_runs(shared_notebook, subshell):
    client = shared_notebook.client
    shared_notebook.run("/// Twice of it.\nfunc twice(_ x: Int) -> Int { 2 * x }")
    shared_notebook.run('import RichDisplay\nComm.register("ping") { comm, _ in try comm.send(["pong": 1]) }')
    cell = send(client, "execute_request", {"code": "import Foundation\nfor _ in 0..<40 { usleep(100_000) }\nprint(\"done\")"})
    time.sleep(1)
    begun = time.monotonic()
    for kind, content in [
        ("kernel_info_request", {}),
        ("is_complete_request", {"code": "1 +"}),
        ("history_request", {"hist_access_type": "tail", "n": 1}),
        ("comm_info_request", {}),
        ("complete_request", {"code": "twi", "cursor_pos": 3}),
        ("inspect_request", {"code": "twice", "cursor_pos": 3, "detail_level": 0}),
    ]:
        reply = request(client, kind, content, channel="shell", subshell=subshell, timeout=2)
        assert reply["content"]["status"] in ("ok", "incomplete")
        if kind == "complete_request":
            assert any(match.startswith("twice") for match in reply["content"]["matches"])
        if kind == "inspect_request":
            assert reply["content"]["found"]
        assert reply["header"]["subshell_id"] == subshell and reply["parent_header"]["subshell_id"] == subshell
    opening = send(client, "comm_open", {"comm_id": "p", "target_name": "ping", "data": {}}, subshell=subshell)
    answered = published_for(client, opening, timeout=2)
    assert of_type(answered, "comm_msg")[0]["content"]["data"] == {"pong": 1}
    assert time.monotonic() - begun < 2.5  # the cell takes four seconds
    assert of_type(published_for(client, cell), "stream")[-1]["content"]["text"].endswith("done\n")


def test_a_cell_in_a_subshell_runs_beside_the_main_one_and_counts_for_itself(shared_notebook, subshell):
    client = shared_notebook.client
    main_count = shared_notebook.run("import Foundation\nimport RichDisplay\nvar order: [String] = []").reply["execution_count"]
    code = 'usleep(2_000_000)\norder.append("main")\ntry display(Markdown("main"))\norder.count'
    first = send(client, "execute_request", {"code": code})
    time.sleep(0.7)
    begun = time.monotonic()
    second = send(client, "execute_request", {"code": 'order.append("side")\ntry display(Markdown("side"))\nprint("beside")\norder.count'}, subshell=subshell)
    reply = reply_to(client, second)
    assert time.monotonic() - begun < 1
    assert reply["content"] == {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
    shown = published_for(client, second)
    assert [m["content"].get("execution_count") for m in of_type(shown, "execute_input")] == [1]
    assert [m["content"]["text"] for m in of_type(shown, "stream")] == ["beside\n"]
    assert of_type(shown, "display_data")[0]["content"]["data"]["text/markdown"] == "side"
    assert of_type(shown, "execute_result")[0]["content"]["data"]["text/plain"] == "1"
    shown = published_for(client, first)
    assert of_type(shown, "display_data")[0]["content"]["data"]["text/markdown"] == "main"
    assert of_type(shown, "execute_result")[0]["content"]["data"]["text/plain"] == "2"
    assert shared_notebook.run("order").result == '["side", "main"]'
    assert shared_notebook.run("1").reply["execution_count"] == main_count + 3


def test_a_trap_in_a_subshell_leaves_the_main_cell_running(shared_notebook, subshell):
    client = shared_notebook.client
    main = send(client, "execute_request", {"code": "import Foundation\nusleep(1_500_000)\n6 * 7"})
    time.sleep(0.5)
    failed = request(client, "execute_request", {"code": "let none: [Int] = []\nnone[3]"}, channel="shell", subshell=subshell)
    assert failed["content"]["evalue"] == "Index out of range"
    assert reply_to(client, main)["content"]["status"] == "ok"
    assert of_type(published_for(client, main), "execute_result")[0]["content"]["data"]["text/plain"] == "42"


def test_an_error_in_a_subshell_gives_up_its_own_queue_only(shared_notebook, subshell):
    client = shared_notebook.client
    failing = send(client, "execute_request", {"code": "import Foundation\nsleep(1)\nfatalError()"}, subshell=subshell)
    behind = send(client, "execute_request", {"code": "1"}, subshell=subshell)
    beside = send(client, "execute_request", {"code": "2"})
    replies = {}
    while len(replies) < 3:
        message = client.get_shell_msg(timeout=30)
        replies[message["parent_header"]["msg_id"]] = message["content"]
    assert replies[failing]["status"] == "error" and replies[behind]["ename"] == "Aborted"
    assert replies[beside]["status"] == "ok"
    again = request(client, "execute_request", {"code": "3"}, channel="shell", subshell=subshell)
    assert again["content"]["status"] == "ok"


def test_an_interrupt_ends_the_cells_of_all_shells(shared_notebook, subshell):
    client = shared_notebook.client
    cells = [send(client, "execute_request", {"code": "while true {}"}, subshell=shell) for shell in (None, subshell)]
    time.sleep(2)
    request(client, "interrupt_request")
    for _ in cells:
        message = client.get_shell_msg(timeout=30)
        assert message["content"]["ename"] == "Interrupted" and message["parent_header"]["msg_id"] in cells
    assert shared_notebook.run("6 * 7").result == "42"


def test_a_request_to_an_unknown_subshell_gets_an_error_between_busy_and_idle(shared_notebook):
    client = shared_notebook.client
    message = send(client, "execute_request", {"code": "1"}, subshell="nowhere")
    reply = reply_to(client, message)
    assert reply["msg_type"] == "execute_reply" and reply["content"]["status"] == "error"
    assert reply["content"]["ename"] == "SubshellNotFound"
    assert [m["content"]["execution_state"] for m in published_for(client, message)] == ["busy", "idle"]
