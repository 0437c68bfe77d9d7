"""Two maps of the same items and a selection in, both maps drawn side by side and the rows now selected out."""

import base64
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from pages.shared import cached
from pages.shared.linked_map.assets import DISTANCES_URL, DRAWN_URL, PLOTLY_URL
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS

NAMED_CATEGORIES = 12
OTHER = "other"
TEXT_SHOWN = 80
REMEMBERED = 20

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "textrec_linked_map",
    html=(_HERE / "linked_map.html").read_text("utf-8"),
    css=(_HERE / "linked_map.css").read_text("utf-8"),
    js=(_HERE / "linked_map.js").read_text("utf-8"),
    # Plotly adds its own styles to the document, where a shadow root would not see them.
    isolate_styles=False,
)


@dataclass(frozen=True, eq=False)
class Picture:
    """One map: ``places[i]`` is item i's place, NaN where this map has none for it.

    While ``view`` keeps its name the zoom stays; ``space`` names the full space that true distances are asked of.
    """

    title: str
    places: np.ndarray
    caption: str
    view: str = ""
    space: str = ""


@dataclass(frozen=True, eq=False)
class Trails:
    """A second place for every item on one map, and the rows between whose places a line is drawn."""

    ends: np.ndarray
    lines: Sequence[int]
    names: tuple[str, str]


@dataclass(frozen=True, eq=False)
class Fact:
    """A number told of the item under the pointer: a count, or a share of one; NaN is not told."""

    name: str
    values: np.ndarray
    share: bool = False


@dataclass(frozen=True, eq=False)
class Numbers:
    """A number per item, drawn as a colour with a bar beside it; NaN is drawn grey."""

    values: np.ndarray
    label: str


@dataclass(frozen=True, eq=False)
class Items:
    """What both maps show of item i; ``colours`` is a category per item (the 12 most frequent keep their name) or Numbers.

    ``marks`` draws an outline around the rows of each named layer; a label is (picture 0 or 1, x, y, text). Where only
    some items are drawn, ``rows`` says which rows of their spaces they are. ``rest`` is what those without a named
    category are called; the last ``beside`` of all stand beside the ``noun`` and are not counted among them.
    """

    titles: Sequence[str]
    snippets: Sequence[str]
    colours: Sequence[str] | Numbers
    sizes: np.ndarray
    marks: Mapping[str, Sequence[int]] = field(default_factory=dict)
    labels: Sequence[tuple[int, float, float, str]] = ()
    facts: Sequence[Fact] = ()
    rows: np.ndarray | None = None
    noun: str = "items"
    rest: str = OTHER
    beside: int = 0


def linked_map(
    left: Picture, right: Picture | Trails, items: Items, selected: Sequence[int], key: str, height: int = 460
) -> list[int]:
    """Draw both maps, or one of trails, and say which rows are selected now, in the order they were chosen.

    ``selected`` is what the program wants selected. What a person chooses replaces it, until the program wants
    something else or the maps show something else. Handing back the answer of the last run is no new wish.
    """
    payload = _payload(left, right, items)
    look = _look(items, left, right)
    count = len(items.titles)
    wanted = list(dict.fromkeys(int(row) for row in selected))
    if not all(0 <= row < count for row in wanted):
        raise ValueError(f"selected rows must lie in 0..{count - 1}")
    # What a new colour leaves as it is: places and titles. Zoom and choice hang on these alone.
    maps = fingerprint(payload["pictures"], payload.get("trails"), np.array(payload["titles"], object))
    asked = fingerprint(maps, wanted)
    known = fingerprint(maps, np.array(payload["snippets"], object), payload["rows"], payload["facts"], payload["noun"])
    painted = fingerprint(look)
    for name, content in ((known, payload), (painted, look)):
        cached.drawings().hold(name, partial(_written, content))
    result = _mount(
        key=key,
        data={
            "count": len(payload["pictures"]),
            "known": known,
            "painted": painted,
            "maps": maps,
            "drawn": DRAWN_URL,
            "asked": asked,
            "selected": wanted,
            "height": height,
            "plotly": PLOTLY_URL,
            "distances": DISTANCES_URL,
        },
        on_picked_change=lambda: None,
    )
    picked = picked_rows(result.get("picked"), maps, asked, wanted, count)
    return wanted if picked is None else picked


def picked_rows(event: object, maps: str, asked: str, wanted: Sequence[int], count: int) -> list[int] | None:
    """The rows a browser says are selected; None where it speaks of other maps or another wish, or sends anything malformed."""
    if not isinstance(event, Mapping) or event.get("maps") != maps:
        return None
    # A wish that the browser itself uttered is the echo of an earlier choice, and does not undo the latest.
    said = event.get("said")
    echo = isinstance(said, list) and len(said) <= REMEMBERED and trace(wanted) in said
    if event.get("asked") != asked and not echo:
        return None
    rows = event.get("rows")
    # The length comes first: what was sent may be far longer than any selection can be.
    if not isinstance(rows, list) or len(rows) > count:
        return None
    # ``type`` and not ``isinstance``, because True is an int too.
    if not all(type(row) is int and 0 <= row < count for row in rows) or len(set(rows)) < len(rows):
        return None
    return list(rows)


