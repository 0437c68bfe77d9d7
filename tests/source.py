"""The product's own source, for tests that read rules off it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "textrec_core").rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
PRODUCT = [*CORE, *PAGES]
EVERYTHING = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]


def short(path: Path) -> str:
    """The path as written in the repository."""
    return path.relative_to(ROOT).as_posix()


def each(paths: list[Path]) -> pytest.MarkDecorator:
    """One test for each file, under the file's name."""
    return pytest.mark.parametrize("path", paths, ids=short)


@cache
def tree(path: Path) -> ast.Module:
    """The file as Python reads it; read once, never changed."""
    return ast.parse(path.read_text("utf-8"))


def imports(node: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Every module imported anywhere below, with the statement; relative imports are not used here."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from ((name.name, part) for name in part.names)
        elif isinstance(part, ast.ImportFrom):
            assert part.level == 0, f"line {part.lineno}: imports are written in full"
            # ``from package import module`` names the module.
            yield from ((f"{part.module}.{name.name}", part) for name in part.names)


def within_functions(module: ast.Module) -> set[ast.AST]:
    """Everything that stands inside a function."""
    return {
        part
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for part in ast.walk(function)
    }


def dotted(node: ast.AST) -> str:
    """``a.b.c`` as written, or nothing for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
