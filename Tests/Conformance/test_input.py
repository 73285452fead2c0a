"""Cells that ask the user."""

import time

import pytest
from wire import of_type, published_for, reply_to, request, send


def asked(client, answer, timeout=30):
    question = client.get_stdin_msg(timeout=timeout)
    assert question["msg_type"] == "input_request"
    client.input(answer)
    return question


def finished(client, cell):
    reply = reply_to(client, cell)["content"]
    return reply, published_for(client, cell)


def test_readline_asks_the_front_end_that_runs_the_cell(shared_notebook):
    client = shared_notebook.client
    cell = client.execute('print("Name?", terminator: " ")\nlet name = readLine()\nlet more = readLine()', allow_stdin=True)
    first = asked(client, "Chris é日本")
    assert first["content"] == {"prompt": "", "password": False} and first["parent_header"]["msg_id"] == cell
    asked(client, "")
    reply, messages = finished(client, cell)
    assert reply["status"] == "ok"
    assert of_type(messages, "stream")[0]["content"]["text"] == "Name? "
    assert shared_notebook.run("[name, more]").result == '[Optional("Chris é日本"), Optional("")]'


def test_prompts_and_passwords_are_passed_on(shared_notebook):
    client = shared_notebook.client
    cell = client.execute('import RichDisplay\nlet a = try readLine(prompt: "A: ")\nlet b = try readPassword("B: ")', allow_stdin=True)
    assert asked(client, "x")["content"] == {"prompt": "A: ", "password": False}
    assert asked(client, "y")["content"] == {"prompt": "B: ", "password": True}
    assert finished(client, cell)[0]["status"] == "ok"
    assert shared_notebook.run("a + b").result == '"xy"'


def test_a_long_answer_arrives_whole(shared_notebook):
    client = shared_notebook.client
    cell = client.execute("let long = readLine() ?? \"\"\nlet next = readLine()", allow_stdin=True)
    asked(client, "0123456789" * 10_000)
    asked(client, "next")
    finished(client, cell)
    assert shared_notebook.run('long.count == 100_000 && next == "next"').result == "true"


def test_where_input_is_not_allowed_reading_ends_and_asking_throws(shared_notebook):
    ran = shared_notebook.run("let none = readLine()\nnone == nil")
    assert ran.result == "true"
    assert "takes no input" in of_type(ran.messages, "stream")[0]["content"]["text"]
    assert "takes no input" in shared_notebook.run('import RichDisplay\ntry readLine(prompt: "A")').error["evalue"]


@pytest.mark.parametrize("code", ["let line = readLine()", 'import RichDisplay\nlet line = try readLine(prompt: "A")'])
def test_an_interrupt_ends_a_cell_that_waits_for_the_user(shared_notebook, code):
    client = shared_notebook.client
    for _ in range(3):
        cell = client.execute(code, allow_stdin=True)
        client.get_stdin_msg(timeout=30)
        request(client, "interrupt_request")
        begun = time.monotonic()
        reply, _ = finished(client, cell)
        assert reply["ename"] == "Interrupted" and time.monotonic() - begun < 1
    client.input("too late")
    cell = client.execute("let again = readLine()", allow_stdin=True)
    asked(client, "in time")
    finished(client, cell)
    assert shared_notebook.run("again").result == '"in time"'


def test_answers_to_other_questions_are_dropped(shared_notebook):
    client = shared_notebook.client
    cell = client.execute("let answer = readLine()", allow_stdin=True)
    question = client.get_stdin_msg(timeout=30)
    socket, session = client.stdin_channel.socket, client.session
    other = {**question["header"], "msg_id": "another"}
    session.send(socket, session.msg("input_reply", {"value": "wrong"}, parent=other))
    session.send(socket, session.msg("dance", {"value": "wrong"}))
    session.send(socket, session.msg("input_reply", {"value": "right"}, parent=question["header"]))
    finished(client, cell)
    assert shared_notebook.run("answer").result == '"right"'


def test_a_cell_in_a_subshell_asks_as_well(shared_notebook):
    client = shared_notebook.client
    subshell = request(client, "create_subshell_request")["content"]["subshell_id"]
    cell = send(client, "execute_request", {"code": "let side = readLine()", "allow_stdin": True}, subshell=subshell)
    assert asked(client, "here")["header"]["subshell_id"] == subshell
    finished(client, cell)
    assert shared_notebook.run("side").result == '"here"'
