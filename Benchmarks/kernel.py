"""The kernel's speed, each figure beside a peer in the same run: medians of paired runs, printed as a ratio.

    make bench
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from jupyter_client.manager import start_new_kernel

PAIRS = 15
toolchain = pathlib.Path(shutil.which("swift")).resolve().parents[1]


def timed(body):
    start = time.perf_counter()
    body()
    return (time.perf_counter() - start) * 1000


def start(name):
    begun = time.perf_counter()
    manager, client = start_new_kernel(kernel_name=name, startup_timeout=60)
    return manager, client, (time.perf_counter() - begun) * 1000


def run(client, code):
    reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]


def bare_processes(folder):
    """What a kernel without a resident compiler would start for `1 + 1`."""
    (folder / "cell.swift").write_text("let result = 1 + 1\n")
    subprocess.run(
        [toolchain / "bin/swift-frontend", "-frontend", "-c", "-primary-file", folder / "cell.swift", "-module-name", "Cell", "-o", folder / "cell.o",
         "-emit-module-path", folder / "Cell.swiftmodule", "-entry-point-function-name", "cell", "-enable-testing", "-swift-version", "5", "-Onone",
         "-module-cache-path", folder / "cache"], check=True)
    subprocess.run([toolchain / "bin/ld.lld", "-shared", folder / "cell.o", "-o", folder / "cell.so"], check=True)


def report(what, ours, peer, name):
    mine, theirs = statistics.median(ours), statistics.median(peer)
    print(f"{what:44} {mine:8.1f} ms   {name:34} {theirs:8.1f} ms   ratio {mine / theirs:.2f}")


def main():
    starts, peers = [], []
    for _ in range(5):
        for name, times in (("hooke", starts), ("python3", peers)):
            manager, client, milliseconds = start(name)
            times.append(milliseconds)
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    report("start to first reply", starts, peers, "ipykernel")

    manager, client, _ = start("hooke")
    print(f"{'first cell (a variable)':44} {timed(lambda: run(client, 'let first = 1')):8.1f} ms")
    time.sleep(5)  # the resident compiler warms up behind the first cell
    run(client, "1 + 1")
    with tempfile.TemporaryDirectory() as folder:
        bare_processes(pathlib.Path(folder))
        cells, bare = [], []
        for _ in range(PAIRS):
            cells.append(timed(lambda: run(client, "1 + 1")))
            bare.append(timed(lambda: bare_processes(pathlib.Path(folder))))
    report("round trip of 1 + 1, warm", cells, bare, "swift-frontend and ld.lld processes")

    run(client, "struct Wheel { var radius = 1.0 }\nlet wheel = Wheel()")

    def complete():
        client.complete("wheel.ra", 8)
        assert "radius" in client.get_shell_msg(timeout=20)["content"]["matches"]

    complete()
    print(f"{'completion of a session name, warm':44} {statistics.median(timed(complete) for _ in range(PAIRS)):8.1f} ms")

    interrupts = []
    for _ in range(5):
        client.execute("while true {}")
        time.sleep(0.5)
        begun = time.perf_counter()
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=20)["content"]["status"] == "error"
        interrupts.append((time.perf_counter() - begun) * 1000)
    print(f"{'interrupt of while true {}':44} {statistics.median(interrupts):8.1f} ms")
    client.stop_channels()
    manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    os.environ.setdefault("HOOKE_HISTORY", ":memory:")
    sys.exit(main())
