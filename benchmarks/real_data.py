"""A folder of real data in, a Dataset out; None, with one line said, where the data are not there."""

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset, build

ROOT = Path(__file__).parents[1]


@lru_cache
def load(name: str) -> Dataset | None:
    """The data set of this name under TEXTREC_DATA, every interaction with weight 1."""
    folder = Path(os.environ.get("TEXTREC_DATA", ROOT / ".." / "shared" / "data")) / name
    if not (folder / "interactions.csv.gz").exists():
        print(f"{name} is not under TEXTREC_DATA; the rows that need it are skipped.")
        return None
    pairs = pd.read_csv(folder / "interactions.csv.gz", dtype={"userId": str, "movieId": str})
    pairs = pairs.drop_duplicates(["userId", "movieId"], keep="last")
    films = pd.read_csv(folder / "items.csv.gz", dtype=str, keep_default_na=False).set_index("movieId")
    users, rows = np.unique(pairs["userId"].to_numpy(object), return_inverse=True)
    items, columns = np.unique(pairs["movieId"].to_numpy(object), return_inverse=True)
    films = films.reindex(items, fill_value="")
    return build(
        name, users, items, (rows, columns), np.ones(len(pairs)), pairs["timestamp"].to_numpy(),
        films["title"].to_numpy(object), films["text"].to_numpy(object), {"genre": films["genres"].to_numpy(object)},
        "real data, for measuring only",
    )  # fmt: skip
