"""How well every model ranks hidden items of public data, beside published and library figures, in one table.

``python -m benchmarks accuracy [DATA ...] [--seeds N]``; the data is looked for in ``TEXTREC_DATA`` (default
``../shared/data``). Binary feedback, random 20 % of each person's items hidden, all unseen items ranked.
"""

import argparse
import os
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset, build
from textrec_core.data.split import SPLITS
from textrec_core.evaluate.board import BoardParams, measure
from textrec_core.evaluate.judged import judges
from textrec_core.evaluate.metrics import hits, ndcg, recall, relevant
from textrec_core.models import wals
from textrec_core.people.recommend import everyone
from textrec_core.text import encoder

# NDCG@10 and Recall@20 of others on the same protocol, measured with their own libraries (implicit 0.7.3).
PEERS = {
    "ml-1m": {
        "popularity": (0.202, 0.114), "implicit ALS as it comes": (0.358, 0.235), "item-kNN BM25 (k 200)": (0.388, 0.242),
        "implicit ALS tuned": (0.421, 0.273), "ALS, frequency-scaled": (0.424, 0.270), "EASE (ridge 700)": (0.432, 0.276),
    },
    "games": {
        "popularity": (0.008, 0.028), "implicit ALS as it comes": (0.046, 0.106), "item-kNN": (0.071, 0.145),
        "implicit ALS tuned": (0.076, 0.186),
    },
    "ml-latest-small": {},
}  # fmt: skip
# The best of a grid over alpha, regularization and frequency on seed 0; all else by the rule.
TUNED = {
    "ml-1m": {"alpha": 3.0, "regularization": 0.0106},
    "ml-latest-small": {"alpha": 3.3, "regularization": 0.0115},
    "games": {"alpha": 55.0, "regularization": 0.0069},
}


# What has to be reached on NDCG@10, and the row or rows that have to be beaten.
TARGETS = {
    "ml-1m": {"WALS, tuned": 0.424, "the best": 0.437},
    "games": {"WALS, defaults": 0.078, "WALS, tuned": 0.078},
    "ml-latest-small": {},
}
TRANSFER = 0.97


def load(name: str) -> Dataset:
    """One of the public data sets, every interaction counting 1."""
    folder = Path(os.environ.get("TEXTREC_DATA", Path(__file__).parents[2] / "shared" / "data")) / name
    small = name == "ml-latest-small"
    rows = pd.read_csv(folder / ("ratings.csv" if small else "interactions.csv.gz"), dtype=str)
    user, item = rows.columns[:2]
    rows = rows.drop_duplicates([user, item])
    about = pd.read_csv(folder / ("texts.csv.gz" if small else "items.csv.gz"), dtype=str, keep_default_na=False)
    about = about.drop_duplicates(about.columns[0]).set_index(about.columns[0])
    users, people = np.unique(rows[user], return_inverse=True)
    items, things = np.unique(rows[item], return_inverse=True)
    words = about.agg(" ".join, axis=1).reindex(items).fillna("")
    times = rows["timestamp"].astype("int64").to_numpy()
    titles = about["title"].reindex(items).fillna("")
    return build(name, users, items, (people, things), np.ones(len(rows)), times, titles.to_list(), words.to_list())


def tuned(dataset: Dataset, seed: int) -> tuple[float, float]:
    """WALS with the grid's best parameters."""
    split = SPLITS["random"](dataset, 0.2, seed)
    people = judges(split)
    params = replace(wals.suited(split.train), **TUNED[dataset.name])
    lists = everyone(split.train, wals.scorer(split.train, wals.fit(split.train, params)), 20, people)[0]
    found, count = hits(lists, split.held_out, people), relevant(split.held_out, people)
    return float(ndcg(found, count, 10).mean()), float(recall(found, count, 20).mean())


def verdicts(name: str, means: dict[str, float]) -> list[str]:
    """Each target, and whether it is met."""
    best = max(means, key=lambda model: means[model])
    reached = {**means, "the best": means[best]}
    lines = [f"{model} >= {target}: {reached[model]:.4f}" for model, target in TARGETS[name].items()]
    met = [reached[model] >= target for model, target in TARGETS[name].items()]
    if name == "games":
        for rival in ("Item-kNN", "WALS, tuned"):
            lines.append(f"the best ({best}) above {rival}: {means[best]:.4f} against {means[rival]:.4f}")
            met.append(means[best] > means[rival])
    share = means["WALS, defaults"] / means["WALS, tuned"]
    lines.append(f"defaults at least {TRANSFER:.0%} of tuned: {share:.1%}")
    return [
        f"{'met   ' if good else 'MISSED'} {line}" for line, good in zip(lines, [*met, share >= TRANSFER], strict=True)
    ]


def run(words: list[str] | None = None) -> int:
    """Print one table for each data set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks accuracy")
    parser.add_argument("data", nargs="*", default=list(TUNED), help=f"which of {', '.join(TUNED)}")
    parser.add_argument("--seeds", type=int, default=3, help="how many splits are averaged (default 3)")
    asked = parser.parse_args(words)
    for name in asked.data:
        start, dataset = time.time(), load(name)
        text = encoder.space(dataset, encoder.TextParams())
        kept: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for seed in range(asked.seeds):
            board = measure(dataset, wals.suited(dataset), BoardParams(split_seed=seed, starts=1), text)
            values = zip(board.values("NDCG", 10).mean(axis=0), board.values("Recall", 20).mean(axis=0), strict=True)
            for model, pair in zip(board.models, values, strict=True):
                kept["WALS, defaults" if model == "WALS" else model].append(pair)
            kept["WALS, tuned"].append(tuned(dataset, seed))
        print(
            f"\n{name}: {dataset.users.size:,} people, {dataset.items.size:,} items; mean of {asked.seeds} splits; words by {text.name}; {time.time() - start:.0f} s"
        )
        print("| model | NDCG@10 | Recall@20 |\n|---|---|---|")
        for model, pairs in sorted(kept.items(), key=lambda entry: -np.mean([pair[0] for pair in entry[1]])):
            first, second = np.mean(pairs, axis=0)
            print(f"| {model} | {first:.4f} | {second:.4f} |")
        for model, (first, second) in PEERS[name].items():
            print(f"| (others) {model} | {first:.3f} | {second:.3f} |")
        for words in verdicts(
            name, {model: float(np.mean([pair[0] for pair in pairs])) for model, pairs in kept.items()}
        ):
            print(words)
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(run())
