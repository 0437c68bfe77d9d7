"""How far words carry items that no fit has seen: ``python -m benchmarks hidden``.

ml-1m: 20 % of the items hidden and ranked among themselves by Wikipedia lead, title and genres. films: the people who
truly want each of the cold films most, found from its text.
"""

import argparse
import sys

import numpy as np

from benchmarks.accuracy import load
from textrec_core.data import samples
from textrec_core.evaluate.hidden import Hidden, HiddenParams, auc, measure
from textrec_core.models import projector, wals
from textrec_core.spaces.space import Space
from textrec_core.text import encoder
from textrec_core.text.encoder import BUILT_IN, LSA, TextParams

SIZE = 512
ENCODERS = (f"{BUILT_IN} + {LSA}", BUILT_IN, LSA)
# NDCG@10 of others on this protocol, and what is aimed at: encoder with TF-IDF, encoder alone.
OTHERS = {"random": 0.047, "genres, ridge": 0.223, "TF-IDF, profile": 0.288, "TF-IDF, ridge": 0.340,
          "a 22M sentence encoder on title and genres, ridge": 0.344, "popularity oracle": 0.394, "WALS that saw the answers": 0.751}  # fmt: skip
TARGETS = {ENCODERS[0]: 0.36, BUILT_IN: 0.33}
AUDIENCE, FOUND = 0.1, 0.8


def run(words: list[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks hidden")
    parser.add_argument("data", nargs="*", default=["ml-1m", "films"], help="which of ml-1m, films (default both)")
    parser.add_argument("--seeds", type=int, default=3, help="how many times items are drawn and hidden (default 3)")
    asked = parser.parse_args(words)
    if "ml-1m" in asked.data:
        _ml_1m(asked.seeds)
    if "films" in asked.data:
        _films()
    return 0


def _ml_1m(seeds: int) -> None:
    dataset = load("ml-1m")
    named = {name: encoder.space(dataset, TextParams(encoder=name, dimensions=SIZE)) for name in ENCODERS}
    params = wals.suited(dataset)
    found = []
    for seed in range(seeds):
        found.append(measure(dataset, params, HiddenParams(seed=seed), list(named.values())))
        if seed == 0:
            _describe(found[0])
    means = np.array([[one.gains[:, n].mean() for n in range(len(one.models))] for one in found])
    print(f"\nMean of {seeds} draws\n| model | NDCG@10 | sd |\n|---|---|---|")
    for n in np.argsort(-means.mean(axis=0)):
        print(f"| {found[0].models[n]} | {means[:, n].mean():.4f} | {means[:, n].std():.4f} |")
    for name, value in OTHERS.items():
        print(f"| (others) {name} | {value:.3f} | |")
    for name, target in TARGETS.items():
        value = means[:, found[0].models.index(f"{named[name].name}, ridge")].mean()
        print(f"{name}, ridge: {value:.4f}, target {target:.2f}: {'met' if value >= target else 'missed'}")
    sys.stdout.flush()


def _describe(found: Hidden) -> None:
    print(f"ml-1m: {found.protocol}; {found.people:,} people, {found.items.size:,} hidden items; 95 % over people")
    print("| model | NDCG@10 | interval | audience AUC |\n|---|---|---|---|")
    audience = dict(zip(found.models, np.nanmean(found.found, axis=0), strict=True))
    for row in found.rows():
        print(f"| {row.model} | {row.value.mean:.4f} | {row.value.low:.4f} to {row.value.high:.4f} | {audience[row.model]:.3f} |")  # fmt: skip
    print("\nTaught by\n| items | NDCG@10 | interval |\n|---|---|---|")
    for point in found.curve:
        print(f"| {point.items:,} | {point.value.mean:.4f} | {point.value.low:.4f} to {point.value.high:.4f} |")
    shown = found.models[2:6]
    for by in ("lengths", "popularity"):
        print(f"\nAudience AUC by {by}\n| | items | {' | '.join(shown)} |\n|{'---|' * (2 + len(shown))}")
        for part in found.parts(by):
            print(f"| {part.name} | {part.items} | {' | '.join(f'{value.mean:.3f}' for value in part.values[2:6])} |")
    sys.stdout.flush()


def _films() -> None:
    """Whether the tenth of the people who truly want a cold film most are those the carried text names."""
    dataset, truth = samples.load("films"), samples.truth("films")
    params = wals.suited(dataset)
    fit = wals.fit(dataset, params)
    cold = np.flatnonzero(truth.withheld)
    names = [encoder.space(dataset, TextParams(encoder=name)) for name in ENCODERS]
    print(f"\nfilms: the true audience (a tenth of {dataset.users.size:,} people) of {cold.size} cold films")
    print("| words | projector | AUC, mean | sd over films | worst film |\n|---|---|---|---|---|")
    for space in names:
        for method in projector.METHODS:
            values = np.array(cold_audience(space, fit, truth, cold, method))
            print(f"| {space.name} | {method} | {values.mean():.3f} | {values.std():.3f} | {values.min():.3f} |")
    sys.stdout.flush()


def cold_audience(space: Space, fit: wals.Factors, truth: samples.Truth, cold: np.ndarray, method: str) -> list[float]:
    """For each cold film, how far its true audience stands above the others by the carried text."""
    made = projector.learn(space, fit, ~np.isin(np.arange(len(fit.items)), cold), method=method)
    scores = fit.users @ made.carry(space.vectors, fit).T
    above = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    many = round(AUDIENCE * len(fit.users))
    return [auc(above[:, item], np.isin(np.arange(len(fit.users)), truth.audience(int(item), many))) for item in cold]


if __name__ == "__main__":
    sys.exit(run())
