# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The package as a whole: its page, examples, docstrings, types and command line."""

import contextlib
import doctest
import inspect
import io
import os
import re
import subprocess
import sys

import pytest
import tinyrank as tr
from conftest import ROOT

PAGE = ROOT / "docs" / "python.md"
EXAMPLES = ("recover", "own_operator", "map", "completion")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=240, **options)


def blocks(kind):
    """(code, shown) of the page; shown is the text block behind it, if there is one."""
    found = re.findall(r"```" + kind + r"\n(.*?)```\n(?:```text\n(.*?)```\n)?", PAGE.read_text(encoding="utf-8"), re.S)
    assert found, kind
    return found


def test_the_page_shows_what_its_code_prints():
    names = {}
    for code, shown in blocks("python"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(PAGE), "exec"), names)
        assert printed.getvalue() == shown, code


def test_the_front_page_runs():
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    code, said = re.search(r"```python\n(.*?)```\n\nIt prints `(.*?)`", front, re.S).groups()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == said + "\n"


def test_the_page_names_every_operator():
    page = PAGE.read_text(encoding="utf-8")
    for name in tr._sensing.CatalogueOperator.catalogue.values():
        assert f"`{name.__name__}`" in page, name


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_print_what_the_page_shows(name):
    path = ROOT / "examples" / f"{name}.py"
    assert path.read_text(encoding="utf-8").count("\n") < 60
    ended = run(sys.executable, path)
    assert ended.returncode == 0, ended.stderr
    shown = [text for text, _ in blocks("console") if text.startswith(f"$ python3 examples/{name}.py\n")]
    assert shown == [f"$ python3 examples/{name}.py\n" + ended.stdout]


def public():
    for name in tr.__all__:
        member = getattr(tr, name)
        if inspect.isclass(member) or inspect.isfunction(member):
            yield name, member


def test_docstrings_name_every_parameter():
    for name, member in public():
        text = inspect.getdoc(member)
        assert text and (text[0].isupper() or text[0] in "`y"), name
        if name in ("Operator", "SensingOperator", "Result", "Recovery", "Descent", "Ridge", "NotFittedError", "Finding",
                    "OperatorReport", "Certificate"):
            continue
        for parameter in inspect.signature(member).parameters:
            assert re.search(rf"^ *(\w+, )*{parameter}(, \w+)* ?(:|$|\n)", text, re.M), (name, parameter)


def test_docstrings_of_operators_have_the_equation():
    for operator in tr._sensing.CatalogueOperator.catalogue.values():
        text = inspect.getdoc(operator)
        assert re.search(r"\by(_\S+)? = \S+", text), operator


def test_examples_of_docstrings():
    for module in (tr._runs, tr._estimators):
        ended = doctest.testmod(module)
        assert ended.attempted and not ended.failed


def test_types_are_strict(tmp_path):
    if run(sys.executable, "-c", "import mypy").returncode:
        pytest.skip("no mypy")
    use = tmp_path / "use.py"
    use.write_text("import numpy as np\nimport tinyrank as tr\n"
                   "result = tr.recover(tr.Distances([(0, 1)], n=2), [1.0], rank=1)\n"
                   "verdict: str = result.verdict\nrank: int = result.rank\n"
                   "descent: tr.Descent = tr.gradient_descent(tr.Gaussian(3, 9), np.ones(9), rank=2)\n"
                   "tr.recover(3, [1.0])  # wrong\n")
    ended = run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", "-p", "tinyrank",
                cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT / "python")})
    assert ended.returncode == 0, ended.stdout
    ended = run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", use, cwd=tmp_path,
                env={**os.environ, "MYPYPATH": str(ROOT / "python")})
    assert ended.stdout.count("error:") == 1 and "use.py:7" in ended.stdout, ended.stdout


def test_the_command_line():
    ended = run(sys.executable, "-m", "tinyrank", "recover", "--sensing", "gaussian:n=20,m=400", "--planted", "rank=2")
    assert ended.returncode == 0 and "recovered: rank 2" in ended.stdout
    assert run(sys.executable, "-m", "tinyrank", "--no-such-option").returncode == 2


def test_the_version_is_that_of_the_file():
    assert tr.__version__ == (ROOT / "VERSION").read_text().strip()


def test_importing_needs_numpy_alone():
    code = ("import sys\nfor name in ('sklearn', 'matplotlib', 'scipy', 'pandas'): sys.modules[name] = None\n"
            "import tinyrank as tr\nprint(tr.MDS().get_params()['n_components'])")
    ended = run(sys.executable, "-c", code)
    assert ended.stdout == "None\n", ended.stderr
