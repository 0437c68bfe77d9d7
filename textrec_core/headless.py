"""What each verb does: a dataset and parameters in, plain values out."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from textrec_core.data import intake, mapping, profile, samples
from textrec_core.data.dataset import Dataset
from textrec_core.data.repair import Repairs
from textrec_core.data.sources import Source
from textrec_core.errors import DataError
from textrec_core.evaluate import board, sweep
from textrec_core.evaluate.metrics import ACCURACY
from textrec_core.evaluate.records import Records
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


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """A table in the caller's own ids: Parquet as it is, CSV safe to open in a spreadsheet."""
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix == ".csv":
        path.write_bytes(csv_bytes(frame))
    else:
        raise DataError(
            f"{path.name} ends in neither .csv nor .parquet.", "The ending of --out says which of the two is written."
        )


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
    """Train, and keep the factors where a file is named."""
    factors = wals.fit(dataset, params[wals.WalsParams])
    last = factors.losses[-1]
    if asked.out:
        shelf.write(asked.out, factors)
    return {
        "fingerprint": factors.fingerprint, "loss": last.total, "losses": [loss.total for loss in factors.losses],
        "loss_parts": {"chosen": last.chosen, "unchosen": last.unchosen, "penalty": last.penalty},
    }  # fmt: skip


def recommend(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """One person's list, or everybody's written to a file."""
    if asked.user is None and asked.out is None:
        raise DataError(
            "Neither a person nor a file was named.", "Give --user ID for one list, or --out FILE for everybody's."
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


def evaluate(dataset: Dataset, params: Params, _asked: argparse.Namespace) -> dict[str, Any]:
    """The board: every model on hidden items, with intervals."""
    text = encoder.space(dataset, params[encoder.TextParams]) if dataset.has_texts else None
    how = params[board.BoardParams]
    found = board.measure(dataset, params[wals.WalsParams], how, text)
    recall = {row.model: row.value for row in found.rows("Recall", 20)}
    rows = [
        {"model": row.model, "ndcg": row.value.mean, "ndcg_interval": [row.value.low, row.value.high],
         "recall20": recall[row.model].mean, "recall20_interval": [recall[row.model].low, recall[row.model].high],
         "behind": row.behind.mean, "behind_interval": [row.behind.low, row.behind.high],
         "detectable": _number(row.detectable), "distinguishable": row.distinguishable}
        for row in found.rows("NDCG", how.k)
    ]  # fmt: skip
    curves = {
        metric: {model: [_number(value) for value in values] for model, values in zip(found.models, found.curve(metric), strict=True)}
        for metric in (*ACCURACY, *board.BEYOND)
    }  # fmt: skip
    slices = {
        by: [
            {"people": int(inside.sum()), "range": name, "ndcg": {row.model: row.value.mean for row in found.rows("NDCG", how.k, inside)}}
            for name, inside in found.slices(by)
        ]
        for by in found.about
    }  # fmt: skip
    return {
        "protocol": found.protocol, "people": found.people, "k": how.k, "encoder": text.name if text else None,
        "notes": list(found.notes), "board": rows, "lengths": list(board.LENGTHS), "curves": curves, "slices": slices,
    }  # fmt: skip


def run_sweep(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """Every cell of a grid on hidden items; a ledger file lets a broken run go on."""
    axes: dict[str, list[str]] = {}
    for words in asked.grid or []:
        name, _, values = words.partition("=")
        axes[name.strip().replace("-", "_")] = [value.strip() for value in values.split(",") if value.strip()]
    if not axes or not all(axes.values()):
        raise DataError(
            "No grid was named.", "Give --grid rank=16,64 --grid alpha=1,5, one for each parameter to vary."
        )
    how = params[board.BoardParams]
    cells = sweep.grid(params[wals.WalsParams], axes)
    if asked.ledger is None:
        with TemporaryDirectory() as folder:
            found = sweep.run(dataset, cells, how, Records(Path(folder) / "ledger.db"))
    else:
        found = sweep.run(dataset, cells, how, Records(asked.ledger))
    rows = [
        {**{name: getattr(cell.params, name) for name in axes}, "ndcg": cell.value.mean,
         "ndcg_interval": [cell.value.low, cell.value.high], "behind": cell.behind.mean,
         "distinguishable": cell.distinguishable, "seconds": cell.seconds}
        for cell in found.cells
    ]  # fmt: skip
    cheapest = {name: getattr(found.cheapest.params, name) for name in axes}
    return {
        "protocol": found.protocol, "people": found.people, "k": how.k, "fitted": found.fitted, "cells": rows,
        "best": {name: rows[0][name] for name in axes}, "cheapest_not_distinguishable": cheapest,
    }  # fmt: skip


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


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
