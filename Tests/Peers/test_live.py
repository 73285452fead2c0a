"""Compares Hooke with PyTorch, live: other random numbers than the committed files, and the committed files themselves.

Run by `make test-peers`, after the Swift tests have been built. With HOOKE_REWRITE=1 the committed files are written anew.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "Tests" / "Peers"
SWIFT = (os.environ["HOOKE_TOOLCHAIN"] + "/usr/bin/swift") if os.environ.get("HOOKE_TOOLCHAIN") else "swift"


def run(*command, **environment):
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "script",
    ["networks_reference.py", "inception_reference.py", "zoo_reference.py", "alexnet_reference.py", "sweep_reference.py", "graphs_reference.py",
     "visualization_reference.py", "attribution_reference.py", "tensors_reference.py", "training_reference.py",
     "weight_files_reference.py"])
def test_the_committed_reference_is_what_pytorch_computes(script):
    rewrite = os.environ.get("HOOKE_REWRITE") == "1"
    run(sys.executable, str(PEERS / script), *([] if rewrite else ["--check"]))


@pytest.mark.parametrize("seed", [101, 102])
def test_layers_networks_and_gradients_agree_with_pytorch_on_other_numbers(tmp_path, seed):
    for script in ("networks_reference.py", "inception_reference.py"):
        run(sys.executable, str(PEERS / script), "--live", str(tmp_path), "--seed", str(seed))
    log = run(SWIFT, "test", "-c", "release", "--skip-build", "--filter", "ReferenceTests", HOOKE_REFERENCE=str(tmp_path))
    assert re.search(r"Test run with [1-9]\d* tests .* passed", log), log[-2000:]


def test_networks_of_full_width_agree_with_pytorch_and_torchvision(tmp_path):
    run(sys.executable, str(PEERS / "inception_reference.py"), "--live", str(tmp_path), "--full")
    log = run(SWIFT, "test", "-c", "release", "--skip-build", "--filter", "InceptionFilesReferenceTests", HOOKE_REFERENCE=str(tmp_path))
    assert re.search(r"Test run with [1-9]\d* tests .* passed", log), log[-2000:]


def test_networks_of_the_zoo_agree_with_torchvision_and_timm_at_full_width(tmp_path):
    for script in ("zoo_reference.py", "alexnet_reference.py"):
        run(sys.executable, str(PEERS / script), "--live", str(tmp_path))
    log = run(SWIFT, "test", "-c", "release", "--skip-build", "--filter", "ZooReferenceTests", HOOKE_ZOO_REFERENCE=str(tmp_path))
    assert re.search(r"Test run with [1-9]\d* tests .* passed", log), log[-2000:]


@pytest.mark.parametrize("seed", [101, 102])
def test_tensors_agree_with_numpy_pytorch_and_pil_on_other_numbers(tmp_path, seed):
    run(sys.executable, str(PEERS / "tensors_reference.py"), "--live", str(tmp_path), "--seed", str(seed))
    log = run(SWIFT, "test", "-c", "release", "--skip-build", "--filter", "TensorsTests", HOOKE_TENSORS_REFERENCE=str(tmp_path))
    assert re.search(r"Test run with [1-9]\d* tests .* passed", log), log[-2000:]


def test_numpy_reads_the_files_that_tensors_write(tmp_path):
    run(SWIFT, "test", "-c", "release", "--skip-build", "--filter", "NumPyFileTests", HOOKE_NUMPY_OUTPUT=str(tmp_path))
    assert "arrays" in run(sys.executable, str(PEERS / "tensors_reference.py"), "--read", str(tmp_path))


def test_the_embedded_model_gives_the_same_logits_as_pytorch(tmp_path):
    """The Swift engine against the same network in PyTorch, on pictures of the world."""
    sys.path.insert(0, str(PEERS))
    import numpy
    import torch
    from mini_inception import MiniInception, as_batch
    from safetensors import safe_open

    hooke = ROOT / ".build" / "release" / "hooke"
    run(str(hooke), "world", "export", "--split", "test", "--count", "16", "--output", str(tmp_path))
    model = ROOT / "Sources" / "Networks" / "EmbeddedModels" / "mini-inception.safetensors"
    with safe_open(model, "pt") as file:
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}
        classes = json.loads(file.metadata()["classes"])
    network = MiniInception(len(classes)).read(tensors)
    with torch.no_grad():
        expected = network(as_batch(numpy.load(tmp_path / "images.npy"))).numpy()
    committed = ROOT / "Tests" / "NetworksTests" / "Reference" / "mini-inception-logits.json"
    if os.environ.get("HOOKE_REWRITE") == "1":
        committed.write_text(json.dumps({"logits": [[round(float(v), 5) for v in row] for row in expected[:8]]}) + "\n")
    stored = numpy.array(json.loads(committed.read_text())["logits"])
    assert numpy.abs(stored - expected[:8]).max() / numpy.abs(expected).max() < 1e-4


def test_the_committed_network_files_have_the_values_of_onnxruntime_and_tensorflow():
    run(sys.executable, str(PEERS / "imports_reference.py"), "--check")


def test_whole_networks_of_torchvision_are_imported_as_onnxruntime_computes_them(tmp_path):
    """alexnet, googlenet, resnet18 and mobilenet_v2 from both exporters, and the small ones with other numbers."""
    run(sys.executable, str(PEERS / "imports_reference.py"), "--live", str(tmp_path), "--seed", "101")
    log = run(SWIFT, "test", "-c", "release", "--skip-build", "--filter", "ImportReferenceTests", HOOKE_IMPORTS=str(tmp_path))
    assert re.search(r"Test run with [1-9]\d* tests? .* passed", log), log[-2000:]
