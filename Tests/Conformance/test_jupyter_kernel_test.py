"""Jupyter's own conformance suite (jupyter_kernel_test) on the installed kernel."""

import unittest

import jupyter_kernel_test


class HookeConformance(jupyter_kernel_test.KernelTests):
    kernel_name = "hooke"
    language_name = "swift"
    file_extension = ".swift"

    code_hello_world = 'print("hello, world")'
    code_stderr = 'import Foundation\nFileHandle.standardError.write(Data("to stderr\\n".utf8))'
    complete_code_samples = ["1 + 1", "func f() -> Int { 1 }", "struct P {\n    var a = 1\n}"]
    incomplete_code_samples = ["func f() -> Int {", "print(", "let xs = [1,"]
    invalid_code_samples = ["let 5 = x", "}"]
    code_page_something = "%help"
    code_generate_error = "let xs = [1]\nlet i = 4\nprint(xs[i])"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + "b"', "result": '"ab"'},
        {"code": "let pair = (1, 2); pair.0 + pair.1", "result": "3"},
    ]
    code_display_data = [
        {"code": 'import RichDisplay\ntry display(HTML("<b>bold</b>"))', "mime": "text/html"},
        {"code": 'import RichDisplay\ntry display(Markdown("*text*"))', "mime": "text/markdown"},
    ]
    completion_samples = [{"text": "[1].isEmp"}, {"text": "pri"}]
    code_inspect_sample = "print"
    code_clear_output = "import RichDisplay\nclearOutput()"
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 * 7"


class HookeWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "hooke"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
