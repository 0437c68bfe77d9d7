"""What each verb does: a dataset and parameters in, plain values out."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from textrec_core.data import intake, mapping, profile, samples
from textrec_core.data.dataset import Dataset
from textrec_core.data.repair import Repairs
from textrec_core.data.sources import Source
from textrec_core.errors import DataError
from textrec_core.evaluate import early
from textrec_core.models import item_item, wals
from textrec_core.models.baselines import Chance, Popularity, RecentPopularity
from textrec_core.models.content import TextProfile
from textrec_core.models.scorer import Scorer
from textrec_core.people import recommend as people
from textrec_core.share import shelf
from textrec_core.share.export import csv_bytes
from textrec_core.spaces.space import Space
from textrec_core.text import encoder

Params = dict[type, Any]


def _wals(dataset: Dataset, params: Params) -> Scorer:
    return wals.scorer(dataset, wals.fit(dataset, params[wals.WalsParams]))


def _ease(dataset: Dataset, _params: Params) -> Scorer:
    return item_item.scorer(dataset, item_item.ease(dataset, item_item.EaseParams()))


MODELS: dict[str, Callable[[Dataset, Params], Scorer]] = {
    "wals": _wals,
    "text": lambda dataset, params: TextProfile(dataset, encoder.space(dataset, params[encoder.TextParams])),
    "knn": lambda dataset, _params: item_item.scorer(dataset, item_item.knn(dataset, item_item.KnnParams())),
    "ease": _ease,
    "popularity": lambda dataset, _params: Popularity(dataset),
    "recent": lambda dataset, _params: RecentPopularity(dataset),
    "random": lambda dataset, _params: Chance(dataset),
}


def load(
    sample: str | None, interactions: Path | None, items: Path | None, repairs: Repairs | None = None, roles: Sequence[str] = ()
) -> tuple[Dataset, intake.Intake | None]:  # fmt: skip
    """A sample, or the Dataset that two files make; ``roles`` such as ``user=reader`` correct the guessed columns."""
    if sample and (interactions or items):
        raise DataError("Both a sample and files were named.", "Give --sample or files, not both.")
    if sample:
        return samples.load(sample), None
    if interactions is None and items is None:
        raise DataError(
            "No data was named.", f"Give --interactions FILE and --items FILE, or --sample {'|'.join(samples.NAMES)}."
        )
    one, other = (None if path is None else Source(path, path.name).table() for path in (interactions, items))
    chosen = mapping.corrected(mapping.guess(one, other), roles)
    name = " and ".join(path.name for path in (interactions, items) if path is not None)
    return intake.build(name, one, other, chosen, repairs)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What keeps this file from being written becomes words."""
    try:
        yield
    except OSError as problem:
        raise _unwritable(path, problem.strerror or str(problem)) from problem


def check_folder(path: Path) -> None:
    """Raise ``DataError`` before any work is done for a file that no folder is there to hold."""
    if not path.parent.is_dir():
        raise _unwritable(path, "there is no such folder")


def check_ending(path: Path) -> None:
    """Raise ``DataError`` for a table that neither of the two formats is named for."""
    if path.suffix not in (".csv", ".parquet"):
        raise DataError(
            f"{path.name} ends in neither .csv nor .parquet.", "The ending of --out says which of the two is written."
        )


def _unwritable(path: Path, why: str) -> DataError:
    return DataError(f"{path} cannot be written: {why}.", "Name a file in a folder that is there and has room.")


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """A table in the caller's own ids: Parquet as it is, CSV safe to open in a spreadsheet."""
    check_ending(path)
    with writing(path):
        if path.suffix == ".parquet":
            frame.to_parquet(path, index=False)
        else:
            path.write_bytes(csv_bytes(frame))


def described(dataset: Dataset) -> dict[str, Any]:
    """Which data the numbers speak of."""
    return {
        "name": dataset.name, "note": dataset.note, "users": dataset.users.size, "items": dataset.items.size,
        "interactions": dataset.interactions, "fingerprint": dataset.fingerprint,
    }  # fmt: skip


