"""Attributes in, which items may be listed out; a cell of several values holds each of them."""

from collections.abc import Mapping, Sequence

import numpy as np

from textrec_core.data.dataset import Dataset, values_of

# Nobody reads through more.
MOST = 60


def offered(dataset: Dataset) -> dict[str, list[str]]:
    """The attributes that items can be told apart by, and the values to choose from."""
    values = {
        name: sorted({value for cell in cells for value in values_of(cell)})
        for name, cells in dataset.attributes.items()
    }
    return {name: several for name, several in values.items() if 1 < len(several) <= MOST}


def passing(dataset: Dataset, chosen: Mapping[str, Sequence[str]]) -> np.ndarray | None:
    """Which items hold a chosen value of every attribute for which some are chosen; None where nothing is chosen."""
    wanted = {name: set(values) for name, values in chosen.items() if values}
    if not wanted:
        return None
    among = np.ones(dataset.items.size, bool)
    for name, values in wanted.items():
        among &= np.array([not values.isdisjoint(values_of(cell)) for cell in dataset.attributes[name]])
    return among
