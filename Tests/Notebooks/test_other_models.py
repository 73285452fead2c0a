"""The notebooks ask another network the same once one line is changed: the name in Model.load."""

import pathlib

import nbformat
import pytest
from nbclient import NotebookClient
from own_cache import own_cache  # noqa: F401

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
LINE = 'let model = try Model.load("mini-inception")'


def executed(notebook):
    NotebookClient(notebook, timeout=900, kernel_name="hooke", resources={"metadata": {"path": str(FOLDER)}}).execute()
    return notebook


def changed(name, model):
    """A notebook with one line changed, executed; an error in a cell is raised."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    found = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found += cell.source.count(LINE)
            cell.source = cell.source.replace(LINE, f'let model = try Model.load("{model}")')
            cell.outputs, cell.execution_count = [], None
    assert found == 1
    return executed(notebook)


def texts(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield output.get("text") or output.get("data", {}).get("text/plain", "")


@pytest.fixture(scope="module")
def random_inception(tmp_path_factory):
    """A folder with a file of InceptionV1's key names and shapes; its weights are random."""
    folder = tmp_path_factory.mktemp("models")
    cell = nbformat.v4.new_code_cell(
        f'import Hooke\ntry Model(random: .inceptionV1, seed: 1).save(to: "{folder}/inceptionv1.safetensors")')
    executed(nbformat.v4.new_notebook(cells=[cell]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOOKE_MODELS", str(folder))
        yield


@pytest.mark.parametrize("name", ["02-early-vision", "03-curve-detectors"])
def test_a_twin_from_another_seed_is_asked_by_changing_one_line(name):
    notebook = changed(name, "mini-inception-2")
    found = "\n".join(texts(notebook))
    assert "mixed3b" in found and "of mini-inception:" not in found and "mini-inception-2" in found


def test_inception_without_anything_learned_gets_honest_answers(random_inception):
    notebook = changed("05-high-low-frequency", "inceptionv1")
    found = list(texts(notebook))
    counts = [text for text in found if text.startswith("high-low frequency units in ")]
    assert any("mixed3a of random inceptionv1" in text and "of 256 units" in text for text in counts), counts
    # The unit that the article shows stands beside its published figure, and answers.
    assert any(text.startswith("mixed3a:136 over frequency boundaries: heat map") for text in found)
