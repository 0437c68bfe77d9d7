"""How well every model ranks hidden items of public data, beside published and library figures, in one table.

``python -m benchmarks accuracy [DATA ...] [--seeds N]``; the data is looked for in ``TEXTREC_DATA`` (default
``../shared/data``). Binary feedback, random 20 % of each person's items hidden, all unseen items ranked.
"""

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset, build
from textrec_core.data.split import SPLITS, Split
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
DATA = tuple(PEERS)
# What is tried around the rule's alpha and regularization: no figure of any data set enters it.
FACTORS = {"alpha": (1.0, 1.4, 2.0), "regularization": (0.7, 1.0, 1.4, 2.0)}
# How many people judge each try.
JUDGES = 3_000


# Which of our models stands beside which of theirs.
KIN = {
    "popularity": "Popularity", "implicit ALS as it comes": "WALS, defaults", "item-kNN BM25 (k 200)": "Item-kNN", "item-kNN": "Item-kNN",
    "implicit ALS tuned": "WALS, tuned", "ALS, frequency-scaled": "WALS, tuned", "EASE (ridge 700)": "EASE",
}  # fmt: skip
# The one rival that is run beside ours, on the very same splits.
NEAREST = "implicit's BM25 item-kNN as it comes (k 200), these splits"
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


def judged(split: Split, params: wals.WalsParams, people: np.ndarray) -> tuple[float, float]:
    """NDCG@10 and Recall@20 of WALS with these parameters."""
    lists = everyone(split.train, wals.scorer(split.train, wals.fit(split.train, params)), 20, people)[0]
    found, count = hits(lists, split.held_out, people), relevant(split.held_out, people)
    return float(ndcg(found, count, 10).mean()), float(recall(found, count, 20).mean())


def tuned(dataset: Dataset, seed: int) -> tuple[tuple[float, float], str]:
    """WALS with the best of a grid, chosen on a second part hidden from the learning side: what it is judged by chose nothing."""
    split = SPLITS["random"](dataset, 0.2, seed)
    rule, inner = wals.suited(split.train), SPLITS["random"](split.train, 0.2, seed)
    people = inner.people
    if people.size > JUDGES:
        people = np.sort(np.random.default_rng(seed).choice(people, JUDGES, replace=False))
    tried = {pair: judged(inner, times(rule, *pair), people)[0] for pair in product(*FACTORS.values())}
    best = times(rule, *max(tried, key=lambda pair: tried[pair]))
    return judged(split, best, judges(split)), f"alpha {best.alpha:g}, regularization {best.regularization:.3g}"


