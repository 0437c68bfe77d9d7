"""What is installed is what is imported: each package pinned once, for a reason that is written down."""

import re
import sys
from importlib import metadata

from tests.source import PRODUCT, ROOT, imports, tree

OWN = {"app", "pages", "textrec_core"}
# What a package is called where it is imported, if otherwise than where it is installed.
CALLED = {"scikit-learn": "sklearn", "umap-learn": "umap", "python-calamine": "python_calamine", "charset-normalizer": "charset_normalizer"}  # fmt: skip
# Pinned because what others do with it on our behalf is kept on disk.
BEHIND_OTHERS = {"numba"}


def pinned(file: str = "requirements.txt") -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / file).read_text("utf-8"), re.MULTILINE))


def test_every_package_that_is_imported_is_pinned_and_every_pinned_one_imported():
    found = {name.split(".")[0] for path in PRODUCT for name, _statement in imports(tree(path))}
    foreign = found - OWN - set(sys.stdlib_module_names)
    assert {CALLED.get(name, name) for name in pinned()} == foreign | BEHIND_OTHERS


def test_every_pinned_package_has_its_reason():
    rows = re.findall(r"^\| ([\w, -]+) \| (.+?) \|", (ROOT / "docs/decisions/dependencies.md").read_text("utf-8"), re.MULTILINE)  # fmt: skip
    given = {name.strip(): reason for names, reason in rows for name in names.split(",")}
    assert set(pinned()) <= set(given)
    assert all(given[name] for name in pinned())


def test_what_is_tested_is_what_is_pinned():
    for name, version in {**pinned(), **pinned("requirements-dev.txt")}.items():
        assert metadata.version(name).split("+")[0] == version, name
