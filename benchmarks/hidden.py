"""How far words carry items that no fit has seen: ``python -m benchmarks hidden``.

ml-1m: 20 % of the items hidden and ranked among themselves by Wikipedia lead, title and genres, with the parameters
that the New item page has by default. films: the people who truly want each of the cold films most, found from its text.
"""

import argparse
import sys

import numpy as np
from scipy.stats import norm

from benchmarks.accuracy import load
from textrec_core.data import samples
from textrec_core.evaluate.hidden import Hidden, HiddenParams, auc, measure
from textrec_core.models import projector, wals
from textrec_core.models.projector import WITH_WORDS
from textrec_core.text import encoder, wording
from textrec_core.text.encoder import BUILT_IN, LSA, TextParams

# The default first; then the encoder alone, and TF-IDF folded to as many dimensions as it may have.
SPACES = (TextParams(), TextParams(encoder=BUILT_IN), TextParams(encoder=LSA, dimensions=512))
# NDCG@10 of others on this protocol, and what is aimed at: encoder with TF-IDF, encoder alone.
OTHERS = {"random": 0.047, "genres, ridge": 0.223, "TF-IDF, profile": 0.288, "TF-IDF, ridge": 0.340,
          "a 22M sentence encoder on title and genres, ridge": 0.344, "popularity oracle": 0.394, "WALS that saw the answers": 0.751}  # fmt: skip
TARGETS = {(0, WITH_WORDS): 0.36, (1, "ridge"): 0.33}
# A cold film's true audience, read in two ways. So many people who want it most, by the simulator's own tastes, each
# against all else that the same person wants: the first of these is what has to be found. And those who would have
# chosen it: who want it more than the last of as many films as they chose.
AUDIENCES, FOUND = (20, 150, 300), 0.8


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
    spaces = [encoder.space(dataset, params) for params in SPACES]
    params = wals.suited(dataset)
    found = []
    for seed in range(seeds):
        found.append(measure(dataset, params, HiddenParams(seed=seed), spaces))
        if seed == 0:
            _describe(found[0])
    means = np.array([[one.gains[:, n].mean() for n in range(len(one.models))] for one in found])
    print(f"\nMean of {seeds} draws\n| model | NDCG@10 | sd |\n|---|---|---|")
    for n in np.argsort(-means.mean(axis=0)):
        print(f"| {found[0].models[n]} | {means[:, n].mean():.4f} | {means[:, n].std():.4f} |")
    for name, value in OTHERS.items():
        print(f"| (others) {name} | {value:.3f} | |")
    for (place, method), target in TARGETS.items():
        name = f"{spaces[place].name}, {method}"
        value = means[:, found[0].models.index(name)].mean()
        print(f"{name}: {value:.4f}, target {target:.2f}: {'met' if value >= target else 'missed'}")
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
    shown = found.models[2:7]
    for by in ("lengths", "popularity"):
        print(f"\nAudience AUC by {by}\n| | items | {' | '.join(shown)} |\n|{'---|' * (2 + len(shown))}")
        for part in found.parts(by):
            print(f"| {part.name} | {part.items} | {' | '.join(f'{value.mean:.3f}' for value in part.values[2:7])} |")
    sys.stdout.flush()


def _films() -> None:
    """Whether the people who truly want a cold film most are those whom its text names, and who could name them better."""
    dataset, truth = samples.load("films"), samples.truth("films")
    fit, cold = wals.fit(dataset, wals.suited(dataset)), np.flatnonzero(dataset.popularity == 0)
    words = wording.learn(encoder.sentences(dataset)).rows
    scores = truth.scores(np.arange(dataset.users.size)).astype(float)
    wanted = against_own(scores)[:, cold]
    ways = {}
    for params in SPACES:
        space = encoder.space(dataset, params)
        for method in (WITH_WORDS, *projector.METHODS):
            taught = words if method == WITH_WORDS else None
            made = projector.learn(space, fit, method=method, words=taught)
            carried = made.carry(space.vectors, fit, taught)
            ways[f"{space.name}, {method}"] = against_own(fit.users @ carried.T)[:, cold]
    readable = truth.users[:, truth.readable].astype(float) @ truth.items[:, truth.readable].astype(float).T
    ways["(ceiling) any place in this fit, taught by other people's truth"] = best_place(fit.users, wanted)
    ways["(ceiling) the true tastes that words give away"] = against_own(readable)[:, cold]
    chosen = np.diff(dataset.matrix.indptr)
    bar = norm.ppf(chosen / (dataset.items.size - cold.size + 1))[:, None]
    ways["(floor) how many films each person chose"] = np.zeros_like(wanted)
    would = would_choose(scores, cold, chosen)
    print(
        f"\nfilms: the true audience of {cold.size} films that nobody chose, among {dataset.users.size:,} people.\n"
        "Audience: the people who want the film most by the simulator's tastes, each against all else the person wants.\n"
        "AUC: mean over films, and the sd over films for the first audience.\n"
        f"Would choose: the {would.sum(axis=0).mean():.0f} people a film on average who want it more than the last of as many films as "
        "they chose; with how many each chose added, and without."
    )
    print(f"| by | {' | '.join(f'{many} people' for many in AUDIENCES)} | sd | would choose | without how many |\n|{'---|' * (4 + len(AUDIENCES))}")  # fmt: skip
    for name, values in ways.items():
        areas = [areas_of(values, wanted, many) for many in AUDIENCES]
        both = " | ".join(
            f"{np.nanmean([auc(one[:, n], would[:, n]) for n in range(cold.size)]):.3f}"
            for one in (values + bar, values)
        )
        print(f"| {name} | {' | '.join(f'{area.mean():.3f}' for area in areas)} | {areas[0].std():.3f} | {both} |")
    value = areas_of(next(iter(ways.values())), wanted, AUDIENCES[0]).mean()
    print(f"{next(iter(ways))}, {AUDIENCES[0]} people: {value:.3f}, target {FOUND}: {'met' if value >= FOUND else 'missed'}")  # fmt: skip
    sys.stdout.flush()


def against_own(scores: np.ndarray) -> np.ndarray:
    """How far each item stands above the mean of the person's own scores, in their spread."""
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0))


def areas_of(found: np.ndarray, wanted: np.ndarray, many: int) -> np.ndarray:
    """For each film the AUC of who was found against the ``many`` people who truly want it most."""
    places = np.argsort(np.argsort(-wanted, axis=0, kind="stable"), axis=0)
    return np.array([auc(found[:, n], places[:, n] < many) for n in range(wanted.shape[1])])


def would_choose(scores: np.ndarray, cold: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Whether each person truly wants each cold film more than the last of as many others as the person chose."""
    others = -np.sort(-np.delete(scores, cold, axis=1), axis=1)
    last = np.take_along_axis(others, np.clip(chosen, 1, others.shape[1])[:, None] - 1, axis=1)
    return np.asarray(scores[:, cold] >= last)


def best_place(users: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """What the best place of each film in this fit says of people who did not teach it: ridge from half to the other half."""
    half = np.random.default_rng(0).permutation(len(users)) % 2 == 0
    out = np.empty_like(wanted)
    for known in (half, ~half):
        rows = users[known].astype(float)
        away = rows - rows.mean(axis=0)
        gram = away.T @ away
        hold = 0.01 * np.trace(gram) / len(gram)
        best = np.linalg.solve(gram + hold * np.eye(len(gram)), away.T @ (wanted[known] - wanted[known].mean(axis=0)))
        out[~known] = (users[~known] - rows.mean(axis=0)) @ best
    return out


if __name__ == "__main__":
    sys.exit(run())
