"""hooke train: the result does not depend on how often it was stopped, and mistakes are told before the work."""

import pathlib
import signal
import subprocess
import time

import pytest

HOOKE = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "hooke"
SMALL = ["--steps", "60", "--batch", "8", "--size", "24", "--narrow", "4", "--test", "40", "--every", "5"]


def train(folder, *arguments):
    return subprocess.run([HOOKE, "train", *SMALL, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


def start_until_saved(folder, steps):
    """A training with a checkpoint, once that holds at least so many steps."""
    process = subprocess.Popen([HOOKE, "train", *SMALL, "--checkpoint", "c", "--out", "parts"], cwd=folder, stdout=subprocess.PIPE, text=True)
    deadline = time.time() + 60
    while time.time() < deadline and process.poll() is None:
        if (folder / "c").exists() and saved_steps(folder / "c") >= steps:
            return process
        time.sleep(0.005)
    pytest.fail("the training ended, or did not save")


def saved_steps(path):
    header = path.read_bytes()
    return int(header[: 8 + int.from_bytes(header[:8], "little")].split(b'"step":"')[1].split(b'"')[0])


def test_a_training_that_was_killed_and_stopped_gives_the_same_file(tmp_path):
    assert train(tmp_path, "--out", "whole").returncode == 0
    killed = start_until_saved(tmp_path, 5)
    killed.kill()
    killed.wait()
    stopped = start_until_saved(tmp_path, saved_steps(tmp_path / "c") + 5)
    stopped.send_signal(signal.SIGINT)
    output = stopped.communicate(timeout=60)[0]
    assert stopped.returncode == 130 and "goes on from c" in output
    done = train(tmp_path, "--checkpoint", "c", "--out", "parts")
    assert done.returncode == 0 and "% of 40 pictures recognized" in done.stdout
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("arguments, words", [
    (["--out", "no/such/model"], "Nothing can be written to the folder no/such/"),
    (["--out", "."], "is a folder"),
    (["--batch", "0"], "at least one picture"),
    (["--count", "3"], "fewer than one batch of 8"),
    (["--rate", "nan"], "a rate is above 0"),
    (["--checkpoint", "damaged"], "damaged is no safetensors file"),
])
def test_a_mistake_is_named_before_the_training(tmp_path, arguments, words):
    (tmp_path / "damaged").write_bytes(b"\x10\x27" + bytes(100))
    done = train(tmp_path, *arguments)
    assert done.returncode != 0 and words in done.stderr
    assert done.stdout == "" and (tmp_path / "damaged").stat().st_size == 102
