"""What a person does in JupyterLab, with a real browser. Screenshots go to output/browser."""

import pathlib
import time

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SCREENS = pathlib.Path(__file__).resolve().parents[2] / "output" / "browser"


def wait_for(condition, seconds=60, what="the page"):
    end, trouble = time.time() + seconds, None
    while time.time() < end:
        try:
            value = condition()
        except Exception as error:  # elements come and go while the page is built
            value, trouble = None, error
        if value:
            return value
        time.sleep(0.2)
    pytest.fail(f"waited {seconds} s for {what}; the last trouble: {trouble}")


def shot(browser, name):
    SCREENS.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(SCREENS / f"{name}.png"))


def command(browser, identifier):
    browser.execute_script("window.jupyterapp.commands.execute(arguments[0])", identifier)


class Notebook:
    def __init__(self, browser, lab, name):
        address, _, token = lab
        self.browser = browser
        browser.get(f"{address}/lab/tree/{name}?token={token}&reset")
        wait_for(lambda: browser.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell"), what="the notebook")
        self.wait_idle()

    def panel(self, expression):
        """A JavaScript expression about the current notebook panel `p`."""
        return self.browser.execute_script(f"const p = window.jupyterapp.shell.currentWidget; return {expression};")

    def wait_idle(self, seconds=60):
        status = lambda: self.panel("p.sessionContext.session.kernel.status")
        try:
            wait_for(lambda: status() == "idle", seconds, "an idle kernel")
        except pytest.fail.Exception as failure:
            shot(self.browser, "stuck")
            pytest.fail(f"{failure}; its status is {status()}")

    def cells(self):
        return self.browser.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell")

    def outputs(self, index):
        """The outputs of a cell as the notebook will save them."""
        return self.panel(f"p.content.widgets.filter(w => w.model.type === 'code')[{index}].model.outputs.toJSON()")

    def set_source(self, index, text):
        self.browser.execute_script(
            "const p = window.jupyterapp.shell.currentWidget; const cells = p.content.widgets;"
            "const i = cells.indexOf(cells.filter(w => w.model.type === 'code')[arguments[0]]);"
            "p.content.activeCellIndex = i; cells[i].model.sharedModel.setSource(arguments[1]);", index, text)

    def editor(self, index):
        return self.cells()[index].find_element(By.CSS_SELECTOR, ".cm-content")

    def run(self, index, text=None):
        if text is not None:
            self.set_source(index, text)
        self.browser.execute_script(
            "const p = window.jupyterapp.shell.currentWidget; const cells = p.content.widgets;"
            "p.content.activeCellIndex = cells.indexOf(cells.filter(w => w.model.type === 'code')[arguments[0]]);", index)
        command(self.browser, "notebook:run-cell")


@pytest.fixture(scope="module")
def scratch(browser, lab):
    import nbformat

    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("") for _ in range(3)],
        metadata={"kernelspec": {"name": "hooke", "display_name": "Hooke (Swift)", "language": "swift"}})
    nbformat.write(notebook, lab[1] / "scratch.ipynb")
    return Notebook(browser, lab, "scratch.ipynb")


def test_a_cell_runs_and_shows_its_value(scratch, browser):
    scratch.run(0, "6 * 7")
    wait_for(lambda: scratch.outputs(0) and scratch.outputs(0)[0]["data"]["text/plain"] == "42", what="the value")
    shot(browser, "value")


def test_tab_completes_names_of_the_session(scratch, browser):
    scratch.run(0, "struct Wheel { var radius = 1.0; func turn(by angle: Double) -> Double { angle } }\nlet wheel = Wheel()")
    time.sleep(1)
    scratch.wait_idle()
    scratch.set_source(1, "")
    editor = scratch.editor(1)
    editor.click()
    editor.send_keys("wheel.")
    editor.send_keys(Keys.TAB)
    names = wait_for(lambda: [item.text for item in browser.find_elements(By.CSS_SELECTOR, ".jp-Completer-match")], 30, "completions")
    shot(browser, "completion")
    assert "radius" in names and any(name.startswith("turn(by:") for name in names)
    editor.send_keys(Keys.ESCAPE)


