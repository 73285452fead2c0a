"""The kernel's speed, each figure beside a peer in the same run: medians of paired runs, printed as a ratio.

    make bench
"""

import argparse
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


def output_of(client, code):
    """The milliseconds of a cell that shows much, and the size of what it showed."""
    size = 0

    def hook(message):
        nonlocal size
        content = message["content"]
        size += len(content.get("text", "")) + sum(len(str(data)) for data in content.get("data", {}).values())

    begun = time.perf_counter()
    reply = client.execute_interactive(code, output_hook=hook, timeout=120)
    assert reply["content"]["status"] == "ok", reply["content"]
    return (time.perf_counter() - begun) * 1000, size


def resident(pid):
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


def much_output():
    """A hundred thousand lines, and ten megabytes in one display, beside ipykernel."""
    kernels = {name: start(name)[:2] for name in ("hooke", "python3")}
    lines = {"hooke": "for i in 0..<100_000 { print(i) }", "python3": "for i in range(100_000): print(i)"}
    wide = {
        "hooke": 'import RichDisplay\ntry display(Markdown(String(repeating: "0123456789", count: 1_000_000)))',
        "python3": 'from IPython.display import display, Markdown\ndisplay(Markdown("0123456789" * 1_000_000))',
    }
    for what, code, bytes_shown in (("100,000 printed lines", lines, 588_890), ("a display of 10 MB", wide, 10_000_000)):
        times = {name: [] for name in kernels}
        for name, (_, client) in kernels.items():
            output_of(client, code[name])
        for _ in range(3):
            for name, (_, client) in kernels.items():
                milliseconds, size = output_of(client, code[name])
                assert size >= bytes_shown, f"{name} showed {size} bytes"
                times[name].append(milliseconds)
        report(what, times["hooke"], times["python3"], "ipykernel")
    for manager, client in kernels.values():
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def idle_memory():
    sizes = {}
    for name, code in (("hooke", "import Hooke\nlet first = 1"), ("python3", "import numpy")):
        manager, client, _ = start(name)
        run(client, code)
        sizes[name] = resident(manager.provisioner.process.pid) / (1 << 20)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    ours, theirs = sizes["hooke"], sizes["python3"]
    print(f"{'idle kernel after one cell':44} {ours:8.1f} MB   {'ipykernel with numpy':34} {theirs:8.1f} MB   ratio {ours / theirs:.2f}")


def long_session(cells):
    """Many cells in one session, each using the one before: growth and latency."""
    manager, client, _ = start("hooke")
    pid = manager.provisioner.process.pid
    run(client, "let a0 = 0")
    time.sleep(5)
    times, bare, before = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        bare_processes(pathlib.Path(folder))
        for number in range(1, cells + 1):
            times.append(timed(lambda: run(client, f"let a{number} = a{number - 1} + 1")))
            if number <= 100 or number > cells - 100:  # the machine's own ups and downs, beside the first and the last
                bare.append(timed(lambda: bare_processes(pathlib.Path(folder))))
            if number == 100:
                before = resident(pid)
    growth = (resident(pid) - before) / max(1, cells - 100) / 1000
    first, last = statistics.median(times[:100]) / statistics.median(bare[:100]), statistics.median(times[-100:]) / statistics.median(bare[-100:])
    print(f"{f'{cells} cells: growth of each':44} {growth:8.1f} kB")
    print(f"{f'{cells} cells: latency over bare processes':44} {last:8.2f}      {'the same, first 100 cells':34} {first:8.2f}      ratio {last / first:.2f}")
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=1000, help="length of the long session; 10000 takes a quarter of an hour")
    options = parser.parse_args()
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
    idle = [timed(complete) for _ in range(PAIRS)]
    print(f"{'completion of a session name, warm':44} {statistics.median(idle):8.1f} ms")
    client.session.send(client.control_channel.socket, client.session.msg("create_subshell_request", {}))
    subshell = client.get_control_msg(timeout=20)["content"]["subshell_id"]

    def complete_beside():
        message = client.session.msg("complete_request", {"code": "wheel.ra", "cursor_pos": 8})
        message["header"]["subshell_id"] = subshell
        client.session.send(client.shell_channel.socket, message)
        assert "radius" in client.get_shell_msg(timeout=20)["content"]["matches"]

    client.execute("while true {}")
    time.sleep(1)
    busy = [timed(complete_beside) for _ in range(PAIRS)]
    report("completion while a cell runs", busy, idle, "the same with none running")
    manager.interrupt_kernel()
    client.get_shell_msg(timeout=20)

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
    much_output()
    idle_memory()
    long_session(options.cells)


if __name__ == "__main__":
    os.environ.setdefault("HOOKE_HISTORY", ":memory:")
    sys.exit(main())
