"""A visit without a browser: the app runs until what is asked for stands on the page."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from textrec_core.data.dataset import Dataset, build

ROOT = Path(__file__).parents[2]
PAGES = ("explore/person", "explore/item", "explore/newcomer", "explore/spaces", "prepare/data", "prepare/train", "prepare/sweep", "prepare/runs")
# Each run waits a little for the worker by itself, so that this many runs outlast any job of a test.
RUNS = 200


def visit(page: str = "explore/person", **address: str) -> AppTest:
    """A first visit to a page at an address, run until it is complete."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key, words in address.items():
        at.query_params[key.replace("__", ".")] = words
    if page != "explore/person":
        at.switch_page(f"pages/{page}.py")
    return until(at, lambda seen: not waiting(seen))


def until(at: AppTest, met: Callable[[AppTest], bool]) -> AppTest:
    """Run the page again until the condition holds."""
    for _ in range(RUNS):
        at.run()
        assert not at.exception, at.exception
        if met(at):
            return at
    raise AssertionError(f"never came: errors {[e.value for e in at.error]}, titles {[t.value for t in at.title]}")


def waiting(at: AppTest) -> bool:
    """Whether the page shows progress of a job."""
    return any(button.label == "Cancel" for button in at.button)


def words_of(at: AppTest) -> str:
    """Everything the page says in words."""
    kinds = (at.title, at.header, at.subheader, at.markdown, at.caption, at.text, at.error, at.warning, at.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def with_upload(page: str, own: Dataset) -> AppTest:
    """A visit to a page by somebody who has brought their own data."""
    from pages.shared import cached

    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    until(at, lambda seen: not waiting(seen))
    cached.uploads().put(at.session_state["visitor"], own)
    at.session_state["address"] = {"data": "uploaded"}
    at.switch_page(f"pages/{page}.py")
    return until(at, lambda seen: not waiting(seen))


def shop(people: int = 30, things: int = 20, texts: bool = True, extra: Mapping[str, str] | None = None) -> Dataset:
    """A small shop in which people of one half like things of one half."""
    rng = np.random.default_rng(0)
    same = (np.arange(people)[:, None] % 2) == (np.arange(things)[None] % 2)
    rows, columns = np.nonzero(rng.random((people, things)) < np.where(same, 0.5, 0.05))
    words = [
        f"a {'red warm lamp for reading' if n % 2 else 'cold blue tool for cutting'} number {n}" for n in range(things)
    ]
    titles = [f"Thing {n}" for n in range(things)]
    for place, title in (extra or {}).items():
        titles[int(place)] = title
    return build(
        "shop",
        [f"p{n}" for n in range(people)],
        [f"t{n}" for n in range(things)],
        (rows, columns),
        np.ones(rows.size),
        titles=titles,
        texts=words if texts else None,
    )
