"""The verbs that measure and search: a dataset and parameters in, plain values out."""

import argparse
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.evaluate import board, compare, confirm, cost, recorded, sweep
from textrec_core.evaluate.judged import BEYOND, LENGTHS
from textrec_core.evaluate.ledger import Ledger, Run
from textrec_core.evaluate.metrics import ACCURACY
from textrec_core.evaluate.search import SearchParams
from textrec_core.models import wals
from textrec_core.text import encoder

Params = dict[type, Any]
# What each model of the board is called on the command line.
NAMES = {
    "wals": ("WALS",), "ease": ("EASE",), "knn": ("Item-kNN",), "text": ("Text profile",), "popularity": ("Popularity",),
    "recent": ("Recent popularity",), "random": ("Random",),
    "blends": ("WALS + Text profile", "WALS + EASE", "WALS + EASE + Text profile", "WALS + Item-kNN", "WALS + Item-kNN + Text profile"),
}  # fmt: skip


def evaluate(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """The board: models on hidden items, with intervals over people and random starts, at one or several list lengths."""
    lengths, only = _lengths(asked.lengths), _only(asked.models)
    text = encoder.space(dataset, params[encoder.TextParams]) if dataset.has_texts else None
    how = replace(params[board.BoardParams], k=lengths[0])
    told = params[wals.WalsParams]
    if asked.ledger is None or only:
        found = board.measure(dataset, told, how, text, only=only)
    else:
        found = recorded.measure(dataset, told, how, text, asked.ledger)
    recall, moved = {row.model: row.value for row in found.rows("Recall", 20)}, found.spread("NDCG", how.k)
    rows = [
        {"model": row.model, "ndcg": row.value.mean, "ndcg_interval": [row.value.low, row.value.high],
         "recall20": recall[row.model].mean, "recall20_interval": [recall[row.model].low, recall[row.model].high],
         "behind": row.behind.mean, "behind_interval": [row.behind.low, row.behind.high],
         "detectable": _number(row.detectable), "distinguishable": row.distinguishable, "start_spread": moved[row.model]}
        for row in found.rows("NDCG", how.k)
    ]  # fmt: skip
    at = [
        {"model": row.model, "k": k, "ndcg_interval": [row.value.low, row.value.high],
         **{name.lower(): float(found.values(name, k).mean(axis=0)[found.models.index(row.model)]) for name in ACCURACY}}
        for k in lengths
        for row in found.rows("NDCG", k)
    ]  # fmt: skip
    curves = {
        metric: {model: [_number(value) for value in values] for model, values in zip(found.models, found.curve(metric), strict=True)}
        for metric in (*ACCURACY, *BEYOND)
    }  # fmt: skip
    slices = {
        by: [
            {"people": int(inside.sum()), "range": name, "ndcg": {row.model: row.value.mean for row in found.rows("NDCG", how.k, inside)}}
            for name, inside in found.slices(by)
        ]
        for by in found.about
    }  # fmt: skip
    return {
        "protocol": found.protocol, "people": found.people, "starts": found.starts, "k": how.k,
        "encoder": text.name if text else None, "notes": list(found.notes), "board": rows, "at": at,
        "lengths": list(LENGTHS), "curves": curves, "slices": slices,
    }  # fmt: skip


def run_sweep(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """Every configuration of a plan on hidden items; a ledger file lets a broken run go on."""
    axes: dict[str, tuple[str, ...]] = {}
    for words in asked.grid or []:
        name, _, values = words.partition("=")
        axes[name.strip().replace("-", "_")] = tuple(value.strip() for value in values.split(",") if value.strip())
    if not axes or not all(axes.values()):
        raise DataError(
            "No grid was named.", "Give --grid rank=16,64 --grid alpha=1,5, one for each parameter to vary."
        )
    how = replace(params[board.BoardParams], k=_lengths(asked.lengths)[0])
    plan = sweep.Plan(params[wals.WalsParams], axes, how, params[SearchParams])
    with ExitStack() as until_done:
        path = asked.ledger or Path(until_done.enter_context(TemporaryDirectory())) / "ledger.db"
        price = cost.estimate(dataset, plan, path)
        if asked.estimate:
            return {"k": how.k, "wanted": plan.wanted, "estimate": vars(price)}
        turn = sweep.run(dataset, plan, path)
        ledger = Ledger(path)
        kept = next(one for one in ledger.sweeps(dataset.fingerprint) if one.key == turn.key)
        found = sweep.read(ledger, kept, "NDCG", how.k)
        if found is None:
            raise DataError("No configuration could be trained to the end.", "Vary alpha and regularization less.")
        rows = [
            {**_varied(cell.params, axes), "ndcg": cell.value.mean, "ndcg_interval": [cell.value.low, cell.value.high],
             "behind": cell.behind.mean, "distinguishable": cell.distinguishable, "stopped": cell.stopped,
             "seconds": cell.seconds, **{name.lower(): _number(value) for name, value in cell.aside.items()}}
            for cell in found.cells
        ]  # fmt: skip
        confirmed = None
        if asked.confirm:
            several = tuple(dict.fromkeys([found.best.params, found.cheapest.params, wals.suited(dataset)]))
            told = confirm.confirm(dataset, several, how, path)
            confirmed = [
                {**_varied(one, axes), "ndcg": value.mean, "ndcg_interval": [value.low, value.high],
                 "behind": behind.mean, "behind_interval": [behind.low, behind.high]}
                for one, value, behind in zip(several, told.values, told.behind, strict=True)
            ]  # fmt: skip
    return {
        "protocol": recorded.words_of(how), "people": found.people, "starts": found.starts, "start_spread": found.spread, "k": how.k, "estimate": vars(price), "wanted": plan.wanted,
        "fitted": turn.fitted, "cells": rows, "best": _varied(found.best.params, axes),
        "cheapest_not_distinguishable": _varied(found.cheapest.params, axes), "confirmed": confirmed,
    }  # fmt: skip


def runs(dataset: Dataset, _params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """What a ledger holds of this data; named, deleted or compared by key."""
    if asked.ledger is None:
        raise DataError("No ledger was named.", "Give --ledger FILE, the one that sweep or evaluate has written.")
    ledger = Ledger(asked.ledger)
    for key in [
        *(asked.delete or []),
        *(words.partition("=")[0] for words in asked.name or []),
        *(asked.compare or []),
    ]:
        if ledger.of(key, light=True) is None:
            raise DataError(f"There is no run {key[:40]!r} in this ledger.", "The verb without flags lists every run.")
    for words in asked.name or []:
        key, _, name = words.partition("=")
        ledger.rename(key, name)
    for key in asked.delete or []:
        ledger.delete(key)
    fill, compared = ledger.fill(), None
    if asked.compare:
        one, other = (ledger.of(key) for key in asked.compare)
        assert one is not None
        assert other is not None
        found = compare.compare(dataset, one, other, asked.ledger, board.BoardParams(starts=asked.starts).starts)
        compared = {
            "params": {name: list(pair) for name, pair in found.params.items()}, "starts": found.starts,
            "metrics": [{"metric": row.metric, "one": row.one, "other": row.other, "difference": row.difference.mean,
                         "interval": [row.difference.low, row.difference.high]} for row in found.metrics],
            "mean_overlap": float(found.overlap.mean()) if found.overlap.size else None,
            "changed_most": [{"user": str(dataset.users[row]), "shared": int(shared)} for row, shared in found.changed_most],
        }  # fmt: skip
    return {
        "runs": [_listed(run) for run in ledger.all(dataset.fingerprint)], "held": fill.runs, "bytes": fill.bytes,
        "removed": fill.removed, "compared": compared,
    }  # fmt: skip


def _listed(run: Run) -> dict[str, Any]:
    return {
        "key": run.key, "name": run.name, "made": run.made, "judged": run.protocol, "params": dict(run.params),
        "metrics": {name: [_number(v) for v in (one.mean, one.low, one.high)] for name, one in run.metrics.items()},
        "seconds": run.seconds, "stopped": run.stopped, "version": run.version,
    }  # fmt: skip


def _varied(params: wals.WalsParams, axes: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    return {name: getattr(params, name) for name in axes}


def _lengths(words: str) -> list[int]:
    try:
        found = [int(part) for part in words.split(",")]
    except ValueError:
        raise DataError(f"--k is {words!r}; it must be whole numbers with commas between.", "For example --k 10,20,100.") from None  # fmt: skip
    for k in found:
        board.BoardParams(k=k)
    return found


def _only(words: str | None) -> tuple[str, ...]:
    if not words:
        return ()
    asked = [part.strip().lower() for part in words.split(",")]
    for part in asked:
        if part not in NAMES:
            raise DataError(f"There is no model {part!r}.", f"There are {', '.join(NAMES)}.")
    return tuple(name for part in asked for name in NAMES[part])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
