"""Comms between cells and a front end, with binary buffers."""

import time

import pytest
from wire import of_type, published_for, request, send

ECHO = """
import RichDisplay
Comm.register("echo") { comm, opening in
    let start = try opening.decode([String: Int].self)
    print("opened with \\(start)")
    comm.onMessage { message in
        try comm.send(["heard": try message.decode([String: Int].self)], metadata: ["version": "2.1.0"], buffers: message.buffers)
    }
    comm.onClose { _ in print("closed") }
}
"""


@pytest.fixture(scope="module")
def echo(shared_notebook):
    assert shared_notebook.run(ECHO).error is None
    return shared_notebook.client


def exchange(client, kind, content, **options):
    return published_for(client, send(client, kind, content, **options))


def test_a_target_of_a_cell_answers_with_buffers(echo):
    opened = exchange(echo, "comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"a": 1}})
    assert [m["content"]["text"] for m in of_type(opened, "stream")] == ['opened with ["a": 1]\n']
    buffers = [b"\x00\xff" * 1000, b"", b"<IDS|MSG>"]
    answers = of_type(exchange(echo, "comm_msg", {"comm_id": "c1", "data": {"x": 7}}, buffers=buffers), "comm_msg")
    assert len(answers) == 1
    assert answers[0]["content"] == {"comm_id": "c1", "data": {"heard": {"x": 7}}}
    assert answers[0]["metadata"] == {"version": "2.1.0"}
    assert [bytes(b) for b in answers[0]["buffers"]] == buffers
    info = request(echo, "comm_info_request", {"target_name": "echo"}, channel="shell")["content"]
    assert info == {"status": "ok", "comms": {"c1": {"target_name": "echo"}}}
    assert request(echo, "comm_info_request", {"target_name": "other"}, channel="shell")["content"]["comms"] == {}
    closed = exchange(echo, "comm_close", {"comm_id": "c1", "data": {}})
    assert [m["content"]["text"] for m in of_type(closed, "stream")] == ["closed\n"]
    assert request(echo, "comm_info_request", {}, channel="shell")["content"]["comms"] == {}


def test_a_comm_to_a_target_that_nobody_registered_is_closed(echo):
    messages = exchange(echo, "comm_open", {"comm_id": "c2", "target_name": "nobody", "data": {}})
    assert [m["content"]["comm_id"] for m in of_type(messages, "comm_close")] == ["c2"]


def test_a_handler_that_throws_says_so_and_the_comm_lives(echo):
    exchange(echo, "comm_open", {"comm_id": "c3", "target_name": "echo", "data": {"a": 1}})
    failed = exchange(echo, "comm_msg", {"comm_id": "c3", "data": {"x": "text"}})
    assert "handler failed" in of_type(failed, "stream")[0]["content"]["text"]
    assert of_type(exchange(echo, "comm_msg", {"comm_id": "c3", "data": {"x": 1}}), "comm_msg")
    exchange(echo, "comm_close", {"comm_id": "c3", "data": {}})


def test_a_comm_whose_opening_fails_is_closed(echo):
    messages = exchange(echo, "comm_open", {"comm_id": "c4", "target_name": "echo", "data": {"a": "text"}})
    assert of_type(messages, "comm_close") and of_type(messages, "stream")


@pytest.mark.parametrize(
    "kind, content",
    [("comm_msg", {"comm_id": "missing", "data": {}}), ("comm_close", {"comm_id": "missing"}), ("comm_msg", {}), ("comm_open", {"comm_id": 3})],
)
def test_messages_of_no_comm_are_survived(echo, kind, content):
    assert [m["msg_type"] for m in exchange(echo, kind, content)] == ["status", "status"]


def test_a_cell_opens_a_comm_sends_and_closes(shared_notebook):
    ran = shared_notebook.run(
        """
        import Foundation
        let comm = try Comm(target: "plot", data: ["zoom": 2], metadata: ["version": "1"], buffers: [Data([1, 2])])
        try comm.send(["n": [1.5, 2]])
        try comm.close()
        """
    )
    opened, sent, closed = (of_type(ran.messages, kind) for kind in ("comm_open", "comm_msg", "comm_close"))
    assert opened[0]["content"]["target_name"] == "plot" and opened[0]["content"]["data"] == {"zoom": 2}
    assert opened[0]["metadata"] == {"version": "1"} and bytes(opened[0]["buffers"][0]) == b"\x01\x02"
    assert sent[0]["content"]["data"] == {"n": [1.5, 2]} and closed
    assert "closed" in shared_notebook.run("try comm.send([1])").error["evalue"]


def test_clear_output_is_published_in_order(shared_notebook):
    ran = shared_notebook.run('print("a")\nclearOutput(wait: true)\nprint("b")\nclearOutput()')
    kinds = [m["msg_type"] for m in ran.messages if m["msg_type"] in ("stream", "clear_output")]
    assert kinds == ["stream", "clear_output", "stream", "clear_output"]
    assert [m["content"]["wait"] for m in of_type(ran.messages, "clear_output")] == [True, False]


@pytest.fixture(scope="module")
def wrong(shared_notebook):
    ran = shared_notebook.run(
        """
        import Foundation
        let none: [Int] = []
        var place = 3
        Comm.register("wrong") { comm, _ in
            comm.onMessage { message in
                switch try message.decode([String: String].self)["do"] {
                case "check": while true { try Interruption.check(); usleep(1000) }
                case "loop": while true {}
                case "sleep": sleep(60)
                case "trap": print(none[place])
                default: try comm.send(["fine": place])
                }
            }
        }
        """
    )
    assert ran.error is None
    return shared_notebook


@pytest.mark.parametrize("in_subshell", [False, True])
@pytest.mark.parametrize("what", ["check", "loop", "sleep", "trap"])
def test_a_handler_that_goes_wrong_ends_alone(wrong, what, in_subshell):
    client = wrong.client
    subshell = request(client, "create_subshell_request")["content"]["subshell_id"] if in_subshell else None
    comm = f"wrong-{what}-{in_subshell}"
    exchange(client, "comm_open", {"comm_id": comm, "target_name": "wrong", "data": {}}, subshell=subshell)
    message = send(client, "comm_msg", {"comm_id": comm, "data": {"do": what}}, subshell=subshell)
    if what != "trap":
        time.sleep(0.5)
        request(client, "interrupt_request")
    text = "".join(m["content"]["text"] for m in of_type(published_for(client, message), "stream"))
    assert ("ended in a trap" in text and "Index out of range" in text) if what == "trap" else "interrupted" in text
    answers = exchange(client, "comm_msg", {"comm_id": comm, "data": {"do": "answer"}}, subshell=subshell)
    assert of_type(answers, "comm_msg")[0]["content"]["data"] == {"fine": 3}
    assert wrong.run("place").result == "3"
