"""How well each pooling ranks new items: ``python -m benchmarks.encoder.poolings [DATA ...] [--seeds N] [--encoder NAME]``.

A fifth of the items that have a text is hidden, WALS is fitted to the rest, and the hidden items are ranked among
themselves for everybody who chose one of them: by a ridge from texts to factors, and by the mean direction of what a
person chose. NDCG@10, mean of the splits. The data is looked for in ``TEXTREC_DATA`` (default ``../shared/data``).
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from benchmarks.accuracy import load
from textrec_core.data import samples
from textrec_core.data.dataset import Dataset, build
from textrec_core.models import projector, wals
from textrec_core.spaces.space import Space, unit
from textrec_core.text import roberta
from textrec_core.text.encoder import BUILT_IN, sentences
from textrec_core.text.lsa import LsaEncoder
from textrec_core.text.pooling import Layers, Pooling, pool, untrained_pooler
from textrec_core.text.postprocess import METHODS, postprocess

SETS = ("ml-latest-small", "games", "films")
HIDDEN, TOP, MOST_PEOPLE = 0.2, 10, 4_000


def texts_of(dataset: Dataset) -> list[str]:
    """Title and text as the app reads them; where a set has titles alone, those."""
    read = sentences(dataset)
    return read if any(read) else [f"{title}." if title else "" for title in dataset.titles]


def ways(layers: int) -> dict[str, Pooling]:
    """Every pooling that is compared; a learned mix needs people's choices and stands in the layers lab."""
    tops = {f"mean of top {n}": Pooling(layers="top", top=n) for n in range(2, layers + 1)}
    ones = {f"layer {n}": Pooling(layers="one", layer=n) for n in range(layers)}
    beside = {f"top {n} side by side": Pooling(layers="concatenated", top=n) for n in (2, layers)}
    return {"last layer": Pooling(), **tops, **ones, **beside, "first token": Pooling("first")}


def spaces(read: Layers, words: np.ndarray, lsa: bool) -> Iterator[tuple[str, str, np.ndarray]]:
    """Every pooling centred; and the last layer and the top mean after every other post-processing."""
    for name, how in ways(read.count).items():
        yield name, "centre", joined(pool(read, how), words, "centre", 1, lsa)
    yield "untrained pooler", "centre", joined(untrained_pooler(read, 0), words, "centre", 1, lsa)
    for name in ("last layer", "mean of top 2", f"mean of top {read.count}"):
        vectors = pool(read, ways(read.count)[name])
        for method in METHODS:
            for removed in (1, 3, 8) if method.startswith("remove") else (1,):
                if method != "centre":
                    label = f"{method} {removed}" if method.startswith("remove") else method
                    yield name, label, joined(vectors, words, method, removed, lsa)


def joined(vectors: np.ndarray, words: np.ndarray, method: str, removed: int, lsa: bool) -> np.ndarray:
    """The vectors after post-processing, with LSA beside them at the same length where that is asked for."""
    made = postprocess(vectors, method, removed)
    return np.hstack([unit(made), words]) if lsa else made


def without(dataset: Dataset, hidden: np.ndarray) -> Dataset:
    """The same people and items; nobody chose what is hidden."""
    matrix = dataset.matrix.tocoo()
    kept = ~hidden[matrix.coords[1]]
    pairs = matrix.coords[0][kept], matrix.coords[1][kept]
    return build(dataset.name, dataset.users, dataset.items, pairs, matrix.data[kept])


def ndcg(scores: np.ndarray, chosen: csr_array) -> np.ndarray:
    """NDCG@10 of each person's scores against what they chose."""
    top = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    hits = np.take_along_axis(chosen.toarray() > 0, top, axis=1)
    discount = 1 / np.log2(np.arange(2, TOP + 2))
    ideal = np.cumsum(discount)[np.minimum(np.diff(chosen.indptr), TOP) - 1]
    return np.asarray((hits * discount[: hits.shape[1]]).sum(axis=1) / ideal)


def main() -> None:
    """Print one table for each data set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("data", nargs="*", default=list(SETS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--encoder", default=BUILT_IN)
    asked = parser.parse_args()
    for name in asked.data:
        dataset = samples.load(name) if name in samples.NAMES else load(name)
        compare(name, dataset, texts_of(dataset), asked.seeds, asked.encoder)


def compare(name: str, dataset: Dataset, texts: list[str], seeds: int, encoder: str) -> None:
    """Every pooling, alone and beside LSA, by ridge and by profile."""
    read = roberta.find(encoder).read(texts)
    words = unit(postprocess(LsaEncoder(128).encode(texts), "centre"))
    found: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        known = read.mean.any(axis=(1, 2)) & (dataset.popularity > 0)
        hidden = known & (rng.random(known.size) < HIDDEN)
        shown = without(dataset, hidden)
        fit = wals.fit(shown, wals.suited(shown))
        truth = csr_array(dataset.matrix[:, np.flatnonzero(hidden)])
        people = np.flatnonzero((np.diff(truth.indptr) > 0) & (np.diff(shown.matrix.indptr) > 0))
        if people.size > MOST_PEOPLE:
            people = np.sort(rng.choice(people, MOST_PEOPLE, replace=False))
        truth = csr_array(truth[people])
        row: dict[tuple[str, str], list[float]] = defaultdict(list)
        for lsa in (False, True):
            ways_here = [*spaces(read, words, lsa), ("LSA 128 alone", "centre", words)]
            for pooling, post, vectors in ways_here:
                space = Space(pooling, vectors.astype(np.float32), f"{name} {pooling} {post} {lsa}")
                learned = projector.learn(space, fit, known & ~hidden)
                ridge = learned.carry(space.vectors[hidden], fit)
                profile = unit(shown.matrix[people] @ space.directions) @ space.directions[hidden].T
                row[pooling, post] += [
                    float(ndcg(fit.users[people] @ ridge.T, truth).mean()), float(ndcg(profile, truth).mean()),
                ]  # fmt: skip
        for key, values in row.items():
            found[key].append(values)
        print(f"split {seed} of {name}: {people.size:,} people, {int(hidden.sum()):,} hidden items", flush=True)
    print(f"\n{name}: NDCG@10, mean of {seeds} splits (sd between splits of the first column in brackets)")
    print("| RoBERTa's vector | post-processing | ridge | profile | ridge, with LSA | profile, with LSA |")
    print("|---|---|---|---|---|---|")
    for (pooling, post), rows in sorted(found.items(), key=lambda entry: -np.mean([row[2] for row in entry[1]])):
        first, *rest = np.mean(rows, axis=0)
        spread = np.std([row[0] for row in rows])
        print(f"| {pooling} | {post} | {first:.4f} ({spread:.4f}) | " + " | ".join(f"{one:.4f}" for one in rest) + " |")
    print(flush=True)


if __name__ == "__main__":
    main()
