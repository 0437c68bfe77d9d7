"""Work done once for everybody: held by fingerprint, made in the worker, waited for in the open."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from pages.shared.linked_map.drawings import Drawings
from pages.shared.uploads import Uploads
from textrec_core.data import samples, sources
from textrec_core.data.dataset import Dataset
from textrec_core.data.mapping import Mapping
from textrec_core.data.profile import Profile, profile
from textrec_core.data.repair import Repairs
from textrec_core.data.sources import Source
from textrec_core.evaluate import board, contest, recorded, sweep
from textrec_core.evaluate import probes as probing
from textrec_core.evaluate.ledger import Kept, Ledger
from textrec_core.fingerprint import fingerprint
from textrec_core.models import item_item, wals
from textrec_core.models.baselines import Chance, Popularity, RecentPopularity
from textrec_core.models.content import TextProfile
from textrec_core.models.scorer import Scorer
from textrec_core.share import shelf
from textrec_core.spaces import agreement as agree
from textrec_core.spaces import arrange, clusters, fidelity, graph, whole
from textrec_core.spaces import layout as places
from textrec_core.spaces.layout import stratified
from textrec_core.spaces.space import Space
from textrec_core.text import encoder, hub
from textrec_core.text.cautions import cautions
from textrec_core.work.jobs import Worker

ASSETS = Path(__file__).parents[2] / "assets"
# What outlives the server: every fit and its measurement.
LEDGER = Path(os.environ.get("TEXTREC_STATE", ASSETS.parent / "var")) / "ledger.db"
FIRST_SAMPLE = "films"


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """The one holder of uploaded data."""
    return Uploads()


@st.cache_resource(show_spinner=False)
def drawings() -> Drawings:
    """The one holder of what browsers fetch of maps."""
    return Drawings()


@st.cache_resource(show_spinner=False)
def worker() -> Worker:
    """The one worker of this server, warm from the first visit."""
    made = Worker()
    made.warm()
    return made


@st.cache_resource(show_spinner=False, max_entries=8)
def sample(name: str) -> Dataset:
    """A bundled sample."""
    return samples.load(name)


def have(dataset: Dataset, key: str) -> Any | None:
    """A finished result: from memory, or from what ships beside the samples; None where it must be made."""
    found = worker().result(key)
    if found is None and dataset.name in samples.NAMES:
        found = shelf.load(ASSETS / "samples" / "results", key)
        if found is not None:
            worker().keep(key, found)
    return found


def load_ahead() -> None:
    """Read the first sample and its results, and start the worker."""
    dataset = sample(FIRST_SAMPLE)
    for key in (wals.name_of(dataset, wals.suited(dataset)), text_space(dataset, encoder.TextParams())[0]):
        have(dataset, key)


Ask = tuple[str, str, Callable[..., Any], tuple[Any, ...]]


def factors(dataset: Dataset, params: wals.WalsParams) -> Ask:
    """What to ask for a WALS fit."""
    return wals.name_of(dataset, params), "Training WALS", recorded.fit, (dataset, params, LEDGER)


def text_space(dataset: Dataset, params: encoder.TextParams) -> Ask:
    """What to ask for a space of words."""
    chosen = encoder.choose(params)
    return (
        _text_name(fingerprint(dataset.fingerprint, params, chosen.fingerprint), dataset, params, chosen),
        f"Reading texts with {chosen.name}",
        encoder.space,
        (dataset, params, chosen),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _text_name(key: str, _dataset: Dataset, _params: encoder.TextParams, _chosen: encoder.Encoder) -> str:
    # Reading every text through for its name would otherwise be part of every run.
    return encoder.name_of(_dataset, _params, _chosen)


def offer_of(name: str) -> Ask:
    """What to ask for the size of a model that is not here."""
    return fingerprint("offer-of/1", name), f"Asking for {name}", hub.offer, (name,)


def fetched_key(name: str) -> str:
    """What a model that was fetched is found by."""
    return fingerprint("fetched/1", name)


def fetched(offered: hub.Offer) -> Ask:
    """What to ask for a model that was offered and accepted."""
    return fetched_key(offered.name), f"Fetching {offered.name}", hub.fetch, (offered,)


def cautions_of(dataset: Dataset) -> list[str]:
    """What a reader should know of the texts."""
    return _cautions(dataset.fingerprint, dataset)


@st.cache_resource(show_spinner=False, max_entries=16)
def _cautions(key: str, _dataset: Dataset) -> list[str]:
    return cautions(list(_dataset.texts))


def layout(space: Space, params: places.LayoutParams, near: graph.Graph | None = None) -> Ask:
    """What to ask for a map."""
    return places.name_of(space, params), f"Drawing the {space.name} map", places.lay_out, (space, params, near)


def neighbours(space: Space) -> Ask:
    """What to ask for the one neighbour graph of a space."""
    return graph.name_of(space), f"Finding neighbours in {space.name}", graph.build, (space,)


def fidelity_of(space: Space, drawn: places.Layout) -> Ask:
    """What to ask for how far a map can be trusted."""
    return fidelity.name_of(space, drawn), f"Checking the {space.name} map", fidelity.check, (space, drawn)


def wholes(one: Space, other: Space) -> Ask:
    """What to ask for two spaces compared as wholes."""
    return whole.name_of(one, other), f"Comparing {one.name} and {other.name}", whole.compare, (one, other)


def trails(words: Space, people: Space, params: places.LayoutParams) -> Ask:
    """What to ask for the joint map of both spaces."""
    name = arrange.trails_name(words, people, params)
    return name, "Drawing the joint map", arrange.trails, (words, people, params)


def clusters_of(dataset: Dataset, space: Space, params: clusters.ClusterParams) -> Ask:
    """What to ask for the clusters of a space."""
    name = clusters.name_of(dataset, space, params)
    return name, f"Grouping items in {space.name}", clusters.find, (dataset, space, params)


def probes(dataset: Dataset, spaces: tuple[Space, ...], params: probing.ProbeParams) -> Ask:
    """What to ask for what each space knows."""
    return probing.name_of(dataset, spaces, params), "Probing both spaces", probing.measure, (dataset, spaces, params)


def at_once(ask: Ask) -> Any:
    """The result of work so small that the worker's queue would take longer."""
    return _at_once(ask[0], ask)


