"""A sample's name in, its Dataset and its truth out; ``python -m textrec_core.data.samples`` makes them anew."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from textrec_core.data import truth as truths
from textrec_core.data.dataset import Dataset, build
from textrec_core.data.simulate import Simulated, SimulateParams, simulate
from textrec_core.data.tastes import entries
from textrec_core.data.truth import Truth
from textrec_core.errors import DataError

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "samples"


@dataclass(frozen=True)
class Sample:
    """Where a sample's catalogue lies, who lives with it, and what is said wherever it is shown."""

    catalogue: str
    params: SimulateParams
    note: str
    meaning: str


SAMPLES = {
    "films": Sample(
        "films", SimulateParams(seed=1), "real films, simulated people",
        "3,000 people and 786 films over three years",
    ),
    "films-small": Sample(
        "films", SimulateParams(people=120, interactions=40, noise=0.7, seed=2), "real films, simulated people",
        "120 people and the same films, for instant lessons",
    ),
    "shop": Sample(
        "shop", SimulateParams(people=3_000, interactions=9, popularity_bias=0.1, seed=3),
        "invented products, simulated people", "200 products of 12 departments; what goes together is not what is alike",
    ),
}  # fmt: skip
# Each sample's name and what is said wherever it is shown.
NAMES = {name: sample.note for name, sample in SAMPLES.items()}


def load(name: str) -> Dataset:
    """One sample as a Dataset; something chosen twice counts twice, at its last time."""
    sample = _sample(name)
    items = catalogue(sample.catalogue)
    log = _events(name)
    # Codes of a category follow the order of the truth's rows, not the alphabet.
    users, when = log["user"].cat.categories.to_numpy(object), log["time"].to_numpy()
    pairs = log["user"].cat.codes.to_numpy(np.int64) * len(items) + log["item"].cat.codes.to_numpy(np.int64)
    order = np.lexsort((when, pairs))
    pairs = pairs[order]
    last = np.flatnonzero(np.append(pairs[1:] != pairs[:-1], True))
    return build(
        name=name,
        users=users,
        items=items["id"].to_numpy(object),
        pairs=np.divmod(pairs[last], len(items)),
        weights=np.diff(np.append(-1, last)).astype(np.float32),
        times=when[order][last],
        titles=_titles(items),
        texts=items["description"].to_numpy(object),
        attributes=_attributes(items),
        note=sample.note,
    )


def events(name: str) -> pd.DataFrame:
    """Every event of a sample, repeats too, by person and time: user, item, time, weight."""
    _sample(name)
    return _events(name).astype({"user": object, "item": object}).assign(weight=np.float32(1.0))


def truth(name: str) -> Truth:
    """What was really so in a sample; rows follow its Dataset."""
    _sample(name)
    return truths.read(FOLDER / name / "truth.npz")


def catalogue(name: str) -> pd.DataFrame:
    """A catalogue as written, the simulator's own columns included."""
    return read_catalogue(FOLDER / name / "items.csv")


def read_catalogue(file: Path) -> pd.DataFrame:
    """A catalogue's table; counts are numbers, all else is text, an empty cell is empty text."""
    table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
    whole = [column for column in ("year", "children", "canon", "date", "fame") if column in table]
    return table.astype(dict.fromkeys(whole, np.int64))


def make(name: str, items: pd.DataFrame | None = None) -> Simulated:
    """Simulate a sample from its catalogue."""
    sample = _sample(name)
    return simulate(catalogue(sample.catalogue) if items is None else items, sample.params)


def rebuild(folder: Path = FOLDER) -> None:
    """Simulate every sample from its catalogue and write it."""
    for name, sample in SAMPLES.items():
        made = make(name, read_catalogue(folder / sample.catalogue / "items.csv"))
        (folder / name).mkdir(parents=True, exist_ok=True)
        table = pd.DataFrame(
            {
                "user": pd.Categorical(made.events["user"], categories=made.users),
                "item": pd.Categorical(made.events["item"], categories=made.items),
                "time": made.events["time"].astype(np.int64),
            }
        )
        table.to_parquet(folder / name / "interactions.parquet", index=False, compression="zstd", compression_level=19)
        truths.save(made.truth, folder / name / "truth.npz")


def _sample(name: str) -> Sample:
    if name not in SAMPLES:
        raise DataError(f"There is no sample {name[:80]!r}.", f"The samples are {', '.join(NAMES)}.")
    return SAMPLES[name]


def _events(name: str) -> pd.DataFrame:
    return pd.read_parquet(FOLDER / name / "interactions.parquet")


def _titles(items: pd.DataFrame) -> np.ndarray:
    """Titles with their year where there is one: two films may share a title."""
    titles = items["title"].to_numpy(object)
    return titles if "year" not in items else titles + " (" + items["year"].astype(str).to_numpy(object) + ")"


def _attributes(items: pd.DataFrame) -> dict[str, np.ndarray]:
    """What a person may know of an item beside its text; never what the simulator alone knows."""
    if "year" not in items:
        return {"department": items["department"].to_numpy(object), "kind": items["kind"].to_numpy(object)}
    genre = np.array([found[0] for found in entries(items["genres"])], object)
    decade = np.array([f"{year // 10 * 10}s" for year in items["year"]], object)
    named = {column: items[column].to_numpy(object) for column in ("country", "director", "genres")}
    return {
        "genre": genre,
        "country": named["country"],
        "decade": decade,
        "year": items["year"].to_numpy(np.int64),
        **named,
    }


if __name__ == "__main__":
    rebuild(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
