"""hooke models: weight files are fetched (again from where it stopped), added, verified and converted; mistakes are named."""

import hashlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOOKE = ROOT / ".build" / "release" / "hooke"
REFERENCE = ROOT / "Tests" / "NetworksTests" / "Reference"
GOOGLENET = REFERENCE / "googlenet.weights.safetensors"
CONTENT = bytes(range(256)) * 4000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves `content` under every path, by ranges if it is let to; `cuts` are the lengths after which it hangs up, one a request."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.tag, self.cuts, self.knows_ranges, self.requests = CONTENT, '"one"', [], True, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        server = self.server
        start, wanted = 0, self.headers.get("Range")
        server.requests.append((self.path, wanted))
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/moved"))
            return self.end_headers()
        if self.path.startswith("/missing"):
            return self.send_error(404)
        if wanted and server.knows_ranges and self.headers.get("If-Range") in (None, server.tag):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(server.content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(server.content)}")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(server.content) - start))
        self.send_header("ETag", server.tag)
        self.end_headers()
        length = server.cuts.pop(0) if server.cuts else len(server.content)
        self.wfile.write(server.content[start:start + length])


@pytest.fixture
def server():
    server = Server()
    yield server
    server.shutdown()


@pytest.fixture
def hooke(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "HOOKE_MODELS": ""}
    environment.pop("XDG_CACHE_HOME", None)

    def run(*arguments, status=0, **more):
        done = subprocess.run(
            [HOOKE, "models", *map(str, arguments)], env={**environment, **more}, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    run.cache = tmp_path / ".cache" / "hooke" / "models"
    return run


def test_a_fetched_file_is_whole_and_says_where_it_came_from(hooke, server):
    output = hooke("fetch", "inceptionv1", "--url", server.url + "/moved/x.pth")
    assert DIGEST in output and "nobody has published a SHA-256" in output
    assert (hooke.cache / "inceptionv1.pth").read_bytes() == CONTENT
    origin = json.loads((hooke.cache / "inceptionv1.pth.json").read_text())
    assert origin == {"architecture": "inceptionv1", "sha256": DIGEST, "source": server.url + "/moved/x.pth"}
    assert sorted(os.listdir(hooke.cache)) == ["inceptionv1.pth", "inceptionv1.pth.json"]
    count = len(server.requests)
    hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth")
    assert len(server.requests) == count, "what is there is not fetched again"
    assert "inceptionv1\n    " + str(hooke.cache / "inceptionv1.pth") + ", 1.0 MB" in hooke("list")


def test_a_download_that_was_cut_goes_on_where_it_was(hooke, server):
    server.cuts = [300_000, 200_000]
    assert "ended after 300000 of 1024000 bytes" in hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth", status=1)
    assert (hooke.cache / "inceptionv1.pth.part").stat().st_size == 300_000
    assert not (hooke.cache / "inceptionv1.pth").exists()
    assert "500000 of 1024000" in hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth", status=1)
    assert DIGEST in hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth")
    assert [wanted for _, wanted in server.requests] == [None, "bytes=300000-", "bytes=500000-"]
    assert (hooke.cache / "inceptionv1.pth").read_bytes() == CONTENT


@pytest.mark.parametrize("change", ["another version", "no ranges"])
def test_a_part_is_dropped_when_it_cannot_be_continued(hooke, server, change):
    server.cuts = [300_000]
    hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth", status=1)
    if change == "no ranges":
        server.knows_ranges = False
    else:
        server.content, server.tag = CONTENT[::-1], '"two"'
    assert hashlib.sha256(server.content).hexdigest() in hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth")
    assert (hooke.cache / "inceptionv1.pth").read_bytes() == server.content


def test_a_part_that_is_whole_already_is_taken(hooke, server):
    server.cuts = [300_000]
    hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth", status=1)
    (hooke.cache / "inceptionv1.pth.part").write_bytes(CONTENT)
    assert DIGEST in hooke("fetch", "inceptionv1", "--url", server.url + "/x.pth")
    assert server.requests[-1] == ("/x.pth", f"bytes={len(CONTENT)}-")


def test_another_file_than_the_published_one_is_refused(hooke, server):
    output = hooke("fetch", "googlenet", status=1, HOOKE_MODELS_URL=server.url + "/folder")
    assert server.requests == [("/folder/googlenet-1378be20.pth", None)]
    assert f"its SHA-256 is {DIGEST}, expected 1378be20…" in output
    assert os.listdir(hooke.cache) == []


def test_without_a_network_the_error_says_where_the_file_is_and_where_to_put_it(hooke, server):
    output = hooke("fetch", "inceptionv1", status=1, HOOKE_MODELS_URL="http://127.0.0.1:1")
    assert "http://127.0.0.1:1/inception5h.pth" in output and str(hooke.cache / "inceptionv1.pth") in output
    assert "answered 404" in hooke("fetch", "inceptionv1", "--url", server.url + "/missing", status=1)
    output = hooke("verify", "googlenet", status=1)
    assert "https://download.pytorch.org/models/googlenet-1378be20.pth" in output and str(hooke.cache) in output
    assert "no published file of 'resnet9000'" in hooke("fetch", "resnet9000", status=1)


def test_an_added_file_is_found_verified_and_listed_and_damage_is_seen(hooke, tmp_path):
    (tmp_path / "labels.txt").write_text("\n".join(["dog", "cat", "fish"]) + "\n")
    assert hooke("add", GOOGLENET, "--name", "mine", "--labels", "labels.txt").startswith("mine: ")
    digest = hashlib.sha256(GOOGLENET.read_bytes()).hexdigest()
    assert hooke("verify", "mine") == f"mine: right, {digest}\n"
    assert "from googlenet.weights.safetensors" in hooke("list")
    assert "there is a model 'mine' already" in hooke("add", GOOGLENET, "--name", "mine", status=1)
    assert "'../up' is no name" in hooke("add", GOOGLENET, "--name", "../up", status=1)
    (tmp_path / "l").write_text("a\n" * 8)
    assert "8 names for 7 outputs" in hooke("add", GOOGLENET, "--labels", "l", status=1)
    kept = hooke.cache / "mine.safetensors"
    damaged = bytearray(kept.read_bytes())
    damaged[-100] ^= 1
    kept.write_bytes(damaged)
    assert "is not the file that was expected" in hooke("verify", status=1)
    page = tmp_path / "page.pth"
    page.write_text("<!DOCTYPE html><html></html>")
    assert "a web page" in hooke("add", page, status=1)


def test_a_conversion_is_reproducible_and_says_what_it_was_made_from(hooke, tmp_path):
    for output in ("one.safetensors", "two.safetensors"):
        assert hooke("convert", GOOGLENET, output) == f"{output}: googlenet\n"
    one = (tmp_path / "one.safetensors").read_bytes()
    assert one == (tmp_path / "two.safetensors").read_bytes()
    header = json.loads(one[8:8 + int.from_bytes(one[:8], "little")])
    assert header["__metadata__"] == {
        "architecture": "googlenet", "layout": "hwio", "source": GOOGLENET.name, "source_format": "safetensors",
        "source_sha256": hashlib.sha256(GOOGLENET.read_bytes()).hexdigest()}
    assert header["conv1.conv.weight"]["shape"] == [7, 7, 3, 4]
    assert hooke("add", "one.safetensors").startswith("googlenet: ")
    assert "googlenet: right" in hooke("verify", "googlenet")


def test_models_are_searched_in_the_folders_of_the_environment_first(hooke, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    (tmp_path / "b" / "net.safetensors").write_bytes(GOOGLENET.read_bytes())
    (tmp_path / "b" / "googlenet-1378be20.pth").write_bytes(b"<html>")
    output = hooke("list", HOOKE_MODELS=f"{tmp_path}/a:{tmp_path}/b")
    assert f"net\n    {tmp_path}/b/net.safetensors" in output
    assert "hooke models fetch googlenet" not in output, "the published file name is the network's too"
    (tmp_path / "a" / "net.safetensors").write_bytes(GOOGLENET.read_bytes())
    assert f"net\n    {tmp_path}/a/net.safetensors" in hooke("list", HOOKE_MODELS=f"{tmp_path}/a:{tmp_path}/b")


def test_a_download_in_a_cell_shows_one_bar_that_ends_as_a_line(hooke, server, tmp_path):
    server.content = GOOGLENET.read_bytes()
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
            "source": f'import Hooke\nlet model = try Model.load("{server.url}/a<b>/googlenet.safetensors")\nprint(model.name)'}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell, dict(cell, source=cell["source"] + "\n// again")]}
    (tmp_path / "load.ipynb").write_text(json.dumps(notebook))
    ran = subprocess.run(
        [HOOKE, "run", "load.ipynb", "-o", "done.ipynb"], cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path), "HOOKE_MODELS": ""},
        capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    first, again = [c["outputs"] for c in json.loads((tmp_path / "done.ipynb").read_text())["cells"]]
    assert [o["output_type"] for o in first] == ["display_data", "stream"], "one display, whatever the number of updates"
    shown = first[0]["data"]
    assert "".join(shown["text/plain"]) == f"googlenet.safetensors: {len(server.content) / 1e6:.1f} MB downloaded"
    assert "<progress" not in "".join(shown["text/html"])
    assert [o["output_type"] for o in again] == ["stream"] and len(server.requests) == 1, "what is here is not downloaded again"