def quick(function: Callable[..., Any], *arguments: Any, of: str) -> Any:
    """What a quick function makes, held under the function's name and ``of``, which names all that it is made from."""
    return _at_once(f"{function.__module__}.{function.__name__} {of}", ("", "", function, arguments))


@st.cache_resource(show_spinner=False, max_entries=64)
def _at_once(key: str, _ask: Ask) -> Any:
    _key, _label, function, arguments = _ask
    return function(*arguments)


def measurement(dataset: Dataset, params: wals.WalsParams, how: board.BoardParams, text: Space | None) -> Ask:
    """What to ask for a board."""
    name = board.name_of(dataset, params, how, text)
    return name, "Measuring on hidden items", recorded.measure, (dataset, params, how, text, LEDGER)


def ledger() -> Ledger:
    """The one ledger of this server."""
    return Ledger(LEDGER)


def swept(kept: Kept, metric: str, k: int) -> sweep.Sweep | None:
    """What is known of a sweep by now, by this metric at this length."""
    # Other starts of the best follow the last cell: what is read before their work is done does not hold after it.
    going = worker().job(kept.key) is not None
    return _swept(f"{kept.key} {len(kept.cells)} {going}", metric, k, kept)


@st.cache_resource(show_spinner=False, max_entries=64)
def _swept(key: str, metric: str, k: int, _kept: Kept) -> sweep.Sweep | None:
    return sweep.read(ledger(), _kept, metric, k)


def behaviour(fit: wals.Factors, dataset: Dataset | None = None) -> Space:
    """The space of behaviour that a fit spans; with its dataset it can be told from a space of other items."""
    return _behaviour(fit.fingerprint, "" if dataset is None else dataset.catalogue, fit)


@st.cache_resource(show_spinner=False, max_entries=32)
def _behaviour(key: str, catalogue: str, _fit: wals.Factors) -> Space:
    return Space("WALS", _fit.items, _fit.fingerprint, catalogue)


def space_named(name: str) -> Space | None:
    """The space of items with this fingerprint, if it was made or read lately."""
    found = worker().result(name)
    if isinstance(found, wals.Factors):
        return behaviour(found)
    return found if isinstance(found, Space) else None


def agreement(
    one: Space, other: Space, params: agree.AgreementParams, near: tuple[graph.Graph, graph.Graph] | None = None
) -> agree.Agreement:
    """Two spaces compared item by item; their graphs spare the search."""
    return _agreement(one.fingerprint, other.fingerprint, params.k, one, other, near)


@st.cache_resource(show_spinner="Comparing neighbours", max_entries=32)
def _agreement(
    one: str, other: str, k: int, _first: Space, _second: Space, _near: tuple[graph.Graph, graph.Graph] | None
) -> agree.Agreement:
    return agree.agreement(_first, _second, agree.AgreementParams(k), _near)


