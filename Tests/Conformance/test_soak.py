"""A long session in little time: what people do in an hour, many times over, and nothing piles up."""

import os
import pathlib
import statistics
import time

from test_adversity import compilers
from test_hostile_wire import resident_bytes
from wire import request

ROUNDS = 60


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def test_an_hour_of_cells_errors_displays_and_questions_piles_nothing_up(notebook):
    pid = notebook.manager.provisioner.pid
    client = notebook.client
    notebook.run("import Foundation\nimport RichDisplay\nvar total = 0\nstruct Point { var x = 1, y = 2 }")
    latencies, samples = [], {}
    for number in range(ROUNDS):
        begun = time.monotonic()
        assert notebook.run(f"let value{number} = total + {number}").reply["status"] == "ok"
        latencies.append(time.monotonic() - begun)
        assert notebook.run(f"total += 1\nfunc last() -> Int {{ {number} }}\nlast()").result == str(number)
        edited = {"code": f"struct Point {{ var x = 1, y = {number} }}"}
        assert request(client, "execute_request", edited, channel="shell", metadata={"cellId": "point"})["content"]["status"] == "ok"
        assert notebook.run("Point().y").result == str(number)
        assert notebook.run("for i in 0..<200 { print(i) }").stdout.endswith("199\n")
        assert notebook.run('try display(Markdown("*shown*"))').of_type("display_data")
        assert notebook.run("nowhere").error["ename"] == "CompileError"
        assert notebook.run("struct Oops: Error {}\nthrow Oops()").error["ename"] == "Oops"
        client.complete("poi", 3)
        assert client.get_shell_msg(timeout=20)["content"]["status"] == "ok"
        client.inspect("total", 3)
        assert client.get_shell_msg(timeout=20)["content"]["found"]
        if number in (ROUNDS // 4, ROUNDS - 1):
            samples[number] = (resident_bytes(pid), open_files(pid), threads(pid), len(compilers(notebook)))
    (memory, files, running, children), (memory_after, files_after, running_after, children_after) = samples.values()
    cells = 8 * (ROUNDS - 1 - ROUNDS // 4)
    assert (memory_after - memory) / cells < 100_000
    assert files_after <= files + 2 and running_after <= running + 4 and children_after == children
    assert notebook.run("total").result == str(ROUNDS)
    # The last cells of the session are as quick as the first; the bound leaves room for a machine that does other things.
    assert statistics.median(latencies[-20:]) < 3 * statistics.median(latencies[:20])
    for trap in range(5):
        assert notebook.run("let none: [Int] = []\nnone[3]").error["evalue"] == "Index out of range"
    assert threads(pid) <= running_after + 8  # a thread that trapped stays parked
    folders = [path for path in pathlib.Path("/tmp").glob(f"hooke-{pid}-*")]
    notebook.manager.shutdown_kernel()
    assert folders and not any(folder.exists() for folder in folders)
