"""How the two maps stand to each other: each by itself, the second turned onto the first, or one joint map of trails."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.fingerprint import fingerprint
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.fidelity import Fidelity, check
from textrec_core.spaces.layout import FEWEST, ROUNDING, Layout, LayoutParams, lay_out
from textrec_core.spaces.space import Space, known_to_both

WIDEST = 64


@dataclass(frozen=True)
class ArrangeParams:
    """What a person may tune."""

    arrangement: str = tunable(
        "aligned",
        meaning="aligned turns the right map onto the left; independent leaves both as drawn; trails draws one joint map.",
        choices=("aligned", "independent", "trails"),
    )

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, eq=False)
class Trails:
    """One map of both spaces: where each item's words lie, where its behaviour lies, and the way between.

    ``turn[i]`` is the angle between the two in the joint space, as a distance 1 - cosine; NaN where one is missing.
    ``trusted`` says how far the joint map can be trusted.
    """

    words: np.ndarray
    people: np.ndarray
    turn: np.ndarray
    method: str
    trusted: Fidelity
    fingerprint: str

    def longest(self, most: int, among: np.ndarray) -> np.ndarray:
        """The items of these whose words and behaviour lie farthest apart in the joint space, farthest first."""
        able = np.flatnonzero(np.isfinite(self.turn) & among)
        return able[np.argsort(-self.turn[able], kind="stable")[:most]]


def align(first: Layout, second: Layout) -> np.ndarray:
    """The second map's places turned, mirrored, scaled and moved onto the first: nothing within the map changes."""
    both = np.isfinite(first.places).all(axis=1) & np.isfinite(second.places).all(axis=1)
    if both.sum() < FEWEST:
        return second.places
    target, source = first.places[both].astype(float), second.places[both].astype(float)
    here, there = target.mean(axis=0), source.mean(axis=0)
    left, values, right = np.linalg.svd((source - there).T @ (target - here))
    spread = float(np.sum((source - there) ** 2))
    if spread == 0 or not values.any():
        return second.places
    # As wide as the first, so that neither map is shrunk where the two have little in common.
    scale = np.sqrt(float(np.sum((target - here) ** 2)) / spread)
    return np.asarray((second.places - there) @ (left @ right) * scale + here, np.float32)


def trails_name(words: Space, people: Space, params: LayoutParams) -> str:
    """The fingerprint that the joint map will carry."""
    return fingerprint("trails/3", words.fingerprint, people.fingerprint, params)


def trails(
    words: Space, people: Space, params: LayoutParams, on_progress: Callable[[float, str], None] | None = None
) -> Trails:
    """Turn behaviour onto words by Procrustes over the items both know, and draw all of both on one map."""
    both = known_to_both(words, people, "trails need")
    name = trails_name(words, people, params)
    left, right = (_reduced(space, both) for space in (words, people))
    width = max(left.shape[1], right.shape[1])
    left, right = (np.pad(side, ((0, 0), (0, width - side.shape[1]))) for side in (left, right))
    turned, _values, back = np.linalg.svd(right.T @ left)
    right = right @ (turned @ back)
    # What is just the average has no direction of its own; a trace of one gives it a place.
    trace = np.full((2 * both.size, 1), ROUNDING)
    joint = Space("joint", np.hstack([np.vstack([left, right]), trace]).astype(np.float32), name)
    drawn = lay_out(joint, params, on_progress=on_progress)
    places = np.full((2, len(words.vectors), 2), np.nan, np.float32)
    places[:, both] = drawn.places.reshape(2, both.size, 2)
    turn = np.full(len(words.vectors), np.nan)
    turn[both] = 1.0 - np.einsum(
        "nd,nd->n", *(joint.directions[half] for half in (slice(both.size), slice(both.size, None)))
    )
    return Trails(places[0], places[1], turn, drawn.method, check(joint, drawn), name)


def _reduced(space: Space, rows: np.ndarray) -> np.ndarray:
    """Centred directions in their own widest axes, each row at length one."""
    values = space.directions[rows].astype(float)
    values = values - values.mean(axis=0)
    _spread, axes = np.linalg.eigh(values.T @ values)
    values = values @ axes[:, ::-1][:, :WIDEST]
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.divide(values, lengths, out=np.zeros_like(values), where=lengths > ROUNDING)