def scorers(dataset: Dataset, fit: wals.Factors, text: Space | None) -> dict[str, Scorer]:
    """Every model that is ready, by name."""
    ready = [_wals(fit.fingerprint, dataset, fit), Popularity(dataset)]
    if text is not None:
        ready.insert(1, TextProfile(dataset, text))
    return {scorer.name: scorer for scorer in ready}


# A larger table would fill the serving process; the board measures EASE at any size it is offered for.
EASE_SERVED = 5_000


def further(dataset: Dataset, params: wals.WalsParams, text: Space | None) -> list[Ask]:
    """What to ask for the models that stand beside the first ones: item-kNN, the blends' weights, EASE."""
    near, closed = item_item.KnnParams(), item_item.EaseParams()
    asks: list[Ask] = [
        (item_item.knn_name(dataset, near), "Comparing items", item_item.knn, (dataset, near)),
        (contest.weights_name(dataset, params, text), "Choosing how to blend", contest.weigh, (dataset, params, text)),
    ]
    if dataset.items.size <= EASE_SERVED:
        asks.append((item_item.ease_name(dataset, closed), "Solving EASE", item_item.ease, (dataset, closed)))
    return asks


def joined(
    dataset: Dataset, first: dict[str, Scorer], near: item_item.ItemItem, weights: contest.Weights,
    closed: item_item.ItemItem | None = None,
) -> dict[str, Scorer]:  # fmt: skip
    """The first models and the further ones, by name."""
    more: list[Scorer] = [_item_item(fit.fingerprint, dataset, fit) for fit in (near, closed) if fit is not None]
    if dataset.times is not None:
        more.append(RecentPopularity(dataset))
    all_ = {**first, **{scorer.name: scorer for scorer in [*more, Chance(dataset)]}}
    return {**all_, **{blend.name: blend for blend in contest.blends(dataset, all_, weights)}}


@st.cache_resource(show_spinner=False, max_entries=16)
def _item_item(key: str, _dataset: Dataset, _fit: item_item.ItemItem) -> Scorer:
    return item_item.scorer(_dataset, _fit)


@st.cache_resource(show_spinner=False, max_entries=256)
def board_rows(key: str, metric: str, k: int, by: str, part: int, _found: board.Board) -> tuple[board.Row, ...]:
    """A board's rows for one metric and length, for all people or one part of a slice."""
    return _found.rows(metric, k, _found.slices(by)[part][1] if by else None)


@st.cache_resource(show_spinner=False, max_entries=32)
def _wals(key: str, _dataset: Dataset, _fit: wals.Factors) -> Scorer:
    return wals.scorer(_dataset, _fit)


def ceilings(dataset: Dataset, params: wals.WalsParams) -> list[Ask]:
    """What to ask for the same fit from other seeds: the most that any space could agree with this one."""
    return [
        (wals.name_of(dataset, other), f"Training WALS from start {other.seed}", wals.fit, (dataset, other))
        for other in wals.other_starts(params)
    ]


@st.cache_resource(show_spinner=False, max_entries=8)
def _drawn_rows(key: str, most: int, _dataset: Dataset) -> np.ndarray:
    return stratified(_dataset.popularity, most)


def drawn_rows(dataset: Dataset, most: int) -> np.ndarray:
    """The items that maps show: all, or a sample that keeps every level of popularity."""
    return _drawn_rows(dataset.fingerprint, most, dataset)


def look(did: Source | None, about: Source | None) -> Ask:
    """What to ask for two files as they were read."""
    return fingerprint("look", _files(did, about)), "Reading the files", sources.look, (did, about)


def outcome(name: str, did: Source | None, about: Source | None, mapping: Mapping, repairs: Repairs) -> Ask:
    """What to ask for the data that two files come to."""
    key = fingerprint("outcome", name, _files(did, about), {**vars(mapping), "reasons": None}, repairs)
    return key, "Building the data", sources.build, (name, did, about, mapping, repairs)


def choices(did: Source | None, about: Source | None, mapping: Mapping, repairs: Repairs) -> Ask:
    """What to ask for the repairs that would change the data."""
    key = fingerprint("choices", _files(did, about), {**vars(mapping), "reasons": None}, repairs)
    return key, "Trying the repairs", sources.choices, (did, about, mapping, repairs)


def _files(*both: Source | None) -> list[object]:
    # Each upload has a path of its own, so no two visits ever share a name.
    return [one and [str(one.path), one.label, one.how, one.share, one.limits] for one in both]


def profile_of(dataset: Dataset) -> Profile:
    """What a Dataset looks like."""
    return _profile_of(dataset.fingerprint, dataset)


@st.cache_resource(show_spinner=False, max_entries=8)
def _profile_of(key: str, _dataset: Dataset) -> Profile:
    return profile(_dataset)