def test_a_network_with_its_operations_is_converted_and_loads_again(hooke, tmp_path):
    source = REFERENCE / "imports" / "resnet-legacy.onnx"
    assert hooke("convert", source, "r.safetensors", "--normalization=-1...1") == "r.safetensors: resnet-legacy\n"
    header = (tmp_path / "r.safetensors").read_bytes()
    graph = json.loads(json.loads(header[8:8 + int.from_bytes(header[:8], "little")])["__metadata__"]["graph"])
    assert graph["version"] == 1 and graph["nodes"][0]["settings"]["scales"] == [2]
    assert hooke("add", "r.safetensors", "--name", "mine").startswith("mine: ") and "mine: right" in hooke("verify", "mine")
    assert "neither a range" in hooke("convert", source, "x.safetensors", "--normalization", "bgr", status=64)
    assert "whose normalization is known" in hooke("convert", GOOGLENET, "x.safetensors", "--normalization", "imagenet", status=1)


def test_a_card_is_measured_from_the_weights_and_has_its_figures_beside_it(hooke, tmp_path):
    assert "handwritten-curves.md" in hooke("card", "handwritten-curves", "--out", "cards", "--pictures", "1000")
    card = (tmp_path / "cards" / "handwritten-curves.md").read_text()
    assert "- **shown**: curve detectors: 24 of 24 in mixed3b" in card
    figures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", card)
    assert figures and all((tmp_path / "cards" / figure).read_text().startswith("<svg") for figure in figures)
    # The committed card says the same of what takes no pictures.
    committed = (ROOT / "docs" / "model-cards" / "handwritten-curves.md").read_text()
    for line in re.findall(r"^\| (?:curve detectors|Gabor filters) .*$", committed, re.MULTILINE):
        assert line in card
    assert "no-such-model" in hooke("card", "no-such-model", "--out", "cards", status=1)
    assert "at least 1" in hooke("card", "--pictures", "0", status=64)
