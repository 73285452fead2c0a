"""Every committed notebook runs from scratch, without an error, and shows the pictures that it should."""

import pathlib
import re

import nbformat
import pytest
from nbclient import NotebookClient
from own_cache import own_cache  # noqa: F401

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def figures(cell):
    kinds = set()
    for output in cell.get("outputs", []):
        kinds |= {kind for kind in output.get("data", {}) if kind.startswith("image/")}
    return kinds


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def pair(request):
    """The notebook as committed, and as executed now."""
    committed = nbformat.read(request.param, as_version=4)
    fresh = nbformat.read(request.param, as_version=4)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    NotebookClient(fresh, timeout=600, resources={"metadata": {"path": str(FOLDER)}}).execute()
    return committed, fresh


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_every_cell_runs_without_an_error(pair):
    for cell in code_cells(pair[1]):
        assert not [o for o in cell.outputs if o.output_type == "error"], cell.source


def test_the_committed_notebook_was_executed_in_order(pair):
    cells = code_cells(pair[0])
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [o for cell in cells for o in cell.outputs if o.output_type == "error"]


def test_the_same_cells_show_figures_as_in_the_committed_notebook(pair):
    for committed, fresh in zip(code_cells(pair[0]), code_cells(pair[1])):
        assert figures(committed) == figures(fresh), committed.source


def test_no_picture_is_empty_or_a_reference_to_somewhere_else(pair):
    for cell in code_cells(pair[1]):
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                assert len(data["image/png"]) > 1000
            if "image/svg+xml" in data:
                svg = data["image/svg+xml"]
                assert svg.lstrip().startswith("<svg") and len(svg) > 500
                assert not re.search(r'href="(?!data:image/png;base64,)', svg)
                assert "<script" not in svg


def test_printed_text_is_reproduced_exactly(pair):
    for committed, fresh in zip(code_cells(pair[0]), code_cells(pair[1])):
        text = lambda cell: "".join(o.text for o in cell.outputs if o.output_type == "stream")
        assert text(committed) == text(fresh), committed.source
