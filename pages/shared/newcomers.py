"""What no map was drawn with, shown on both maps among the items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pages.shared import cached
from pages.shared.linked_map.component import Items, Picture, linked_map
from textrec_core.data.dataset import Dataset
from textrec_core.limits import LIMITS
from textrec_core.spaces.layout import Layout
from textrec_core.spaces.space import Space

# The map draws what has no category in grey.
NEW, OLD, ITEMS = "not an item of the data", "", "items of the data"


@dataclass(frozen=True, eq=False)
class Shown:
    """Titles, snippets, and for each map one place for each."""

    titles: Sequence[str]
    snippets: Sequence[str]
    places: tuple[Sequence[tuple[float, float]], Sequence[tuple[float, float]]]


def maps(
    dataset: Dataset, spaces: tuple[Space, Space], layouts: Sequence[Layout], marks: Mapping[str, np.ndarray], more: Shown,
    key: str, height: int = 360,
) -> list[int]:  # fmt: skip
    """Both maps with the further points in their own colour; the items of the data that were chosen on them."""
    shown = cached.drawn_rows(dataset, LIMITS.points_drawn - len(more.titles))
    position = {int(row): place for place, row in enumerate(shown)}
    pictures = [
        Picture(
            f"{told} ({space.name})", np.vstack([layout.places[shown], np.array(places, np.float32).reshape(-1, 2)]),
            f"{layout.method.upper()}; keeps {layout.kept:.0%} of each item's 10 nearest",
        )
        for told, space, layout, places in zip(("What the words say", "What the people do"), spaces, layouts, more.places, strict=True)
    ]  # fmt: skip
    sizes = np.sqrt(1 + dataset.popularity[shown])
    extra = len(more.titles)
    rows = {name: [position[int(row)] for row in some if int(row) in position] for name, some in marks.items()}
    picked = linked_map(
        *pictures,
        Items(
            titles=[*dataset.titles[shown], *more.titles], snippets=[*dataset.texts[shown], *more.snippets],
            colours=[*[OLD] * shown.size, *more.titles] if extra <= 8 else [*[OLD] * shown.size, *[NEW] * extra],
            sizes=np.concatenate([sizes, np.full(extra, sizes.max(initial=1.0))]),
            marks={name: some for name, some in rows.items() if some}, rest=ITEMS, beside=extra,
        ),
        [], key=key, height=height,
    )  # fmt: skip
    return [int(shown[place]) for place in picked if place < shown.size]
