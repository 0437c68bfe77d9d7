"""How far words carry items that no fit has seen: ``python -m benchmarks hidden``.

ml-1m: 20 % of the items hidden and ranked among themselves by Wikipedia lead, title and genres, with the parameters
that the New item page has by default. films and shop: the people who truly want each item that nobody chose, found from its text.
ml-1m and games: who really chose the hidden items, and what the say of people's appetite does to their audiences.
"""

import argparse
import sys
from collections.abc import Mapping

import numpy as np

from benchmarks.accuracy import load
from textrec_core.data import samples
from textrec_core.data.split import new_items
from textrec_core.evaluate.hidden import ORACLE, Hidden, HiddenParams, auc, measure
from textrec_core.evaluate.newcomers import FEWEST_PEOPLE
from textrec_core.models import projector, wals
from textrec_core.models.projector import WITH_WORDS
from textrec_core.people import newcomer
from textrec_core.text import encoder, wording
from textrec_core.text.encoder import BUILT_IN, LSA, TextParams

# The default first; then the encoder alone, and TF-IDF folded to as many dimensions as it may have.
SPACES = (TextParams(), TextParams(encoder=BUILT_IN), TextParams(encoder=LSA, dimensions=512))
# NDCG@10 of others on this protocol, and what is aimed at: encoder with TF-IDF, encoder alone.
OTHERS = {"random": 0.047, "genres, ridge": 0.223, "TF-IDF, profile": 0.288, "TF-IDF, ridge": 0.340,
          "a 22M sentence encoder on title and genres, ridge": 0.344, "popularity oracle": 0.394, "WALS that saw the answers": 0.751}  # fmt: skip
TARGETS = {(0, WITH_WORDS): 0.36, (1, "ridge"): 0.33}
# A cold item's true audience, read in two ways, and both have to be found. So many people who want it most, by the
# simulator's own tastes, each against all else that the same person wants: the first of these has the target. And those
# who would have chosen it: who want it more than the last of as many items as they chose.
AUDIENCES, FOUND = (20, 150, 300), 0.8
# What else the say of appetite could be, beside the page's half; the length of an audience as the page shows it; and how
# many hidden items are drawn to see whom they find.
SAYS, SHOWN, DRAWN = (0.0, newcomer.APPETITE_SAY, 1.0), 10, 500


