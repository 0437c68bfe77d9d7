"""A catalogue and parameters in; simulated people, what they chose and when, and the truth behind it out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from textrec_core.data import diary
from textrec_core.data.names import invented_names
from textrec_core.data.tastes import ItemTastes, item_tastes, nostalgia
from textrec_core.data.truth import Truth
from textrec_core.data.wordfields import rows_of_length_one
from textrec_core.params import check_limits, tunable

# What the last taste is called: everybody has it alike.
CROWD = "what everybody knows"
# How far tastes of either kind spread a person's wants, in units of the noise of one choice.
STRENGTH_READABLE, STRENGTH_HIDDEN = 6.5, 2.0
# How much less the least known item is wanted than the best known, and how long the fall is put off: a third of a
# catalogue is about equally well known, and the last third hardly at all.
OBSCURITY, PUT_OFF = 44.0, 3.0
# What one further product of a kind is worth to a person who took a better one of that kind.
SUBSTITUTE_LOSS = 4.0
FEWEST, MOST = 5, 400
# One item in nineteen, up to 40, is never chosen; as many are chosen by fewer than five people.
WITHHELD_SHARE, WITHHELD, FEW = 19, 40, 5
# From this many choices of an item on average, none stays cold by accident.
COMFORTABLE = 20


@dataclass(frozen=True)
class SimulateParams:
    """What a person may tune."""

    people: int = tunable(3_000, 10, 50_000, "How many people there are.")
    interactions: int = tunable(50, 5, 200, "How many different items a person chooses on average.")
    noise: float = tunable(
        1.0, 0.0, 5.0, "How much of each choice is chance; 0 and everyone takes what they want most."
    )
    sparsity: float = tunable(0.0, 0.0, 0.95, "The share of what happened that was never recorded.")
    popularity_bias: float = tunable(1.0, 0.0, 3.0, "How strongly everybody is drawn to what is famous.")
    words_tell: float = tunable(
        0.5, 0.0, 1.0, "How much of what people want can be read in the words; 0 is nothing, 1 is all."
    )
    tastes: int = tunable(2, 1, 12, "How many kinds of item each person is drawn to; fewer is easier to learn.")
    seed: int = tunable(0, 0, 2**31 - 1, "Where chance begins; the same seed gives the same people, to the byte.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, eq=False)
class Simulated:
    """``events`` has a row for each time something was chosen: user, item, time (seconds since 1970), weight."""

    users: np.ndarray
    items: np.ndarray
    events: pd.DataFrame
    truth: Truth


def simulate(items: pd.DataFrame, params: SimulateParams) -> Simulated:
    """Let invented people live with a catalogue for three years; the same input gives the same bytes."""
    # One stream for each concern: turning one knob leaves the other draws as they were.
    naming, known, living, cold, coming, choosing, writing, losing = np.random.default_rng(params.seed).spawn(8)
    names, ids = invented_names(naming, params.people), items["id"].to_numpy(object)
    offered = item_tastes(items, params.words_tell)
    fame = _fame(items, known)
    withheld = _withheld(fame, len(items), cold)
    wants = _people(offered, params, living)
    truth = Truth(
        users=np.column_stack([wants, np.ones(params.people)]).astype(np.float32),
        items=np.column_stack([offered.loadings, params.popularity_bias * fame]).astype(np.float32),
        tastes=np.append(offered.names, CROWD),
        readable=np.append(offered.readable, False),
        word_share=offered.word_share.astype(np.float32),
        withheld=withheld,
    )
    arrivals = diary.arrivals(items, params.people, coming)
    chosen = _choose(items, truth, arrivals, params, choosing)
    events = _recorded(diary.write(items, chosen, truth, arrivals, writing), params, losing)
    events = events.assign(user=names[events["user"].to_numpy()], item=ids[events["item"].to_numpy()])
    return Simulated(names, ids, events, truth)


def _fame(items: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """An appeal to everybody that falls ever faster from the best known to the least, led by known fame where there is any."""
    drawn = rng.standard_normal(len(items))
    if "fame" in items:
        drawn = 0.7 * drawn + 0.9 * items["fame"].to_numpy(float)
    depth = np.argsort(np.argsort(-drawn, kind="stable"), kind="stable") / len(items)
    return -OBSCURITY * depth**PUT_OFF


def _people(offered: ItemTastes, params: SimulateParams, rng: np.random.Generator) -> np.ndarray:
    """What each person wants of each taste: what reads like a few items they love, and what no words tell."""
    people, count = params.people, len(offered.loadings)
    wants = np.zeros((people, offered.names.size))
    readable = np.flatnonzero(offered.readable)
    words = rows_of_length_one(offered.loadings[:, readable])
    for _ in range(params.tastes):
        liked = rng.integers(count, size=people)
        wants[:, readable] += rng.gamma(2.0, 0.5, people)[:, None] * words[liked]
    wants[:, offered.hidden] = _hidden_wants(offered.names[offered.hidden], people, rng)
    for part, strength in ((offered.readable, STRENGTH_READABLE), (offered.hidden, STRENGTH_HIDDEN)):
        # Measured as if each kind spoke alone, so that neither gains by the shape of its scale.
        alone = rows_of_length_one(offered.loadings[:, part])
        spread = (wants[:, part] @ alone.T).std(axis=1, keepdims=True)
        wants[:, part] *= strength / np.maximum(spread, 1e-9)
    return wants


def _hidden_wants(names: np.ndarray, people: int, rng: np.random.Generator) -> np.ndarray:
    """A third live with children, a third are film-club people; the rest would rather not; all were fifteen once."""
    wants = np.zeros((people, names.size))
    fifteen = 1955.0 + 65.0 * rng.beta(2.5, 1.5, people)
    for place, name in enumerate(names):
        if name.startswith("young in"):
            wants[:, place] = nostalgia(fifteen, np.array([float(name.rsplit(" ", 1)[1])]))[:, 0]
        elif name.startswith("fans of"):
            wants[:, place] = 1.2 * (rng.random(people) < 0.05)
        elif name.startswith("for "):
            wants[:, place] = (rng.random(people) < 0.2) * rng.gamma(3.0, 0.4, people)
        else:
            wants[:, place] = np.where(rng.random(people) < 0.35, 1.0, -0.4) * rng.gamma(6.0, 1 / 6, people)
    return wants


def _withheld(fame: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Which items stay cold, spread evenly from the least to the most famous."""
    each = min(WITHHELD, count // WITHHELD_SHARE)
    withheld = np.zeros(count, np.int8)
    ranks = np.argsort(fame, kind="stable")
    for step in np.array_split(ranks, each) if each else []:
        none, few = rng.permutation(step)[:2]
        withheld[none], withheld[few] = 1, 2
    return withheld


def _choose(
    items: pd.DataFrame, truth: Truth, arrivals: diary.Arrivals, params: SimulateParams, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs come about: each person's best, by wants plus chance, among what there was time for."""
    withheld = truth.withheld
    # The largest of wants plus Gumbel noise are drawn without replacement, in proportion to exp(wants).
    keys = truth.users.astype(float) @ truth.items.T.astype(float)
    keys += params.noise * rng.gumbel(size=keys.shape)
    keys += np.log(arrivals.overlap() + 1e-9)
    if "kind" in items:
        _spare_substitutes(keys, items["kind"].to_numpy())
    most = min(MOST, int(0.6 * len(items)))
    activity = _activity(params, most, rng)
    best = -np.sort(-keys, axis=1)
    # How each person's want of a cold item compares with the last thing they would have taken.
    margin = keys[:, withheld == 2] - np.take_along_axis(best, activity[:, None] - 1, axis=1)
    taken = np.zeros(keys.shape, bool)
    for place, item in enumerate(np.flatnonzero(withheld == 2)):
        keen = rng.permutation(np.flatnonzero(margin[:, place] >= 0))
        if keen.size == 0:
            keen = np.argsort(-margin[:, place], kind="stable")
        taken[keen[: rng.integers(1, FEW)], item] = True
    keys[:, withheld > 0] = -np.inf
    order = np.argsort(-keys, axis=1, kind="stable")
    left = activity - taken.sum(axis=1)
    person, rank = np.nonzero(np.arange(len(items))[None, :] < left[:, None])
    taken[person, order[person, rank]] = True
    if taken.sum() >= COMFORTABLE * len(items):
        _find_a_few(taken, keys - np.take_along_axis(best, activity[:, None] - 1, axis=1), withheld, most)
    rows, columns = np.nonzero(taken)
    return rows, columns


def _find_a_few(taken: np.ndarray, margin: np.ndarray, withheld: np.ndarray, most: int) -> None:
    """Whatever is not cold on purpose is chosen by at least ``FEW``: those who came nearest to it, in place."""
    for item in np.flatnonzero((withheld == 0) & (taken.sum(axis=0) < FEW)):
        open_to_it = np.flatnonzero((taken.sum(axis=1) < most) & ~taken[:, item])
        nearest = open_to_it[np.argsort(-margin[open_to_it, item], kind="stable")]
        taken[nearest[: FEW - int(taken[:, item].sum())], item] = True


def _activity(params: SimulateParams, most: int, rng: np.random.Generator) -> np.ndarray:
    """How many items each person chooses: few for most people, very many for some."""
    drawn = np.exp(0.95 * rng.standard_normal(params.people))
    drawn *= params.interactions / drawn.mean()
    for _ in range(8):
        # Clipping moves the mean; scale again until it is the one asked for.
        drawn *= params.interactions / np.clip(drawn, FEWEST, most).mean()
    return np.clip(np.round(drawn), FEWEST, most).astype(int)


def _spare_substitutes(keys: np.ndarray, kinds: np.ndarray) -> None:
    """Whoever took the best of a kind needs the next one less, in place."""
    for kind in np.unique(kinds):
        members = np.flatnonzero(kinds == kind)
        if members.size > 1:
            rank = np.argsort(np.argsort(-keys[:, members], axis=1, kind="stable"), axis=1, kind="stable")
            keys[:, members] -= SUBSTITUTE_LOSS * rank


def _recorded(events: pd.DataFrame, params: SimulateParams, rng: np.random.Generator) -> pd.DataFrame:
    """What is left when a share went unrecorded; each person's first event stays."""
    kept = rng.random(len(events)) >= params.sparsity
    kept |= ~events["user"].duplicated().to_numpy()
    return events[kept].reset_index(drop=True)
