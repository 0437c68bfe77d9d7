"""LogME: the evidence of a Gaussian by its textbook formula, at the best prior and noise."""

import numpy as np
import pytest
from scipy.optimize import minimize

from textrec_core.evaluate.logme import logme


def evidence(features: np.ndarray, target: np.ndarray, prior: float, noise: float) -> float:
    """The log density of the target when weights and noise are normal with these precisions."""
    cover = np.eye(len(target)) / noise + features @ features.T / prior
    _sign, size = np.linalg.slogdet(2 * np.pi * cover)
    return -0.5 * float(size + target @ np.linalg.solve(cover, target))


@pytest.mark.parametrize(("width", "off"), [(3, 1e-5), (10, 1e-5), (40, 1e-3)])
def test_it_is_the_largest_evidence_that_a_search_finds(width, off):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(25, width))
    target = features[:, :3] @ rng.normal(size=3) + rng.normal(size=25)
    starts = [(prior, noise) for prior in (-2.0, 2.0) for noise in (-2.0, 2.0)]
    found = [minimize(lambda logs: -evidence(features, target, *np.exp(logs)), at).fun for at in starts]
    assert logme(features, target[:, None]) == pytest.approx(-min(found) / 25, abs=off)


def test_features_that_foretell_have_more_of_it_than_noise():
    rng = np.random.default_rng(1)
    features, noise = rng.normal(size=(80, 6)), rng.normal(size=(80, 6))
    targets = features @ rng.normal(size=(6, 3)) + 0.1 * rng.normal(size=(80, 3))
    assert logme(features, targets) > logme(noise, targets) + 0.5
