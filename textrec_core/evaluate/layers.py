"""Which layers of an encoder serve this data? Every layer, mean and learned mix measured on items hidden from every fit."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from textrec_core.data.dataset import Dataset, build
from textrec_core.data.split import Split, new_items
from textrec_core.errors import DataError
from textrec_core.evaluate import mixing
from textrec_core.evaluate.board import Row, compared
from textrec_core.evaluate.hidden import HiddenParams, gain, judged
from textrec_core.evaluate.intervals import Interval, bootstrap, detectable
from textrec_core.evaluate.logme import logme
from textrec_core.fingerprint import fingerprint
from textrec_core.models import projector, wals
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.agreement import AgreementParams, agreement
from textrec_core.spaces.space import Space, unit
from textrec_core.text import depth
from textrec_core.text.encoder import AND, LSA, TextParams, choose, sentences
from textrec_core.text.folders import BUILT_IN
from textrec_core.text.pooling import Layers, Pooling, pool, untrained_pooler
from textrec_core.text.postprocess import METHODS, postprocess
from textrec_core.text.roberta import RobertaEncoder

Progress = Callable[[float, str], None]
LAYER, MEAN, MIX, POOLER, COUNTED = "one layer", "mean", "learned mix", "pooler, untrained", "word counts"
# What is often advised without a look at the data.
ADVISED = 4
# Texts read and ranked a second, all ways together: on two idle cores, and where many others work on them.
RATES = (35, 4)
FEWEST, MOST, TIMED, JUDGES = 10, 10_000, 32, 1_000


@dataclass(frozen=True)
class LayersParams:
    """What a person may tune."""

    encoder: str = tunable(BUILT_IN, meaning="Which RoBERTa is looked into: built-in, or a folder or hub name as on Train.")  # fmt: skip
    post: str = tunable(
        "centre",
        meaning="What is taken off every vector, so that unrelated texts are not all alike.",
        choices=METHODS,
        label="Post-processing of the vectors",
    )
    listed: int = tunable(10, 1, 100, "How many of the hidden items each judged list holds.", label="Items in a list")
    near: int = tunable(
        10, 1, 100, "How many nearest neighbours of each item are compared with those of WALS.", label="Neighbours"
    )
    mixed: int = tunable(
        ADVISED,
        2,
        48,
        "Over how many top layers the second mix is learned; the first is over all.",
        label="Top layers in the second mix",
    )
    share: float = tunable(
        0.2, 0.05, 0.5, "Which share of the items is hidden from every fit.", label="Share of items to hide"
    )
    seed: int = tunable(0, 0, 2**31 - 1, "Which items are hidden; another seed hides others.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Way:
    """One way to make a vector of the layers, and what it comes to.

    ``cosine`` is the mean over all pairs of different items before what they share is taken off, ``after`` the same
    after it; ``seconds`` are for a hundred texts up to the highest layer that is read.
    """

    name: str
    kind: str
    new_items: Row
    agrees: Interval
    logme: float
    cosine: float
    after: float
    seconds: float


@dataclass(frozen=True)
class Mixed:
    """A learned mix: the layers it is over, the share of each, and the held-out error at every step of learning."""

    name: str
    layers: tuple[int, ...]
    shares: tuple[float, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class LayerStudy:
    """Ways from best to worst on new items, each against the best, and the mixes that were learned.

    ``counted`` is the same of counted words, which need no encoder: what every way has to beat.
    """

    ways: tuple[Way, ...]
    counted: Way
    mixes: tuple[Mixed, ...]
    encoder: str
    layers: int
    items: int
    people: int
    chance: float
    seconds: float
    listed: int
    protocol: str
    notes: tuple[str, ...]
    fingerprint: str

    def advice(self) -> str:
        """What the measurement says of averaging the top four layers."""
        advised, best = _mean_of(ADVISED), self.ways[0]
        place, way = next(((place, way) for place, way in enumerate(self.ways, 1) if way.name == advised), (0, best))
        if not place:
            return f"{self.encoder} has {self.layers} layers; the advice to average the top {ADVISED} does not apply to it."
        figure = f"NDCG@{self.listed} {way.new_items.value.mean:.3f}"
        if place == 1:
            return f"The advice to take the {advised} holds here: first of {len(self.ways)} ways, {figure}."
        told = "more than chance among these people" if way.new_items.distinguishable else "not distinguishable"
        return (
            f"The advice to take the {advised} comes to place {place} of {len(self.ways)} here, {figure}. "
            f"The best is {best.name} with {best.new_items.value.mean:.3f}; the difference is {told}."
        )


def name_of(dataset: Dataset, params: wals.WalsParams, how: LayersParams) -> str:
    """The fingerprint that this study will carry."""
    return fingerprint("layers/1", dataset.fingerprint, params, how, reader(how.encoder).fingerprint)


def reader(name: str) -> RobertaEncoder:
    """The RoBERTa of this name."""
    made = choose(TextParams(encoder=name))
    if not isinstance(made, RobertaEncoder):
        raise DataError(
            f"{name[:80]!r} is not one RoBERTa and has no layers to compare.",
            f"Choose {BUILT_IN}, or the folder of one model.",
        )
    return made


def in_use(words: TextParams) -> str:
    """The first encoder with layers among those that the parameters name, else the built-in one."""
    names = [name.strip() for name in words.encoder.split(AND.strip())]
    return next((name for name in names if name != LSA), BUILT_IN)


def measure(
    dataset: Dataset, params: wals.WalsParams, how: LayersParams, on_progress: Progress | None = None
) -> LayerStudy:  # fmt: skip
    """Read every text once, learn the mixes on items held out from teaching, and rank the hidden items by each way."""
    tell = on_progress or (lambda _share, _words: None)
    encoder = reader(how.encoder)
    own, notes = spoken(dataset, how.seed)
    texts = sentences(own)
    start = time.perf_counter()
    read = encoder.read(texts, lambda share, words: tell(0.5 * share, words))
    seconds = time.perf_counter() - start
    some = np.random.default_rng(how.seed).permutation(len(texts))[:TIMED]
    reached = depth.seconds(encoder.network(), [texts[n] for n in some]) * 100 / some.size
    held = replace(params, rank=min(params.rank, *own.matrix.shape))
    split, people = judged(own, HiddenParams(how.listed, how.share, how.seed))
    fit = wals.fit(split.train, held, lambda share, words: tell(0.5 + 0.1 * share, f"WALS: {words}"))
    mixes = learn_mixes(read, split, held, how, lambda share, words: tell(0.6 + 0.15 * share, words))
    start = time.perf_counter()
    counts = choose(TextParams(encoder=LSA)).encode(texts)
    counting = (time.perf_counter() - start) * 100 / len(texts)
    every = [*_ways(read, mixes, reached, how.seed), (LSA.upper(), COUNTED, counts, counting)]
    gains, found, chance = [], [], 0.0
    for place, (name, kind, vectors, cost) in enumerate(every):
        tell(0.75 + 0.25 * place / len(every), f"ranking new items by {name}")
        space = Space(name, postprocess(vectors, how.post), f"{read.fingerprint} {name}")
        scores = projector.learn(space, fit).scores(space.vectors[split.candidates], fit, people)
        gains.append(gain(split, people, scores, how.listed))
        same = agreement(space, Space("WALS", fit.items, fit.fingerprint), AgreementParams(how.near))
        chance = same.chance
        rows = projector.teachers(space, fit)
        evidence = logme(space.directions[rows], fit.items[rows] - fit.items[rows].mean(axis=0))
        facts = (bootstrap(same.overlap[same.known]), evidence, alike(vectors), alike(space.vectors), cost)
        found.append((name, kind, facts))
    rows_by = {row.model: row for row in compared([name for name, *_rest in found[:-1]], np.stack(gains[:-1], axis=1))}
    ways = {name: Way(name, kind, rows_by[name], *facts) for name, kind, facts in found[:-1]}
    ranked = tuple(ways[name] for name in rows_by)
    name, kind, facts = found[-1]
    behind = gains[-1] - gains[[one for one, *_rest in found].index(ranked[0].name)]
    baseline = Row(name, bootstrap(gains[-1]), bootstrap(behind), detectable(bootstrap(behind)))
    return LayerStudy(
        ranked, Way(name, kind, baseline, *facts), tuple(mixes), encoder.label, read.count, own.items.size, people.size,
        chance, seconds, how.listed, f"{split.kind}, seed {split.seed}; ridge from each way to a fit without them",
        tuple(notes), name_of(dataset, params, how),
    )  # fmt: skip


def spoken(dataset: Dataset, seed: int) -> tuple[Dataset, list[str]]:
    """The data of the items that have a text, or of as many as can be read, and what was left out."""
    rows = np.flatnonzero([bool(text.strip()) for text in dataset.texts])
    if rows.size < FEWEST:
        raise DataError(
            f"{rows.size} items have a text; comparing layers needs at least {FEWEST}.",
            "Load an item table with texts for more of the items.",
        )
    notes = []
    if rows.size < dataset.items.size:
        silent = dataset.items.size - rows.size
        notes.append(
            f"{silent:,} item{'s' if silent > 1 else ''} without a text {'are' if silent > 1 else 'is'} left out."
        )
    if rows.size > MOST:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST, replace=False))
        notes.append(f"{MOST:,} items are drawn from those with a text.")
    place = np.full(dataset.items.size, -1)
    place[rows] = np.arange(rows.size)
    chosen = dataset.matrix.tocoo()
    kept = place[chosen.col] >= 0
    own = build(
        dataset.name, dataset.users, dataset.items[rows], (chosen.row[kept], place[chosen.col[kept]]), chosen.data[kept],
        titles=dataset.titles[rows], texts=dataset.texts[rows], note=dataset.note,
    )  # fmt: skip
    return own, notes


def cost(own: Dataset, name: str) -> str:
    """What measuring will take, in words."""
    low, high = (max(1, round(own.items.size / rate / 60)) for rate in RATES)
    each = (
        "every layer of the built-in RoBERTa"
        if name == BUILT_IN
        else f"every layer of {name}, if it is as small as the built-in"
    )
    minutes = f"about {low} minute{'s' if low > 1 else ''}" if low == high else f"{low} to {high} minutes"
    return (
        f"Reading {own.items.size:,} texts by {each} and ranking by each way takes {minutes}, the more the busier this machine is; "
        "it can be cancelled, and other pages stay in use."
    )


def learn_mixes(
    read: Layers, split: Split, params: wals.WalsParams, how: LayersParams, on_progress: Progress
) -> list[Mixed]:  # fmt: skip
    """The mix of all layers and that of the top ones, learned inside the teaching data: the hidden items play no part."""
    inner = new_items(split.train, how.share, (how.seed + 1) % 2**31)
    fit = wals.fit(inner.train, params, lambda share, words: on_progress(0.4 * share, f"WALS for the mixes: {words}"))
    known = np.asarray(read.mean[:, -1].any(axis=1))
    assert inner.candidates is not None
    held = inner.candidates[known[inner.candidates]]
    teach = np.flatnonzero(known & fit.items.any(axis=1) & ~np.isin(np.arange(known.size), held))
    chosen: np.ndarray = np.greater(inner.held_out[:, held].toarray(), 0)
    people = np.flatnonzero(chosen.any(axis=1))
    if held.size < 2 or people.size == 0 or teach.size < projector.FEWEST:
        raise DataError("Too few items are left to learn a mix from.", "Load texts for more items that people chose.")
    if people.size > JUDGES:
        people = np.sort(np.random.default_rng(how.seed).choice(people, JUDGES, replace=False))
    task = mixing.Task(
        np.arange(teach.size), teach.size + np.arange(held.size), fit.items[teach].astype(float),
        fit.users[people].astype(float), chosen[people],
    )  # fmt: skip
    rows = np.concatenate([teach, held])
    mixes = []
    for place, top in enumerate(sorted({read.count + 1, min(how.mixed, read.count)}, reverse=True)):
        name = f"learned mix of {'all layers' if top > read.count else f'the top {top} layers'}"
        share = 0.4 + 0.3 * place
        found = mixing.learn(
            read.mean[rows, -top:], task, lambda part, words: on_progress(share + 0.3 * part, f"{name}: {words}")  # noqa: B023
        )  # fmt: skip
        layers = tuple(range(read.count + 1 - top, read.count + 1))
        mixes.append(Mixed(name, layers, found.shares, found.losses))
    return mixes


def _mean_of(top: int) -> str:
    return f"mean of the top {top} layers"


def _ways(
    read: Layers, mixes: list[Mixed], reached: np.ndarray, seed: int
) -> list[tuple[str, str, np.ndarray, float]]:  # fmt: skip
    """Name, kind, vectors and seconds of every way to read the layers."""
    whole = float(reached[-1])
    found = []
    for layer in range(read.count + 1):
        what = " (the last)" if layer == read.count else " (word pieces alone)" if layer == 0 else ""
        vectors = pool(read, Pooling(layers="one", layer=layer))
        found.append((f"layer {layer}{what}", LAYER, vectors, float(reached[layer])))
    for top in range(2, read.count + 1):
        found.append((_mean_of(top), MEAN, pool(read, Pooling(layers="top", top=top)), whole))
    for mix in mixes:
        found.append((mix.name, MIX, pool(read, Pooling(layers="mix", shares=mix.shares)), whole))
    found.append(("pooler (untrained)", POOLER, untrained_pooler(read, seed), whole))
    return found


def alike(vectors: np.ndarray) -> float:
    """The mean cosine over all pairs of different items that say something."""
    directions = unit(vectors[vectors.any(axis=1)].astype(float))
    count = len(directions)
    return float((np.square(directions.sum(axis=0)).sum() - count) / max(1, count * (count - 1)))