def neighbours(split: Split, people: np.ndarray) -> tuple[float, float]:
    """The same of implicit's own BM25 item-kNN with 200 neighbours, else as it comes."""
    from implicit.nearest_neighbours import BM25Recommender
    from scipy.sparse import csr_matrix

    matrix = split.train.matrix
    past = csr_matrix((matrix.data.astype(float), matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)
    model = BM25Recommender(K=min(200, matrix.shape[1]))
    model.fit(past, show_progress=False)
    lists = np.asarray(model.recommend(people, past[people], N=20)[0], np.int64)
    found, count = hits(lists, split.held_out, people), relevant(split.held_out, people)
    return float(ndcg(found, count, 10).mean()), float(recall(found, count, 20).mean())


def times(rule: wals.WalsParams, alpha: float, regularization: float) -> wals.WalsParams:
    """The rule's parameters, two of them so many times as large."""
    return replace(rule, alpha=rule.alpha * alpha, regularization=rule.regularization * regularization)


def verdicts(name: str, means: dict[str, float]) -> list[str]:
    """Each target, and whether it is met."""
    best = max(means, key=lambda model: means[model])
    reached = {**means, "the best": means[best]}
    lines = [
        (reached[model] >= target, f"{model} >= {target}: {reached[model]:.4f}")
        for model, target in TARGETS[name].items()
    ]
    for rival in ("Item-kNN", "WALS, tuned"):
        words = f"the best ({best}) above {rival}: {means[best]:.4f} against {means[rival]:.4f}"
        lines.append((means[best] > means[rival], words))
    share = means["WALS, defaults"] / means["WALS, tuned"]
    lines.append((share >= TRANSFER, f"defaults at least {TRANSFER:.0%} of tuned: {share:.1%}"))
    return [f"{'met   ' if good else 'MISSED'} {line}" for good, line in lines]


def table(name: str, kept: Mapping[str, Sequence[tuple[float, float]]], nearest: tuple[float, float]) -> list[str]:
    """Ours from best to worst with the spread over splits, each with what others reach by the same kind of model."""
    rows = [
        "| ours | NDCG@10 | Recall@20 | target | others, the same kind of model | NDCG@10 | Recall@20 |",
        "|---|---|---|---|---|---|---|",
    ]
    order = sorted(kept, key=lambda model: -np.mean([pair[0] for pair in kept[model]]))
    for model in order:
        means, spread = np.mean(kept[model], axis=0), np.std(kept[model], axis=0, ddof=min(1, len(kept[model]) - 1))
        target = TARGETS[name].get("the best" if model == order[0] else model)
        rivals = [(other, pair) for other, pair in PEERS[name].items() if KIN.get(other) == model]
        rivals += [(NEAREST, nearest)] if model == "Item-kNN" else []
        for place, (other, pair) in enumerate(rivals or [("", None)]):
            own = [
                model,
                *(f"{mean:.4f} ± {sd:.4f}" for mean, sd in zip(means, spread, strict=True)),
                f">= {target}" if target else "",
            ]
            theirs = [other, *(f"{value:.3f}" for value in pair)] if pair else ["", "", ""]
            rows.append("| " + " | ".join([*(own if place == 0 else [""] * 4), *theirs]) + " |")
    return rows


def run(words: list[str] | None = None) -> int:
    """Print one table for each data set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks accuracy")
    parser.add_argument("data", nargs="*", default=list(DATA), help=f"which of {', '.join(DATA)}")
    parser.add_argument("--seeds", type=int, default=3, help="how many splits are averaged (default 3)")
    asked = parser.parse_args(words)
    for name in asked.data:
        start, dataset = time.time(), load(name)
        text = encoder.space(dataset, encoder.TextParams())
        kept: dict[str, list[tuple[float, float]]] = defaultdict(list)
        chosen, nearest = [], []
        for seed in range(asked.seeds):
            board = measure(dataset, wals.suited(dataset), BoardParams(split_seed=seed, starts=1), text)
            values = zip(board.values("NDCG", 10).mean(axis=0), board.values("Recall", 20).mean(axis=0), strict=True)
            for model, pair in zip(board.models, values, strict=True):
                kept["WALS, defaults" if model == "WALS" else model].append(pair)
            best, told = tuned(dataset, seed)
            kept["WALS, tuned"].append(best)
            split = SPLITS["random"](dataset, 0.2, seed)
            nearest.append(neighbours(split, judges(split)))
            chosen.append(told)
        print(
            f"\n{name}: {dataset.users.size:,} people, {dataset.items.size:,} items; words by {text.name}; {time.time() - start:.0f} s"
        )
        print(
            f"Random 20 % of each person's items hidden; mean ± standard deviation over the splits of seeds {', '.join(map(str, range(asked.seeds)))}."
        )
        print("\n".join(table(name, kept, tuple(np.mean(nearest, axis=0)))))
        rule = wals.suited(dataset)
        print(
            f"Defaults are the declared rule: alpha {rule.alpha:g}, regularization {rule.regularization:g}. Tuned: the best of {np.prod([len(one) for one in FACTORS.values()])} around it,"
        )
        print(
            f"chosen by {JUDGES:,} people at most on a part hidden from the learning side of each split: {'; '.join(chosen)}."
        )
        for words in verdicts(
            name, {model: float(np.mean([pair[0] for pair in pairs])) for model, pairs in kept.items()}
        ):
            print(words)
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(run())