def test_shift_tab_explains_a_name(scratch, browser):
    scratch.set_source(1, "")
    editor = scratch.editor(1)
    editor.click()
    editor.send_keys("wheel.turn")
    editor.send_keys(Keys.SHIFT, Keys.TAB)
    text = wait_for(lambda: browser.find_element(By.CSS_SELECTOR, ".jp-Tooltip").text, 30, "the tooltip")
    shot(browser, "tooltip")
    assert "func turn(by angle: Double) -> Double" in text
    editor.send_keys(Keys.ESCAPE)


def test_an_endless_cell_is_interrupted_and_the_state_stays(scratch, browser):
    scratch.run(1, "while true {}")
    wait_for(lambda: scratch.panel("p.sessionContext.session.kernel.status") == "busy", what="a busy kernel")
    time.sleep(1)
    command(browser, "notebook:interrupt-kernel")
    wait_for(lambda: scratch.outputs(1) and scratch.outputs(1)[0]["output_type"] == "error", 20, "the interrupt")
    scratch.run(2, "wheel.radius")
    wait_for(lambda: scratch.outputs(2) and scratch.outputs(2)[0]["data"]["text/plain"] == "1.0", what="the kept value")
    shot(browser, "interrupted")


def test_an_error_points_into_the_cell(scratch, browser):
    scratch.run(1, "let xs = [1, 2]\nlet i = 7\nxs[i]")
    wait_for(lambda: "Index out of range" in str(scratch.outputs(1)), what="the error")
    assert "line 3" in str(scratch.outputs(1))
    shot(browser, "error")


def test_a_picture_and_a_progress_line_that_is_rewritten_are_seen(scratch, browser):
    scratch.run(1, """import Foundation
import Hooke
let progress = try display(Markdown("0 %"))
for step in 1...4 { usleep(200_000); try progress.update(Markdown("\\(step * 25) %")) }
try Image(Tensor(shape: [2, 2, 3], scalars: [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0])).scaled(by: 20)""")
    seen = set()

    def done():
        text = scratch.cells()[1].find_element(By.CSS_SELECTOR, ".jp-OutputArea").text
        seen.add(text.strip().split("\n")[0])
        return browser.execute_script(
            "const i = arguments[0].querySelector('.jp-OutputArea img'); return i && i.complete && i.naturalWidth;", scratch.cells()[1])

    assert wait_for(done, what="the picture") == 40
    shot(browser, "picture")
    assert "100 %" in scratch.cells()[1].find_element(By.CSS_SELECTOR, ".jp-OutputArea").text
    assert len(scratch.outputs(1)) == 2, "the progress line is one output, rewritten"
    assert seen & {"0 %", "25 %", "50 %", "75 %"}


def test_a_restart_forgets_everything(scratch, browser):
    # Until something runs, JupyterLab shows the status of a restarted kernel as unknown, of any kernel.
    browser.execute_async_script("window.jupyterapp.shell.currentWidget.sessionContext.restartKernel().then(arguments[0])")
    time.sleep(2)
    scratch.run(2, "wheel.radius")
    wait_for(lambda: "cannot find 'wheel' in scope" in str(scratch.outputs(2)), what="the forgotten name")


def test_the_tour_runs_from_the_top_and_shows_its_pictures(browser, lab):
    tour = Notebook(browser, lab, "00-tour.ipynb")
    command(browser, "editmenu:clear-all")
    command(browser, "notebook:run-all-cells")
    count = len(tour.cells())
    last = count - 1
    wait_for(
        lambda: tour.panel(f"p.content.widgets.filter(w => w.model.type === 'code')[{last}].model.executionCount"), 420, "the end of the tour")
    tour.wait_idle(300)
    outputs = [tour.outputs(index) for index in range(count)]
    assert not [o for cell in outputs for o in cell if o["output_type"] == "error"]
    # Every picture that JupyterLab drew has a size and lies within the page.
    drawn = browser.execute_script("""
        return [...document.querySelectorAll('.jp-RenderedImage img, .jp-RenderedSVG img, .jp-RenderedSVG svg')].map(e => {
            const r = e.getBoundingClientRect(); return [r.width, r.height, r.right <= window.innerWidth + 1, e.naturalWidth ?? 1] })""")
    assert drawn and all(width > 20 and height > 20 and inside and natural > 0 for width, height, inside, natural in drawn)
    for index, cell in enumerate(tour.cells()):
        browser.execute_script("arguments[0].scrollIntoView({block: 'start'})", cell)
        time.sleep(0.3)
        shot(browser, f"tour-{index:02}")
