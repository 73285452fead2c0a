"""%package: Swift packages and libraries of the system, built, cached and imported, by a real client."""

import os
import re
import shutil
import subprocess
import time

import pytest
from conftest import Notebook
from jupyter_client.manager import start_new_kernel
from test_magics import completions, page, running


@pytest.fixture
def cached(tmp_path):
    """Kernels with a cache of their own."""
    started = []

    def start():
        manager, client = start_new_kernel(kernel_name="hooke", startup_timeout=60, env={**os.environ, "HOOKE_CACHE": str(tmp_path / "cache")})
        started.append((manager, client))
        return Notebook(manager, client)

    yield start
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def package(folder, name, source, **c):
    """A Swift package with one library, and a C target for each further argument."""
    (folder / "Sources" / name).mkdir(parents=True)
    (folder / "Sources" / name / "Source.swift").write_text(source)
    for target, text in c.items():
        (folder / "Sources" / target / "include").mkdir(parents=True, exist_ok=True)
        (folder / "Sources" / target / "include" / f"{target}.h").write_text(text.split("{")[0].strip() + ";\n")
        (folder / "Sources" / target / f"{target}.c").write_text(f'#include "{target}.h"\n{text}\n')
    dependencies = ", ".join(f'"{target}"' for target in c)
    targets = "".join(f'.target(name: "{target}"), ' for target in c)
    (folder / "Package.swift").write_text(
        "// swift-tools-version: 5.9\nimport PackageDescription\n"
        f'let package = Package(name: "{name}", products: [.library(name: "{name}", targets: ["{name}"])],\n'
        f'    targets: [{targets}.target(name: "{name}", dependencies: [{dependencies}])])\n'
    )
    return folder


def commit(folder, message, tag=None):
    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", *arguments], cwd=folder, check=True, capture_output=True
        )

    if not (folder / ".git").exists():
        git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", message)
    if tag:
        git("tag", tag)


SHAPES = """
import CSum
/// Adds two numbers, carefully.
public func carefulSum(_ a: Int32, _ b: Int32) -> Int32 { plain_sum(a, b) }
public protocol Shape { var area: Double { get } }
public struct Square: Shape { public var side: Double; public init(side: Double) { self.side = side }; public var area: Double { side * side } }
"""
SUM = "int plain_sum(int a, int b) { return a + b; }"


def test_a_package_in_a_folder_is_built_once_loaded_and_imported(cached, tmp_path):
    folder = package(tmp_path / "Shapes", "Shapes", SHAPES, CSum=SUM)
    notebook = cached()
    ran = notebook.run(f"%package {folder}\ncarefulSum(40, 2)", timeout=300)
    assert ran.result == "42", ran.error
    assert "building Shapes" in ran.stdout and "import Shapes" in ran.stdout and str(tmp_path / "cache") not in ran.stdout
    assert notebook.run("(Square(side: 3) as Any as? Shape)?.area").result == "Optional(9.0)"
    assert "Adds two numbers, carefully." in page(notebook.run("%help carefulSum"))
    assert completions(notebook, "carefulSu")[0] == ["carefulSum(, )"]
    assert not (folder / ".build").exists()

    again = cached()
    begin = time.time()
    ran = again.run(f"%package {folder}\ncarefulSum(1, 2)")
    assert ran.result == "3" and "from the cache" in ran.stdout and time.time() - begin < 5

    (folder / "Sources" / "Shapes" / "Source.swift").write_text(SHAPES.replace("plain_sum(a, b)", "plain_sum(a, b) + 100"))
    assert "restart the kernel" in again.run(f"%package {folder}", timeout=300).error["evalue"]
    assert cached().run(f"%package {folder}\ncarefulSum(1, 2)", timeout=300).result == "103"


def test_a_package_of_a_repository_is_taken_at_the_version_asked_for(cached, tmp_path):
    folder = package(tmp_path / "numbers", "Numbers", "public let number = 1")
    commit(folder, "one", "1.2.0")
    for tag, value in [("v1.10.0", 2), ("2.0.0", 3), (None, 4)]:
        (folder / "Sources/Numbers/Source.swift").write_text(f"public let number = {value}")
        commit(folder, "more", tag)
    url = f"file://{folder}"
    for request, value in [(url, "3"), (f"{url} 1.0", "2"), (f"{url} Numbers exact:1.2.0", "1"), (f"{url} branch:main", "4")]:
        ran = cached().run(f"%package {request}\nnumber", timeout=300)
        assert ran.result == value, (request, ran.error)
    (folder / "Sources/Numbers/Source.swift").write_text("public let number = 5")
    commit(folder, "again")
    assert cached().run(f"%package {url} branch:main\nnumber", timeout=300).result == "5"
    # What is cached does not need the repository any more.
    shutil.rmtree(folder)
    for request, value in [(url, "3"), (f"{url} 1.0", "2"), (f"{url} branch:main", "5")]:
        ran = cached().run(f"%package {request}\nnumber")
        assert ran.result == value and "from the cache" in ran.stdout, (request, ran.error)


