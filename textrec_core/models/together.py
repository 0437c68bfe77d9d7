"""Ridge from a space of texts and from their plain words at once, solved without ever forming a table of either size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

# Multiples of the mean variance along the directions that the texts fill, the strongest first: each begins at the last one's answer.
PENALTIES = tuple(float(10.0**power) for power in np.arange(1.5, -1.5, -0.5))
TOLERANCE, MOST_STEPS = 3e-3, 100


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read of texts: directions in a space, and the words that each holds."""

    directions: np.ndarray
    words: sparse.csr_matrix

    def __len__(self) -> int:
        return len(self.directions)

    def __getitem__(self, rows: np.ndarray) -> "Reading":
        return Reading(self.directions[rows], self.words[rows])

    @property
    def parts(self) -> tuple[Any, Any]:
        """Both, each of length one: neither has more to say than the other."""
        return self.directions, self.words


@dataclass(frozen=True, eq=False)
class Joint:
    """``(directions - centre) @ weights`` of both parts, and ``base``; a part that says nothing adds nothing."""

    weights: tuple[np.ndarray, np.ndarray]
    centres: tuple[np.ndarray, np.ndarray]
    base: np.ndarray

    def of(self, texts: Reading) -> np.ndarray:
        """The factors that these texts stand for."""
        out = np.tile(self.base, (len(texts), 1)).astype(float)
        for part, weights, centre in zip(texts.parts, self.weights, self.centres, strict=True):
            says = np.asarray(abs(part).sum(axis=1)).ravel() > 0
            out += np.where(says[:, None], part @ weights - centre @ weights, 0.0)
        return out


def ridge(texts: Reading, targets: np.ndarray, _seed: int) -> Iterator[tuple[float, Joint]]:
    """Conjugate gradients in the dual (Hestenes and Stiefel 1952), every column of the targets at once."""
    parts = texts.parts
    turned = [parts[0].T, parts[1].T.tocsr()]
    centres = [np.asarray(part.mean(axis=0), np.float32).ravel() for part in parts]
    lengths = [float(np.square(values).sum()) for values in (parts[0], parts[1].data)]
    spread = sum(length - len(texts) * float(centre @ centre) for length, centre in zip(lengths, centres, strict=True))
    unit = max(spread / len(parts) / len(texts), 1e-12)
    base = targets.mean(axis=0)
    wanted = (targets - base).astype(np.float32)

    def gram(rows: np.ndarray) -> np.ndarray:
        """The centred Gram matrix, the mean of both parts', times these rows."""
        rows = rows - rows.mean(axis=0)
        out = sum(part @ (other @ rows) for part, other in zip(parts, turned, strict=True)) / np.float32(len(parts))
        return np.asarray(out - out.mean(axis=0))

    dual = np.zeros_like(wanted)
    for penalty in PENALTIES:
        dual = _solved(gram, np.float32(penalty * unit), wanted, dual)
        weights = tuple(np.asarray(other @ (dual - dual.mean(axis=0)) / np.float32(len(parts))) for other in turned)
        yield penalty, Joint((weights[0], weights[1]), (centres[0], centres[1]), base)


def _solved(
    gram: Callable[[np.ndarray], np.ndarray], hold: np.float32, wanted: np.ndarray, start: np.ndarray
) -> np.ndarray:
    """``(gram + hold) x = wanted`` from a start, until every column misses by less than the tolerance."""
    found, missed = start, wanted - gram(start) - hold * start
    way, size = missed, np.square(missed).sum(axis=0)
    enough = TOLERANCE**2 * np.square(wanted).sum(axis=0)
    for _step in range(MOST_STEPS):
        if (size <= enough).all():
            break
        turned = gram(way) + hold * way
        step = size / np.maximum((way * turned).sum(axis=0), 1e-30)
        found, missed = found + step * way, missed - step * turned
        before, size = size, np.square(missed).sum(axis=0)
        way = missed + size / np.maximum(before, 1e-30) * way
    return found
