"""What docs/kernel.md says of papermill and jupytext, done."""

import pathlib
import re

import jupytext
import nbformat
import papermill
import pytest
from own_cache import own_cache  # noqa: F401

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "kernel.md").read_text()


@pytest.fixture(scope="module")
def translator():
    exec(compile(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], "docs/kernel.md", "exec"), {})


def notebook(*sources, tags=()):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = list(tags)
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "hooke", "display_name": "Hooke (Swift)", "language": "swift"}})


def test_papermill_passes_parameters_of_every_kind(translator, tmp_path):
    show = 'print(steps, rate, name, deep, sizes, table["a"]!, nothing == nil)'
    nbformat.write(notebook("let steps = 1", show, tags=["parameters"]), tmp_path / "in.ipynb")
    values = {"steps": 256, "rate": 0.5, "name": 'say "\\(hi)"\n', "deep": True, "sizes": [1, 2], "table": {"a": 3}, "nothing": None}
    papermill.execute_notebook(tmp_path / "in.ipynb", tmp_path / "out.ipynb", parameters=values, progress_bar=False)
    ran = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert ran.cells[-1].outputs[0]["text"] == '256 0.5 say "\\(hi)"\n true [1, 2] 3 true\n'


def test_jupytext_keeps_a_notebook_as_markdown():
    original = notebook("let x = 1\nx", "%time x", "// a comment\nprint(x)")
    text = jupytext.writes(original, "md:myst")
    again = jupytext.reads(text, "md:myst")
    assert [(cell.cell_type, cell.source) for cell in again.cells] == [(cell.cell_type, cell.source) for cell in original.cells]
    assert again.metadata.kernelspec.name == "hooke"
