"""Ways to reach a kernel: encrypted, through files, and by the handshake in which the kernel chooses its ports."""

import hashlib
import hmac
import json
import os
import pathlib
import re
import stat
import subprocess

import pytest
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.manager import KernelManager

KEY = "a-secret"


@pytest.fixture
def launch():
    started = []

    def start(**options):
        manager = KernelManager(kernel_name="hooke", **options)
        manager.start_kernel()
        client = manager.blocking_client()
        started.append((manager, client))
        client.start_channels()
        client.wait_for_ready(timeout=60)
        return manager, client

    yield start
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def result_of(client, code):
    messages = []
    client.execute_interactive(code, timeout=60, output_hook=messages.append)
    return next(m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result")


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
@pytest.mark.parametrize("encryption", ["required", "disabled"])
def test_a_kernel_answers_over_every_transport(launch, transport, encryption):
    manager, client = launch(transport=transport, transport_encryption=encryption)
    written = json.loads(pathlib.Path(manager.connection_file).read_text())
    assert ("curve_publickey" in written) == (encryption == "required")
    assert written["transport"] == transport
    assert result_of(client, "6 * 7") == "42"
    other = manager.blocking_client()
    other.start_channels()
    other.wait_for_ready(timeout=30)
    assert result_of(other, "6 * 8") == "48"
    assert client.hb_channel.is_beating()
    other.stop_channels()


def test_an_encrypted_kernel_does_not_answer_in_the_clear(launch):
    manager, _ = launch(transport_encryption="required")
    information = manager.get_connection_info()
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(f"tcp://{information['ip']}:{information['shell_port']}")
    try:
        message = manager.session.msg("kernel_info_request")
        manager.session.send(socket, message)
        assert socket.poll(1500) == 0
    finally:
        context.destroy(linger=0)


def specification():
    return KernelManager(kernel_name="hooke").kernel_spec


def start_with(path, runtime):
    argv = [a.replace("{connection_file}", str(path)) for a in specification().argv]
    environment = {**os.environ, **specification().env, "JUPYTER_RUNTIME_DIR": str(runtime)}
    return subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def signed(body, key=KEY):
    return [b"<IDS|MSG>", hmac.new(key.encode(), body, hashlib.sha256).hexdigest().encode(), body]


class Registrar:
    """The launcher's side of the handshake."""

    def __init__(self, tmp_path, port_type=int, transport="tcp"):
        self.socket = zmq.Context.instance().socket(zmq.ROUTER)
        self.socket.linger = 0
        if transport == "tcp":
            ip, port = "127.0.0.1", self.socket.bind_to_random_port("tcp://127.0.0.1")
        else:
            ip, port = str(tmp_path / "registrar"), 1
            self.socket.bind(f"ipc://{ip}-{port}")
        self.path, self.runtime = tmp_path / "registration.json", tmp_path / "runtime"
        content = {"kernel_id": "k-1", "transport": transport, "registration_ip": ip, "registration_port": port_type(port), "key": KEY}
        self.path.write_text(json.dumps({**content, "signature_scheme": "hmac-sha256"}))

    def receive(self):
        assert self.socket.poll(30_000), "no registration"
        identity, delimiter, signature, body = self.socket.recv_multipart()
        assert [delimiter, signature, body] == signed(body)
        return identity, json.loads(body)


@pytest.mark.parametrize("port_type", [int, str])
@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_the_handshake_tells_the_launcher_the_ports_that_the_kernel_chose(tmp_path, port_type, transport):
    registrar = Registrar(tmp_path, port_type, transport)
    process = start_with(registrar.path, registrar.runtime)
    try:
        identity, told = registrar.receive()
        assert told["kernel_id"] == "k-1"
        names = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"]
        assert all(isinstance(told[name], str) and int(told[name]) > 0 for name in names)
        assert len({told[name] for name in names}) == 5
        own = registrar.runtime / "kernel-k-1.json"
        assert not own.exists()
        registrar.socket.send_multipart([identity, *signed(b"not yours", "another key")])
        registrar.socket.send_multipart([identity, *signed(b'"ACK"')])

        client = BlockingKernelClient()
        while not own.exists():
            assert process.poll() is None
        assert stat.S_IMODE(own.stat().st_mode) == 0o600
        client.load_connection_file(str(own))
        assert [getattr(client, name) for name in names] == [int(told[name]) for name in names]
        client.start_channels()
        client.wait_for_ready(timeout=60)
        assert result_of(client, "6 * 7") == "42"
        client.shutdown()
        process.wait(timeout=20)
        client.stop_channels()
        assert not own.exists()
    finally:
        process.kill()
        registrar.socket.close()


def test_a_kernel_that_nobody_acknowledges_ends_and_says_why(tmp_path):
    registrar = Registrar(tmp_path)
    process = start_with(registrar.path, registrar.runtime)
    identity, _ = registrar.receive()
    registrar.socket.send_multipart([identity, *signed(b'"ACK"', "another key")])
    _, errors = process.communicate(timeout=20)
    registrar.socket.close()
    assert process.returncode != 0 and "no acknowledgement" in errors
    assert not registrar.runtime.exists()


@pytest.mark.parametrize(
    "change, named",
    [
        ({"registration_port": "x"}, "registration_port"),
        ({"registration_port": 0}, "registration_port"),
        ({"kernel_id": "../up"}, "kernel_id"),
        ({"kernel_id": None}, "kernel_id"),
        ({"key": None}, "key"),
        ({"registration_ip": 4}, "registration_ip"),
    ],
)
def test_a_bad_registration_file_is_refused_by_name(tmp_path, change, named):
    registrar = Registrar(tmp_path)
    content = {**json.loads(registrar.path.read_text()), **change}
    registrar.path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))
    process = start_with(registrar.path, registrar.runtime)
    _, errors = process.communicate(timeout=20)
    registrar.socket.close()
    assert process.returncode != 0 and re.search(f'"{named}"', errors)


def test_ports_that_the_kernel_chose_are_written_back(tmp_path):
    path = tmp_path / "connection.json"
    ports = {f"{name}_port": 0 for name in ("shell", "iopub", "stdin", "control", "hb")}
    path.write_text(json.dumps({"transport": "tcp", "ip": "127.0.0.1", "key": KEY, "signature_scheme": "hmac-sha256", **ports}))
    process = start_with(path, tmp_path)
    try:
        while json.loads(path.read_text())["shell_port"] == 0:
            assert process.poll() is None
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        client = BlockingKernelClient()
        client.load_connection_file(str(path))
        client.start_channels()
        client.wait_for_ready(timeout=60)
        client.shutdown()
        process.wait(timeout=20)
        client.stop_channels()
    finally:
        process.kill()