def test_what_is_wrong_with_a_package_is_said_in_swiftpms_words_without_cache_paths(cached, tmp_path):
    notebook = cached()
    package(tmp_path / "wrong", "Wrong", 'public let x: Int = "a"')
    package(tmp_path / "clash", "Tensors", "public let x = 1")
    commit(package(tmp_path / "remote", "Remote", 'public let x: Int = "a"'), "one", "1.0.0")
    (tmp_path / "empty").mkdir()
    for request, message in [
        (tmp_path / "wrong", "Source.swift:1:21: error: cannot convert value of type 'String'"),
        (tmp_path / "clash", "the module 'Tensors', and so does Hooke itself"),
        (f"file://{tmp_path}/remote", "remote/Sources/Remote/Source.swift:1:21: error: cannot convert"),
        (f"file://{tmp_path}/remote 7.0", "no versions of 'remote' match the requirement 7.0.0"),
        (f"{tmp_path}/wrong Worng", "Did you mean 'Wrong'?"),
        (f"file://{tmp_path}/nowhere", "cannot be asked"),
        (tmp_path / "empty", "holds no Package.swift"),
        (tmp_path / "nowhere", "there is no folder"),
        ("", "%package takes a folder, a URL or system:NAME"),
        ("system:nosuchlibrary", "pkg-config knows no 'nosuchlibrary'"),
    ]:
        error = notebook.run(f"%package {request}", timeout=300).error
        assert message in error["evalue"], request
        assert str(tmp_path / "cache") not in error["evalue"] and "HookePackage" not in error["evalue"], request
    assert not [p for p in (tmp_path / "cache" / "packages").iterdir() if p.is_dir()]
    assert notebook.run("1 + 1").result == "2"


def test_an_interrupt_ends_a_build_and_leaves_nothing_half_built(cached, tmp_path):
    lines = [f"public func f{i}(_ a: [Int]) -> [Int] {{ a.map {{ $0 * {i} + 1 }}.filter {{ $0 % 3 == 1 }}.sorted() }}" for i in range(3000)]
    folder = package(tmp_path / "Slow", "Slow", "\n".join(lines))
    notebook = cached()
    notebook.run("let kept = 7")
    notebook.client.execute(f"%package {folder}")
    deadline = time.time() + 60
    while not running(f"{folder}/Sources") and time.time() < deadline:
        time.sleep(0.02)
    assert running(f"{folder}/Sources")
    begin = time.time()
    notebook.manager.interrupt_kernel()
    assert notebook.client.get_shell_msg(timeout=20)["content"]["ename"] == "Interrupted"
    assert time.time() - begin < 2
    assert not running(f"{folder}/Sources")
    assert not [p for p in (tmp_path / "cache" / "packages").iterdir() if p.is_dir()]
    (folder / "Sources/Slow/Source.swift").write_text("public let quick = 1")
    assert notebook.run(f"%package {folder}\nquick + kept", timeout=300).result == "8"


def test_a_package_brings_its_resources_and_the_packages_beside_it(cached, tmp_path):
    base = package(tmp_path / "Base", "Base", 'public let word = "base"')
    (base / "Package.swift").write_text((base / "Package.swift").read_text().replace('name: "Base", targets', 'name: "Base", type: .dynamic, targets'))
    top = package(
        tmp_path / "Top", "Top",
        "import Base\nimport Foundation\npublic func words() -> String {\n"
        '    word + (try! String(contentsOf: Bundle.module.url(forResource: "more", withExtension: "txt")!, encoding: .utf8))\n}',
    )
    (top / "Sources/Top/more.txt").write_text(" and more")
    manifest = (top / "Package.swift").read_text().replace("    targets:", '    dependencies: [.package(path: "../Base")], targets:')
    (top / "Package.swift").write_text(manifest.replace("dependencies: [])", 'dependencies: ["Base"], resources: [.copy("more.txt")])'))
    assert cached().run(f"%package {top}\nwords()", timeout=300).result == '"base and more"'
    (base / "Sources/Base/Source.swift").write_text('public let word = "basis"')
    notebook = cached()
    assert notebook.run(f"%package {top}\nwords()", timeout=300).result == '"basis and more"'
    assert "`import Base` takes the loaded one" in notebook.run(f"%package {base}", timeout=300).error["evalue"]
    assert notebook.run("import Base\nword").result == '"basis"'


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    package(tmp_path / "Tiny", "Tiny", "public let x = 1")
    manager, client = start_new_kernel(kernel_name="hooke", startup_timeout=60, env={**os.environ, "HOOKE_CACHE": str(tmp_path / "file")})
    try:
        error = Notebook(manager, client).run(f"%package {tmp_path}/Tiny").error
        assert f"the cache {tmp_path}/file/packages cannot be made" in error["evalue"] and "HOOKE_CACHE" in error["evalue"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_two_kernels_that_want_one_package_build_it_once(cached, tmp_path):
    folder = package(tmp_path / "Shapes", "Shapes", SHAPES, CSum=SUM)
    notebooks = [cached(), cached()]
    ids = [n.client.execute(f"%package {folder}\nprint(carefulSum(1, 1))") for n in notebooks]
    printed = []
    for notebook in notebooks:
        assert notebook.client.get_shell_msg(timeout=300)["content"]["status"] == "ok"
        text = ""
        while (message := notebook.client.get_iopub_msg(timeout=10))["content"].get("execution_state") != "idle" or message["parent_header"]["msg_id"] not in ids:
            text += message["content"].get("text", "")
        printed.append(text)
    assert all(text.endswith("2\n") for text in printed)
    assert sorted("built in" in text for text in printed) == [False, True]


def test_libraries_of_the_system_are_added_by_pkg_config_or_by_a_module_map(cached, tmp_path):
    notebook = cached()
    ran = notebook.run("%package system:sqlite3\nString(cString: sqlite3_libversion()).prefix(2)")
    assert ran.result == "3.", ran.error
    (tmp_path / "module.modulemap").write_text('module Numerics [system] {\n  header "numerics.h"\n  link "m"\n}\n')
    (tmp_path / "numerics.h").write_text("double ldexp(double, int);\n")
    ran = notebook.run(f"%package system:{tmp_path}\nldexp(1.5, 3)")
    assert ran.result == "12.0", ran.error


# Without Jupyter
