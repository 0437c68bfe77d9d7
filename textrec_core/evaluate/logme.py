"""Features and targets in, the log of the maximum evidence of a linear model out: a guess made without measuring."""

import numpy as np

TURNS, SETTLED = 50, 1e-3


def logme(features: np.ndarray, targets: np.ndarray) -> float:
    """The mean over targets, per item, of the log evidence at its best prior and noise (You et al. 2021)."""
    features, targets = features.astype(float), targets.astype(float)
    count, width = features.shape
    left, values, _right = np.linalg.svd(features, full_matrices=False)
    strength = values**2
    along = (left.T @ targets) ** 2
    beyond = np.square(targets).sum(axis=0) - along.sum(axis=0)
    found = [_evidence(strength, along[:, n], max(float(beyond[n]), 0.0), count, width) for n in range(along.shape[1])]
    return float(np.mean(found) / count)


def _evidence(strength: np.ndarray, along: np.ndarray, beyond: float, count: int, width: int) -> float:
    """``along`` are the target's squared parts in the directions of the features, ``beyond`` is the rest."""
    prior, noise = 1.0, 1.0
    for _turn in range(TURNS):
        ratio = prior / noise
        used = float((strength / (strength + ratio)).sum())
        length = float((strength * along / (strength + ratio) ** 2).sum())
        missed = float((along * (ratio / (strength + ratio)) ** 2).sum()) + beyond
        last, prior, noise = ratio, used / max(length, 1e-12), (count - used) / max(missed, 1e-12)
        if abs(prior / noise - last) <= SETTLED * last:
            break
    ratio = prior / noise
    length = float((strength * along / (strength + ratio) ** 2).sum())
    missed = float((along * (ratio / (strength + ratio)) ** 2).sum()) + beyond
    spread = float(np.log(prior + noise * strength).sum()) + max(0, width - strength.size) * np.log(prior)
    return 0.5 * float(
        width * np.log(prior) + count * np.log(noise) - spread - noise * missed - prior * length - count * np.log(2 * np.pi)
    )  # fmt: skip
