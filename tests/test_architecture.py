"""The rules of the house, read off the source; each line of the list below is one of them."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.source import CORE, EVERYTHING, PAGES, PRODUCT, ROOT, dotted, each, imports, short, tree, within_functions

LONGEST_MODULE = 350
HEAVY = {"implicit", "torch", "transformers", "umap", "sklearn"}
# The one folder that may know each of these; clusters need what texts need.
HOME = {
    "implicit": "models", "torch": "text", "transformers": "text", "safetensors": "text", "tokenizers": "text",
    "umap": "spaces", "sklearn": "text spaces", "plotly": "figures", "optuna": "evaluate",
}  # fmt: skip
# Who may stand on whom: a module imports from its own line and from the lines above it. Single modules come before
# the folder they are in: a Space is a value that models and texts are read into, as a Dataset is.
LAYERS = [
    {"errors", "fingerprint", "params", "limits", "ranking", "packed"},
    {"data", "spaces.space"},
    {"models", "text"},
    {"spaces"},
    {"people"},
    {"evaluate"},
    {"labs"},
    {"share"},
    {"figures"},
    {"headless", "headless_evaluate", "headless_labs", "headless_people", "headless_spaces", "headless_texts"},
    {"__main__"},
]
# Runs functions and knows none of them.
WORKERS_WORDS = {"errors", "limits", "work"}
# Loads what the first job will need; the one place of ``work`` that may name it, so that a first map need not wait.
WARM_UP = ("work/process.py", "load_ahead")
SESSION, CACHED = "pages/shared/session.py", "pages/shared/cached.py"


def core_part(module: str) -> tuple[str, str]:
    """The folder or module of the core that a dotted name lies in, and the module within the folder."""
    parts = [*module.split("."), "", ""]
    return parts[1], f"{parts[1]}.{parts[2]}"


def layer_of(module: str) -> int:
    folder, inner = core_part(module)
    for wanted in (inner, folder):
        for level, names in enumerate(LAYERS):
            if wanted in names:
                return level
    raise AssertionError(f"{module} has no place in the order of layers; give it one in LAYERS")


def forgiven(path: Path, module: ast.Module, statement: ast.stmt) -> bool:
    file, name = WARM_UP
    return short(path) == f"textrec_core/{file}" and any(
        statement in ast.walk(function)
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef) and function.name == name
    )


def test_the_rules_are_read_off_what_is_there():
    assert len(CORE) > 20
    assert len(PAGES) > 8


@each(CORE)
def test_the_core_knows_no_streamlit_and_no_page(path):
    for name, statement in imports(tree(path)):
        assert name.split(".")[0] not in {"streamlit", "pages", "app", "tests"}, f"line {statement.lineno}: {name}"


@each(PAGES)
def test_pages_do_not_compute(path):
    for name, statement in imports(tree(path)):
        assert name.split(".")[0] not in HEAVY | {"scipy"}, f"line {statement.lineno}: {name}"


@each(CORE)
def test_a_heavy_library_is_known_to_one_folder_only(path):
    module = tree(path)
    folder = path.relative_to(ROOT / "textrec_core").parts[0]
    for name, statement in imports(module):
        home = HOME.get(name.split(".")[0], folder)
        assert folder in home.split() or forgiven(path, module, statement), (
            f"line {statement.lineno}: {name} lives in {home}"
        )


@each(CORE)
def test_the_five_heaviest_are_imported_only_where_they_are_needed(path):
    module = tree(path)
    inside = within_functions(module)
    for name, statement in imports(module):
        if name.split(".")[0] in HEAVY:
            assert statement in inside, f"line {statement.lineno}: import {name} inside the function that needs it"


@each(CORE)
def test_the_core_never_reaches_upward(path):
    module = tree(path)
    own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if core_part(own)[0] in {"__init__", "work"}:
        return
    for name, statement in imports(module):
        if name.startswith("textrec_core."):
            target = core_part(name)[0]
            assert target != "work", f"line {statement.lineno}: {name}"
            assert layer_of(name) <= layer_of(own), f"line {statement.lineno}: {name} stands above {own}"


@each([path for path in CORE if path.parent.name == "work"])
def test_the_worker_runs_functions_and_knows_none_of_them(path):
    module = tree(path)
    for name, statement in imports(module):
        if name.startswith("textrec_core.") and not forgiven(path, module, statement):
            assert core_part(name)[0] in WORKERS_WORDS, f"line {statement.lineno}: {name}"


def test_only_functions_are_excused_from_not_knowing():
    file, name = WARM_UP
    module = tree(ROOT / "textrec_core" / file)
    assert [part.name for part in module.body if isinstance(part, ast.FunctionDef) and part.name == name] == [name]


@each(PRODUCT)
def test_session_state_is_touched_in_one_place(path):
    if short(path) != SESSION:
        for node in ast.walk(tree(path)):
            name = node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
            assert name != "session_state", f"line {node.lineno}"


def test_no_widget_takes_a_name_that_the_session_itself_uses():
    session = (ROOT / "pages" / "shared" / "session.py").read_text("utf-8")
    own = set(re.findall(r'state(?:\.get|\.pop|\.setdefault)?[\[(]"([\w-]+)"', session))
    widgets = {name for path in PAGES for name in re.findall(r'\bkey="([\w-]+)"', path.read_text("utf-8"))}
    assert {"visitor", "lease"} <= own
    assert len(widgets) > 10
    assert not own & widgets


@each(PRODUCT)
def test_caches_are_made_in_one_place(path):
    if short(path) != CACHED:
        for node in ast.walk(tree(path)):
            name = node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
            assert name not in {"cache_data", "cache_resource"}, f"line {node.lineno}"


def test_every_cache_is_bounded_and_keyed_by_a_name():
    """A function without arguments holds one thing; every other says how many it keeps."""
    for node in ast.walk(tree(ROOT / CACHED)):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if dotted(getattr(mark, "func", mark)).startswith("st.cache_"):
                    options = {option.arg for option in mark.keywords} if isinstance(mark, ast.Call) else set()
                    assert not node.args.args or "max_entries" in options, node.name
                    hashed = [argument for argument in node.args.args if not argument.arg.startswith("_")]
                    for argument in hashed:
                        assert dotted(argument.annotation) in {"str", "int"}, f"{node.name}: {argument.arg} is hashed"


@each(PAGES)
def test_a_page_never_imports_another_page(path):
    for name, statement in imports(tree(path)):
        parts = name.split(".")
        if parts[0] in {"pages", "app"}:
            assert parts[:2] == ["pages", "shared"], f"line {statement.lineno}: {name}"


def test_no_page_lies_directly_in_pages():
    assert not list((ROOT / "pages").glob("*.py"))


def test_every_page_is_in_the_list_of_pages():
    listed = {
        node.value
        for node in ast.walk(tree(ROOT / "pages/shared/frame.py"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".py")
    }
    there = {path.relative_to(ROOT / "pages").as_posix() for path in PAGES[1:] if "shared" not in path.parts}
    assert {name.removeprefix("pages/") for name in listed} == there


@each(PRODUCT)
def test_a_name_says_what_is_inside(path):
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base", "core"}
    assert not vague & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


@each([path for path in PRODUCT if path.name == "__init__.py"])
def test_every_name_has_one_import_path(path):
    assert not list(imports(tree(path)))


@each(PRODUCT)
def test_a_module_is_one_idea_long(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE


@each(EVERYTHING)
def test_every_module_says_what_it_is(path):
    words = ast.get_docstring(tree(path))
    assert words
    assert words.splitlines()[0].rstrip()[-1] in ".?:!", "the first line is a sentence"


@each(EVERYTHING)
def test_no_error_is_swallowed(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name what is caught"
            assert not all(isinstance(part, ast.Pass) for part in node.body), f"line {node.lineno}"


@each(PRODUCT)
def test_values_of_a_module_do_not_change_from_visit_to_visit(path):
    for node in ast.walk(tree(path)):
        assert not isinstance(node, ast.Global), f"line {node.lineno}"


def serving_imports() -> list[str]:
    """Every module of the core that app.py and the pages import, and the pages' own shared modules."""
    found = set()
    for path in PAGES:
        for name, _statement in imports(tree(path)):
            parts = name.split(".")
            for length in range(len(parts), 1, -1):
                if parts[0] == "textrec_core" and (ROOT / "/".join(parts[:length])).with_suffix(".py").is_file():
                    found.add(".".join(parts[:length]))
                    break
    return sorted(found)


def test_the_serving_process_imports_none_of_the_heavy_libraries():
    names = serving_imports()
    assert "textrec_core.models.wals" in names
    assert "textrec_core.spaces.layout" in names
    code = (
        f"import sys, importlib\nfor name in {names!r}: importlib.import_module(name)\nprint(*sys.modules, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.split())
    assert set(names) <= loaded
    assert not loaded & (HEAVY | {"numba", "streamlit"})
