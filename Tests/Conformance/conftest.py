"""A running kernel, and a cell runner that collects what a front end would show."""

import os
from dataclasses import dataclass, field

import pytest
from jupyter_client.manager import start_new_kernel

# The cells of these tests are nobody's history.
os.environ.setdefault("HOOKE_HISTORY", ":memory:")


@dataclass
class Ran:
    """What one cell did."""

    reply: dict
    messages: list = field(default_factory=list)

    def of_type(self, kind):
        return [m for m in self.messages if m["msg_type"] == kind]

    @property
    def stdout(self):
        return "".join(m["content"]["text"] for m in self.of_type("stream") if m["content"]["name"] == "stdout")

    @property
    def result(self):
        results = self.of_type("execute_result")
        return results[0]["content"]["data"]["text/plain"] if results else None

    @property
    def error(self):
        errors = self.of_type("error")
        assert len(errors) <= 1, "one error message per failed cell"
        return errors[0]["content"] if errors else None


class Notebook:
    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    def run(self, code, timeout=60, **options):
        messages = []
        reply = self.client.execute_interactive(
            code, output_hook=messages.append, timeout=timeout, allow_stdin=False, **options
        )
        return Ran(reply["content"], messages)


@pytest.fixture
def notebook():
    manager, client = start_new_kernel(kernel_name="hooke", startup_timeout=60)
    yield Notebook(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def shared_notebook():
    manager, client = start_new_kernel(kernel_name="hooke", startup_timeout=60)
    yield Notebook(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
