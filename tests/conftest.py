"""What every test stands on: no network, no warm-up, one small dataset and one that fits on a page."""

import atexit
import os
import shutil
import tempfile

# Set before any test module is imported: libraries read them when they load.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TEXTREC_WARM"] = "0"
# On data this small, threads cost more than they bring.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
# What a server keeps between its starts goes to a folder of this run's own.
os.environ["TEXTREC_STATE"] = tempfile.mkdtemp(prefix="textrec-")
os.environ["TEXTREC_STORE"] = "off"
os.environ.pop("TEXTREC_ONLINE", None)
os.environ.pop("TEXTREC_MODELS", None)

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from textrec_core.data.dataset import Dataset, build

atexit.register(shutil.rmtree, os.environ["TEXTREC_STATE"], ignore_errors=True)
settings.register_profile(
    "steady", deadline=None, derandomize=True, max_examples=60, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("steady")

USERS, ITEMS = 60, 40
WORDS = (
    ("river", "forest", "bird", "rain", "meadow", "stone"),
    ("engine", "circuit", "signal", "metal", "voltage", "robot"),
)


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """60 people of two tastes and 40 items of two kinds; the last person and the last item know nobody."""
    rng = np.random.default_rng(7)
    taste, kind = np.arange(USERS) % 2, np.arange(ITEMS) % 2
    likely = np.where(taste[:, None] == kind[None, :], 0.45, 0.06)
    chosen = rng.random((USERS, ITEMS)) < likely
    chosen[-1], chosen[:, -1] = False, False
    chosen[np.arange(USERS - 1), taste[:-1]] = True
    rows, columns = np.nonzero(chosen)
    texts = [" ".join(rng.choice(WORDS[k], 8)) for k in kind]
    texts[5] = ""
    return build(
        "small", [f"person {n}" for n in range(USERS)], [f"item-{n:02}" for n in range(ITEMS)], (rows, columns),
        rng.integers(1, 6, rows.size).astype(float), rng.integers(1_600_000_000, 1_700_000_000, rows.size),
        [f"Title {n}" for n in range(ITEMS)], texts,
        {"kind": np.array([("nature", "machine")[k] for k in kind], object)}, "made for the tests",
    )  # fmt: skip


@pytest.fixture(scope="session")
def hand() -> Dataset:
    """5 people and 6 items: two people of one taste, two of another, and Eve, who chose a single item."""
    chosen = {"Ann": "abc", "Ben": "ab", "Cleo": "def", "Dan": "de", "Eve": "a"}
    pairs = [(row, "abcdef".index(item)) for row, items in enumerate(chosen.values()) for item in items]
    rows, columns = np.array(pairs).T
    return build("hand", list(chosen), list("abcdef"), (rows, columns), np.ones(rows.size))