def run(words: list[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks hidden")
    parser.add_argument(
        "data", nargs="*", default=["ml-1m", "films"], help="which of ml-1m, films, games, shop (default the first two)"
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many times items are drawn and hidden (default 3)")
    asked = parser.parse_args(words)
    if "ml-1m" in asked.data:
        _ml_1m(asked.seeds)
    for name in ("ml-1m", "games"):
        if name in asked.data:
            _choosers(name)
    for name in ("films", "shop"):
        if name in asked.data:
            _simulated(name)
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
    # By what the oracle says people are told apart by how much they choose alone.
    columns = (found.models.index(ORACLE), *range(2, 7))
    for by in ("lengths", "popularity"):
        print(
            f"\nAudience AUC by {by}\n| | items | {' | '.join(found.models[n] for n in columns)} |\n|{'---|' * (2 + len(columns))}"
        )
        for part in found.parts(by):
            print(f"| {part.name} | {part.items} | {' | '.join(f'{part.values[n].mean:.3f}' for n in columns)} |")
    sys.stdout.flush()


def _simulated(name: str) -> None:
    """Whether the people who truly want an item that nobody chose are those whom its text names, and who could name them better."""
    dataset, truth = samples.load(name), samples.truth(name)
    fit, cold = wals.fit(dataset, wals.suited(dataset)), np.flatnonzero(dataset.popularity == 0)
    words = wording.learn(encoder.sentences(dataset)).rows
    scores = truth.scores(np.arange(dataset.users.size)).astype(float)
    wanted = against_own(scores)[:, cold]
    plain = {}
    for params in SPACES:
        space = encoder.space(dataset, params)
        for method in (WITH_WORDS, *projector.METHODS):
            taught = words if method == WITH_WORDS else None
            made = projector.learn(space, fit, method=method, words=taught)
            plain[f"{space.name}, {method}"] = fit.users @ made.carry(space.vectors, fit, taught).T
    ways = {name: against_own(said)[:, cold] for name, said in plain.items()}
    readable = truth.users[:, truth.readable].astype(float) @ truth.items[:, truth.readable].astype(float).T
    ways["(ceiling) any place in this fit, taught by other people's truth"] = best_place(fit.users, wanted)
    ways["(ceiling) the true tastes that words give away"] = against_own(readable)[:, cold]
    chosen, appetites = np.diff(dataset.matrix.indptr), newcomer.appetite(dataset)
    would = truth.choosers(cold, chosen)
    print(
        f"\n{name}: the true audience of {cold.size} items that nobody chose, among {dataset.users.size:,} people, in the page's order.\n"
        "Audience: the people who want the item most by the simulator's tastes, each against all else the person wants.\n"
        "AUC: mean over items, and the sd over items for the first audience.\n"
        f"Would choose: the {would.sum(axis=0).mean():.0f} people an item on average who want it more than the last of as many items as they chose.\n"
        "Ceilings are ordered by wants alone, and for who would choose by wants and all of appetite."
    )
    print(f"| by | {' | '.join(f'{many} people' for many in AUDIENCES)} | sd | would choose |\n|{'---|' * (3 + len(AUDIENCES))}")  # fmt: skip
    ways["(floor) how many items each person chose"] = np.zeros_like(wanted)
    for name, wants in ways.items():
        # A ceiling takes for either reading the order that would be exact.
        likely = newcomer.likeliness(wants, appetites)
        by_want, by_choice = (wants, wants + appetites[:, None]) if "ceiling" in name else (likely, likely)
        areas = [areas_of(by_want, most(wanted, many)) for many in AUDIENCES]
        print(f"| {name} | {' | '.join(f'{area.mean():.3f}' for area in areas)} | {areas[0].std():.3f} | {area_of(by_choice, would):.3f} |")  # fmt: skip
    default = next(iter(plain))
    read = {f"{AUDIENCES[0]} people": most(wanted, AUDIENCES[0]), "would choose": would}
    print(f"\nBy {default}:")
    _says(read, ways[default], appetites, chosen, plain[default][:, cold])
    likely, floor = (newcomer.likeliness(wants, appetites) for wants in (ways[default], np.zeros_like(wanted)))
    for name, people in read.items():
        value = area_of(likely, people)
        print(f"{name}: {value:.3f}, by activity alone {area_of(floor, people):.3f}, target {FOUND}: {'met' if value >= FOUND else 'missed'}")  # fmt: skip
    sys.stdout.flush()


def _choosers(name: str) -> None:
    """Who really chose items that were hidden whole, found by their texts with more or less of a say for appetite."""
    dataset = load(name)
    split = new_items(dataset)
    assert split.candidates is not None
    fit, space = wals.fit(split.train, wals.suited(dataset)), encoder.space(dataset, SPACES[0])
    known = split.candidates[space.known[split.candidates] & (dataset.popularity[split.candidates] >= FEWEST_PEOPLE)]
    hidden = np.sort(np.random.default_rng(0).permutation(known)[:DRAWN])
    bridge = newcomer.build(space, fit, encoder.sentences(dataset))
    items = [(str(dataset.titles[row]), str(dataset.texts[row])) for row in hidden]
    carried = np.stack([one.carried for one in newcomer.meet(items, space.directions[hidden], bridge, fit)])
    print(f"\n{name}: who really chose {hidden.size:,} hidden items, among {dataset.users.size:,} people")
    _says(
        {"chose it": dataset.matrix[:, hidden].toarray() > 0}, newcomer.wants(fit, bridge, carried), newcomer.appetite(split.train),
        np.diff(split.train.matrix.indptr), fit.users @ carried.T,
    )  # fmt: skip


def _says(
    people: Mapping[str, np.ndarray], wants: np.ndarray, appetites: np.ndarray, chosen: np.ndarray, scores: np.ndarray
) -> None:  # fmt: skip
    """How well each order finds these people, and whom it names first."""
    busiest = np.zeros(chosen.size, bool)
    busiest[np.argsort(-chosen, kind="stable")[: chosen.size // 10]] = True
    orders = {f"wants, and {say:g} of appetite": wants + say * appetites[:, None] for say in SAYS}
    orders |= {"plain scores": scores, "(floor) activity alone": np.repeat(appetites[:, None], wants.shape[1], axis=1)}
    print(f"| people ordered by | {' | '.join(people)} | different people in the first {SHOWN} of {wants.shape[1]} items | of them the busiest tenth | "
          f"choices of one of them (of anybody {chosen.mean():.0f}) |\n|{'---|' * (4 + len(people))}")  # fmt: skip
    for name, order in orders.items():
        first = np.argsort(-order, axis=0, kind="stable")[:SHOWN]
        found = " | ".join(f"{area_of(order, some):.3f}" for some in people.values())
        print(f"| {name} | {found} | {np.unique(first).size:,} of {first.size:,} | {busiest[first].mean():.0%} | {chosen[first].mean():.0f} |")  # fmt: skip
    sys.stdout.flush()


def against_own(scores: np.ndarray) -> np.ndarray:
    """How far each item stands above the mean of the person's own scores, in their spread."""
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0))


def most(wanted: np.ndarray, many: int) -> np.ndarray:
    """Whether each person is among the ``many`` who want each item most."""
    return np.asarray(np.argsort(np.argsort(-wanted, axis=0, kind="stable"), axis=0) < many)


def areas_of(found: np.ndarray, people: np.ndarray) -> np.ndarray:
    """For each item the AUC of who was found against who they truly are; nan where they are nobody."""
    return np.array([auc(found[:, n], people[:, n]) for n in range(people.shape[1])])


def area_of(found: np.ndarray, people: np.ndarray) -> float:
    """The mean of these areas over the items that have people."""
    return float(np.nanmean(areas_of(found, people)))


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
