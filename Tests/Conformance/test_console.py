"""jupyter console, driven as a person would at a terminal."""

import pathlib
import sys

import pexpect


def test_a_session_in_the_console():
    console = pathlib.Path(sys.executable).parent / "jupyter-console"
    child = pexpect.spawn(str(console), ["--kernel", "hooke", "--simple-prompt"], encoding="utf-8", timeout=60)
    child.expect("Hooke .*: Swift")
    child.expect("In \\[1\\]:")
    child.sendline("6 * 7")
    child.expect("Out\\[1\\]: 42")
    child.expect("In \\[2\\]:")
    child.sendline("let xs = [1]; xs[4]")
    child.expect("Index out of range")
    child.expect("In \\[3\\]:")
    child.sendline("6 * 9")
    child.expect("Out\\[3\\]: 54")
    child.sendeof()
    child.close()
