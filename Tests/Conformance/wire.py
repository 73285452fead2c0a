"""Requests that jupyter_client has no method for, and the replies to them."""

import time


def request(client, kind, content=None, channel="control", timeout=30, subshell=None, buffers=None, metadata=None):
    """Sends a request; the reply to it on the same channel."""
    message_id = send(client, kind, content, channel, subshell, buffers, metadata)
    return reply_to(client, message_id, channel, timeout)


def send(client, kind, content=None, channel="shell", subshell=None, buffers=None, metadata=None):
    message = client.session.msg(kind, content or {}, metadata=metadata)
    if subshell is not None:
        message["header"]["subshell_id"] = subshell
    socket = getattr(client, f"{channel}_channel").socket
    client.session.send(socket, message, buffers=buffers)
    return message["header"]["msg_id"]


def reply_to(client, message_id, channel="shell", timeout=30):
    deadline = time.monotonic() + timeout
    while True:
        reply = getattr(client, f"get_{channel}_msg")(timeout=max(0.01, deadline - time.monotonic()))
        if reply["parent_header"].get("msg_id") == message_id:
            return reply


def published_for(client, message_id, timeout=30):
    """Everything on iopub that a message caused, up to idle."""
    deadline = time.monotonic() + timeout
    messages = []
    while True:
        message = client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
        if message["parent_header"].get("msg_id") != message_id:
            continue
        messages.append(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return messages


def of_type(messages, kind):
    return [m for m in messages if m["msg_type"] == kind]
