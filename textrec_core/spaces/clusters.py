"""A Space in, groups of items that lie together out, named by the words and attributes that set each apart."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.space import PLACED, Space

FEWEST = 3
# From here on one start of kmeans has to do: the more items, the less the start matters.
MANY = 20_000
WORD = re.compile(r"[^\W\d_]{3,}")
NAMING_WORDS = 3
# A word in more of the texts than this says what they are, not what sets some of them apart.
COMMON = 0.2
NONE = "in no cluster"


@dataclass(frozen=True)
class ClusterParams:
    """What a person may tune."""

    grouping: str = tunable(
        "kmeans",
        meaning="kmeans puts every item into one of so many clusters; hdbscan finds dense ones and leaves the rest out.",
        choices=("kmeans", "hdbscan"),
    )
    clusters: int = tunable(10, 2, 50, "How many clusters kmeans makes.")
    smallest: int = tunable(10, 2, 500, "How few items hdbscan calls a cluster.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, eq=False)
class Clusters:
    """``of[i]`` is item i's cluster, the largest first, -1 for none; ``names`` and ``words`` follow the clusters.

    ``attributes[c]`` is the attribute value that is most over-represented in cluster c, as words, or nothing.
    """

    of: np.ndarray
    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    attributes: tuple[str, ...]
    space: str
    fingerprint: str

    @property
    def sizes(self) -> np.ndarray:
        """How many items each cluster holds."""
        return np.bincount(self.of[self.of >= 0], minlength=len(self.names))

    def labels(self) -> list[str]:
        """The name of every item's cluster."""
        return [self.names[cluster] if cluster >= 0 else NONE for cluster in self.of]


def name_of(dataset: Dataset, space: Space, params: ClusterParams) -> str:
    """The fingerprint that these clusters will carry."""
    return fingerprint("clusters/1", dataset.fingerprint, space.fingerprint, params)


def find(
    dataset: Dataset, space: Space, params: ClusterParams, on_progress: Callable[[float, str], None] | None = None
) -> Clusters:
    """Group the items that the space knows and name each group."""
    known = np.flatnonzero(space.known)
    if known.size < FEWEST:
        raise DataError(
            f"Only {known.size} items have a place in the {space.name} space; clusters need at least {FEWEST}.",
            PLACED,
        )
    if on_progress:
        on_progress(0.1, "grouping items")
    of = np.full(len(space.vectors), -1)
    of[known] = _largest_first(_groups(space.directions[known], params))
    count = int(of.max(initial=-1)) + 1
    if on_progress:
        on_progress(0.8, "naming clusters")
    words = distinguishing(dataset.titles, dataset.texts, of, count)
    attributes = _over_represented(dataset, of, count)
    names = []
    for cluster in range(count):
        said = ", ".join(words[cluster]) or attributes[cluster] or f"cluster {cluster + 1}"
        names.append(said if said not in names else f"{said} ({cluster + 1})")
    return Clusters(of, tuple(names), tuple(words), tuple(attributes), space.name, name_of(dataset, space, params))


def distinguishing(titles: np.ndarray, texts: np.ndarray, of: np.ndarray, count: int) -> list[tuple[str, ...]]:
    """The words that set each cluster apart: class-based TF-IDF (Grootendorst 2022) with each word counted once a text.

    In its relative form, tf in the cluster * log(tf in the cluster / tf everywhere), so that a word as frequent here as
    anywhere weighs nothing.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    everywhere, within = Counter[str](), [Counter[str]() for _ in range(count)]
    said = 0
    for cluster, title, text in zip(of, titles, texts, strict=True):
        # Without a text an item is still called something.
        words = set(WORD.findall((text if text.strip() else title).lower())) - ENGLISH_STOP_WORDS
        said += bool(words)
        everywhere.update(words)
        if cluster >= 0:
            within[cluster].update(words)
    total, frequent = max(1, everywhere.total()), max(2.0, said * max(COMMON, 1 / max(1, count)))
    found = []
    for counts in within:
        own = max(1, counts.total())
        weights = {
            word: times / own * float(np.log(times / own * total / everywhere[word]))
            for word, times in counts.items()
            if times > 1 and everywhere[word] <= frequent
        }
        best = sorted((word for word in weights if weights[word] > 0), key=lambda word: (-weights[word], word))
        found.append(tuple(best[:NAMING_WORDS]))
    return found


def contingency(one: Clusters, other: Clusters) -> np.ndarray:
    """How many items lie in each cluster of the one and each of the other."""
    both = (one.of >= 0) & (other.of >= 0)
    table = np.zeros((len(one.names), len(other.names)), int)
    np.add.at(table, (one.of[both], other.of[both]), 1)
    return table


def label_places(clusters: Clusters, places: np.ndarray, cells: int = 8) -> np.ndarray:
    """Where each cluster's name stands on a map: amid its densest part, no two in the same cell of the page; NaN for none."""
    found = np.full((len(clusters.names), 2), np.nan)
    known = np.isfinite(places).all(axis=1)
    if not known.any():
        return found
    low, size = places[known].min(axis=0), np.maximum(np.ptp(places[known], axis=0), 1e-9)
    cell = np.zeros(places.shape, int)
    cell[known] = np.minimum(cells - 1, (places[known] - low) / size * cells)
    # Names are wide and low: two side by side in one row of cells would lie over each other.
    spot = cell[:, 1] * cells + cell[:, 0] // 3
    taken: set[int] = set()
    for cluster in range(len(clusters.names)):
        inside = np.flatnonzero(known & (clusters.of == cluster))
        spots, counts = np.unique(spot[inside], return_counts=True)
        ranked = [int(one) for one in spots[np.argsort(-counts, kind="stable")]]
        free = [one for one in ranked if one not in taken] or ranked
        if free:
            taken.add(free[0])
            found[cluster] = np.median(places[inside[spot[inside] == free[0]]], axis=0)
    return found


def _groups(directions: np.ndarray, params: ClusterParams) -> np.ndarray:
    if params.grouping == "hdbscan":
        from sklearn.cluster import HDBSCAN

        smallest = min(params.smallest, max(2, len(directions) // 2))
        return np.asarray(HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(directions.astype(float)))
    from sklearn.cluster import KMeans

    # No more clusters than there are different items, or some would be empty.
    different = set[bytes]()
    for row in directions:
        different.add(row.round(6).tobytes())
        if len(different) == params.clusters:
            break
    starts = 4 if len(directions) < MANY else 1
    return np.asarray(KMeans(len(different), n_init=starts, random_state=0).fit_predict(directions))


def _largest_first(groups: np.ndarray) -> np.ndarray:
    names, counts = np.unique(groups[groups >= 0], return_counts=True)
    place = {int(name): number for number, name in enumerate(names[np.argsort(-counts, kind="stable")])}
    return np.array([place.get(int(group), -1) for group in groups])


def _over_represented(dataset: Dataset, of: np.ndarray, count: int) -> list[str]:
    best = [(0.0, "")] * count
    for name, values in dataset.attributes.items():
        words = np.array([str(value).strip() for value in values], object)
        everywhere = Counter(words[of >= 0].tolist())
        for cluster in range(count):
            inside = words[of == cluster]
            for value, times in Counter(inside.tolist()).items():
                # A value must hold for a third of the cluster before it may stand for it.
                if not value or times < 2 or times / inside.size < 1 / 3:
                    continue
                here, there = times / inside.size, everywhere[value] / max(1, int((of >= 0).sum()))
                lift = here * float(np.log(here / there))
                if lift > best[cluster][0]:
                    best[cluster] = (lift, f"{name} {value}")
    return [words for _lift, words in best]