def check(dataset: Dataset, _params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """What happened to the files, and what came of them."""
    found: intake.Intake | None = asked.intake
    told = {"profile": profile.facts(profile.profile(dataset))}
    if found is None:
        return {"counts": {}, "report": [], **told}
    if asked.out:
        write_table(asked.out, found.report())
    return {"counts": dict(found.counts), "report": found.report().to_dict("records"), **told}


def fit(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """Train, from a start and for as many sweeps as help where that is asked, and keep the factors where a file is named."""
    told: wals.WalsParams = params[wals.WalsParams]
    course: tuple[float, ...] = ()
    if asked.held_out_stop:
        needed, course = early.sweeps_needed(dataset, told)
        told = replace(told, iterations=needed)
    start = _start(asked.start, dataset) if asked.start else None
    factors = wals.fit(dataset, told, start=start)
    last = factors.losses[-1]
    if asked.out:
        with writing(asked.out):
            shelf.write(asked.out, factors)
    return {
        "fingerprint": factors.fingerprint, "sweeps": len(factors.losses), "loss": last.total,
        "losses": [loss.total for loss in factors.losses], "held_out": list(course),
        "loss_parts": {"chosen": last.chosen, "unchosen": last.unchosen, "penalty": last.penalty},
    }  # fmt: skip


def _start(path: Path, dataset: Dataset) -> wals.Factors:
    try:
        found = shelf.load(path.parent, path.name.removesuffix(".npz"))
    except (ValueError, KeyError, TypeError) as problem:
        raise DataError(f"{path.name} holds no factors.", "Name a file that fit --out has written.") from problem
    if not isinstance(found, wals.Factors):
        raise DataError(f"{path.name} holds no factors.", "Name a file that fit --out has written.")
    if (len(found.users), len(found.items)) != dataset.matrix.shape:
        raise DataError(f"{path.name} was trained on other people or items.", "A start must know the same people and items.")  # fmt: skip
    return found


def recommend(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """One person's list, or everybody's written to a file."""
    if asked.user is None and asked.out is None:
        raise DataError(
            "Neither a person nor a file was named.", "Give --user ID for one list, or --out FILE for everybody's."
        )
    if asked.user is not None and asked.out is not None:
        raise DataError(
            "Both a person and a file were named.", "Give --user ID for one list, or --out FILE for everybody's."
        )
    row = None if asked.user is None else dataset.user_row(asked.user)
    people.check_length(asked.k)
    scorer = MODELS[asked.model](dataset, params)
    if row is None:
        items, scores = people.everyone(dataset, scorer, asked.k)
        kept = items >= 0
        rows, place = np.nonzero(kept)
        write_table(
            asked.out,
            pd.DataFrame(
                {
                    "user": dataset.users[rows],
                    "place": place + 1,
                    "item": dataset.items[items[kept]],
                    "score": scores[kept],
                }
            ),
        )
        return {
            "model": scorer.name,
            "fingerprint": scorer.fingerprint,
            "k": asked.k,
            "people": dataset.users.size,
            "rows": int(kept.sum()),
            "out": str(asked.out),
        }
    open_ = np.delete(np.asarray(scorer.scores(np.array([row]))[0]), dataset.history(row))
    if open_.size > 1 and np.ptp(open_) == 0:
        raise DataError(
            f"{scorer.name} says the same of everything this person has not chosen, so nothing stands out.",
            "Choose another model: words need a past with texts, WALS items that people chose.",
        )
    ranked = people.top_k(dataset, scorer, row, asked.k)
    listed = [
        {"place": place, "item": dataset.items[item], "title": dataset.titles[item], "score": float(score)}
        for place, (item, score) in enumerate(zip(ranked.items, ranked.scores, strict=True), 1)
    ]
    return {"model": scorer.name, "fingerprint": scorer.fingerprint, "k": asked.k, "user": asked.user, "list": listed}


def spaces(dataset: Dataset, params: Params, fit: wals.Factors | None = None) -> tuple[Space, Space]:
    """The space of words and the space of behaviour."""
    text = encoder.space(dataset, params[encoder.TextParams])
    factors = fit or wals.fit(dataset, params[wals.WalsParams])
    return text, Space("WALS", factors.items, factors.fingerprint, dataset.catalogue)


def in_words(facts: dict[str, Any]) -> str:
    """The same result for a reader: plain values as lines, lists as small tables."""
    lines = []
    for key, value in facts.items():
        if isinstance(value, dict):
            lines.append(f"{key}: " + ", ".join(f"{name} {inner}" for name, inner in value.items()))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{key}:\n{pd.DataFrame(value[:50]).to_string(index=False)}")
        else:
            lines.append(f"{key}: {value}")
    return "\n".join(lines)
