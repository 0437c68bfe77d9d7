"""Groups of people of like tastes, and who stands nearest to the middle of each."""

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.models.wals import Factors

GROUPS = 8
ROUNDS = 25


def grouped(directions: np.ndarray, count: int = GROUPS) -> tuple[np.ndarray, np.ndarray]:
    """Spherical k-means: each row's group, and the groups' middles; the same rows give the same groups."""
    count = min(count, len(directions))
    # Each new start is the row farthest from all starts so far.
    starts = [0]
    near = directions @ directions[0]
    while len(starts) < count:
        starts.append(int(np.argmin(near)))
        near = np.maximum(near, directions @ directions[starts[-1]])
    middles = directions[starts].astype(float)
    group = np.full(len(directions), -1)
    for _ in range(ROUNDS):
        nearest = np.argmax(directions @ middles.T, axis=1)
        if (nearest == group).all():
            break
        group = nearest
        for n in range(count):
            if (group == n).any():
                total = directions[group == n].sum(axis=0)
                middles[n] = total / max(1e-12, float(np.linalg.norm(total)))
    return group, middles


def typical(dataset: Dataset, factors: Factors, rows: np.ndarray) -> list[tuple[int, str]]:
    """The person nearest to the middle of each group of like WALS vectors, the largest group first, and what it likes."""
    lengths = np.linalg.norm(factors.users[rows], axis=1)
    rows, lengths = rows[lengths > 0], lengths[lengths > 0]
    if rows.size == 0:
        return []
    directions = factors.users[rows] / lengths[:, None]
    group, middles = grouped(directions)
    found = []
    sizes = np.bincount(group, minlength=len(middles))
    for n in np.argsort(-sizes, kind="stable"):
        members = np.flatnonzero(group == n)
        if members.size == 0:
            continue
        centre = int(members[np.argmax(directions[members] @ middles[n])])
        who = "person" if members.size == 1 else "people"
        liked = " and ".join(str(dataset.titles[item])[:60] for item in _favourites(dataset, rows[members]))
        found.append(
            (int(rows[centre]), f"nearest to the middle of a group of {members.size:,} {who} who more than others chose {liked}")
        )  # fmt: skip
    return found


def _favourites(dataset: Dataset, rows: np.ndarray, most: int = 2) -> np.ndarray:
    """What these people chose more often than everybody, by the difference of shares."""
    within = np.asarray((dataset.matrix[rows] > 0).sum(axis=0)).ravel() / rows.size
    return np.argsort(-(within - dataset.popularity / dataset.users.size), kind="stable")[:most]