def trace(rows: Sequence[int]) -> int:
    """A short name for a selection (FNV-1a over the rows); linked_map.js computes the same one."""
    total = 2166136261
    for row in rows:
        total = ((total ^ (row + 1)) * 16777619) & 0xFFFFFFFF
    return total


def _payload(left: Picture, right: Picture | Trails, items: Items) -> dict[str, object]:
    """What the maps are of."""
    count = len(items.titles)
    # A sample, and everything that is selected outside it.
    if count > 2 * LIMITS.points_drawn:
        raise ValueError(f"{count} points; draw a sample of at most {LIMITS.points_drawn}")
    for places in (left.places, right.ends if isinstance(right, Trails) else right.places):
        if places.shape != (count, 2):
            raise ValueError(f"places of shape {places.shape} for {count} items")
    if len(items.snippets) != count or (items.rows is not None and len(items.rows) != count):
        raise ValueError("a snippet and a row are needed for every item")
    facts = [
        {"name": fact.name, "values": _packed(np.asarray(fact.values), "<f4"), "share": fact.share}
        for fact in items.facts
    ]
    payload: dict[str, object] = {
        "pictures": [_picture(picture) for picture in (left, right) if isinstance(picture, Picture)],
        "titles": [_cut(title) for title in items.titles],
        "snippets": [_cut(snippet) for snippet in items.snippets],
        "rows": None if items.rows is None else _packed(items.rows, "<i4"),
        "facts": facts, "noun": items.noun, "counted": count - items.beside,
    }  # fmt: skip
    if isinstance(right, Trails):
        ends = {"x": _packed(right.ends[:, 0], "<f4"), "y": _packed(right.ends[:, 1], "<f4")}
        payload["trails"] = {**ends, "names": list(right.names)}
    return payload


def _look(items: Items, left: Picture, right: Picture | Trails) -> dict[str, object]:
    """How the maps are painted; it may change while they stay."""
    count = len(items.titles)
    if len(items.sizes) != count:
        raise ValueError("a size is needed for every item")
    return {
        "captions": [left.caption, "" if isinstance(right, Trails) else right.caption],
        "lines": [int(row) for row in right.lines] if isinstance(right, Trails) else [],
        "colours": _numbers(items.colours, count)
        if isinstance(items.colours, Numbers)
        else _categories(items.colours, count, items.rest),
        "sizes": _packed(_pixels(np.asarray(items.sizes, float)), "<f4"),
        "marks": [{"name": name, "rows": [int(row) for row in rows]} for name, rows in items.marks.items()],
        "labels": [[int(picture), float(x), float(y), _cut(text)] for picture, x, y, text in items.labels],
    }


def _picture(picture: Picture) -> dict[str, str]:
    return {
        "title": picture.title,
        "view": picture.view,
        "space": picture.space,
        "x": _packed(picture.places[:, 0], "<f4"),
        "y": _packed(picture.places[:, 1], "<f4"),
    }


def _categories(categories: Sequence[str], count: int, rest: str = OTHER) -> dict[str, object]:
    if len(categories) != count:
        raise ValueError("a category is needed for every item")
    frequent = Counter(name for name in categories if name and name != OTHER).most_common(NAMED_CATEGORIES)
    names = [name for name, _times in frequent]
    place = {name: position for position, name in enumerate(names)}
    codes = np.array([place.get(name, len(names)) for name in categories], np.uint8)
    if (codes == len(names)).any():
        names.append(rest)
    return {"names": names, "codes": _packed(codes, "u1"), "other": len(place)}


def _numbers(numbers: Numbers, count: int) -> dict[str, object]:
    values = np.asarray(numbers.values, float)
    if values.shape != (count,):
        raise ValueError("a number is needed for every item")
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    return {"label": numbers.label, "low": low, "high": high, "values": _packed(values, "<f4")}


def _pixels(sizes: np.ndarray) -> np.ndarray:
    """Diameters: the area follows the size, and the more points there are the smaller all of them."""
    smallest, largest = (5.0, 15.0) if len(sizes) < 1_000 else (4.5, 12.0) if len(sizes) < 5_000 else (3.0, 8.0)
    sizes = np.nan_to_num(np.maximum(sizes, 0.0), posinf=0.0)
    top = sizes.max(initial=0.0)
    if top == 0 or (sizes == top).all():
        return np.full(len(sizes), smallest + (largest - smallest) / 5)
    return np.sqrt(smallest**2 + (largest**2 - smallest**2) * sizes / top)


def _written(content: dict[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _packed(values: np.ndarray, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode("ascii")


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1].rstrip() + "…"
