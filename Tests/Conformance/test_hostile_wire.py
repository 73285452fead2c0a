"""Bytes that are no messages, or nobody's: the kernel survives them all and answers none."""

import hashlib
import hmac
import json
import random
import time

import pytest
import zmq
from wire import request

COUNT = 100_000
DELIMITER = b"<IDS|MSG>"


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1024


class Hostile:
    """Malformed messages, the same ones for the same seed."""

    def __init__(self, seed, key):
        self.random, self.key = random.Random(seed), key
        self.kinds = [self.noise, self.short, self.forged, self.broken_json, self.wrong_types, self.replayed, self.tampered]

    def sign(self, parts):
        return hmac.new(self.key, b"".join(parts), hashlib.sha256).hexdigest().encode()

    def bytes(self, limit=200):
        return self.random.randbytes(self.random.randrange(limit))

    def header(self, kind="kernel_info_request"):
        return {"msg_id": f"{self.random.getrandbits(64):x}", "msg_type": kind, "session": "s", "username": "u", "date": "", "version": "5.4"}

    def parts(self):
        kind = self.random.choice(["kernel_info_request", "execute_request", "shutdown_request", "interrupt_request"])
        return [json.dumps(self.header(kind)).encode(), b"{}", b"{}", b'{"code": "print(1)"}']

    def noise(self):
        return [self.bytes() for _ in range(self.random.randrange(1, 9))]

    def short(self):
        parts = self.parts()[: self.random.randrange(4)]
        return [DELIMITER, self.sign(parts), *parts]

    def forged(self):
        parts = self.parts()
        good = self.sign(parts)
        forged = [b"", good[:-1], good.upper() if good != good.upper() else b"0", b"0" * 64, self.bytes(), good + b"0", good[::-1]]
        signature = self.random.choice(forged)
        return [DELIMITER, signature, *parts] if signature != good else [DELIMITER]

    def broken_json(self):
        parts = self.parts()
        index = self.random.randrange(4)
        broken = [b"", b"{", b"[]", b"null", b"3", b'{"a":}', b"[" * 5000, b'{"a":"\xff"}', b'{"a":1e}', self.bytes(), b'"' + b"a" * 3000, b"{}{}"]
        parts[index] = self.random.choice(broken)
        return [DELIMITER, self.sign(parts), *parts]

    def wrong_types(self):
        parts = self.parts()
        header = self.header()
        header[self.random.choice(["msg_id", "msg_type", "session", "username", "date", "version", "subshell_id"])] = self.random.choice([3, [], {}, True])
        parts[0] = json.dumps(header).encode()
        return [DELIMITER, self.sign(parts), *parts]

    def replayed(self):
        parts = [json.dumps({**self.header(), "msg_id": "once", "msg_type": "unheard_of"}).encode(), b"{}", b"{}", b"{}"]
        return [DELIMITER, self.sign(parts), *parts]

    def tampered(self):
        parts = self.parts()
        signature = self.sign(parts)
        index = self.random.randrange(4)
        part = bytearray(parts[index])
        part[self.random.randrange(len(part))] ^= 1 << self.random.randrange(8)
        parts[index] = bytes(part)
        return [DELIMITER, signature, *parts]

    def message(self):
        frames = self.random.choice(self.kinds)()
        return [self.bytes(20), *frames] if self.random.random() < 0.2 else frames


@pytest.mark.parametrize("seed", [1])
def test_no_malformed_message_is_answered_and_none_ends_the_kernel(notebook, seed):
    information = notebook.manager.get_connection_info()
    notebook.run("let kept = 7")
    pid = notebook.manager.provisioner.pid
    before = resident_bytes(pid)
    hostile = Hostile(seed, information["key"])
    context = zmq.Context()
    sockets = []
    for channel in ("shell", "control"):
        socket = context.socket(zmq.DEALER)
        socket.sndtimeo = 30_000
        socket.connect(f"tcp://{information['ip']}:{information[channel + '_port']}")
        sockets.append(socket)
    try:
        for index in range(COUNT):
            sockets[index % 2].send_multipart(hostile.message())
        # What was sent before on the same sockets has been read when this is answered.
        for socket in sockets:
            message = notebook.manager.session.msg("kernel_info_request")
            notebook.manager.session.send(socket, message)
            assert socket.poll(120_000), "no answer after the flood"
            frames = socket.recv_multipart()
            answer = json.loads(frames[frames.index(DELIMITER) + 2])
            parent = json.loads(frames[frames.index(DELIMITER) + 3])
            assert answer["msg_type"] == "kernel_info_reply" and parent["msg_id"] == message["header"]["msg_id"]
            assert socket.poll(200) == 0, "a malformed message was answered"
    finally:
        context.destroy(linger=0)
    assert notebook.run("kept").result == "7"
    assert resident_bytes(pid) - before < 100 << 20


def test_a_flood_of_bad_messages_does_not_fill_the_log(tmp_path):
    from jupyter_client.manager import start_new_kernel

    with open(tmp_path / "log", "w") as log:
        manager, client = start_new_kernel(kernel_name="hooke", startup_timeout=60, stderr=log)
    information = manager.get_connection_info()
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.connect(f"tcp://{information['ip']}:{information['shell_port']}")
    for _ in range(2000):
        socket.send_multipart([b"\x1b[31mnot a message"])
    manager.session.send(socket, manager.session.msg("kernel_info_request"))
    assert socket.poll(30_000)
    context.destroy(linger=0)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    lines = (tmp_path / "log").read_text().splitlines()
    assert 1 <= len(lines) <= 100 and all(line.startswith("hooke: ") for line in lines)
    assert "none of its 2 frames is the delimiter" in lines[0]


def test_a_replayed_request_is_not_answered(notebook):
    client, session = notebook.client, notebook.client.session
    message = session.serialize(session.msg("kernel_info_request"))
    client.shell_channel.socket.send_multipart(message)
    assert client.get_shell_msg(timeout=20)["msg_type"] == "kernel_info_reply"
    client.shell_channel.socket.send_multipart(message)
    time.sleep(0.5)
    assert request(client, "kernel_info_request", channel="shell")["content"]["status"] == "ok"
    assert client.shell_channel.socket.poll(300) == 0
