"""A catalogue and parameters in; simulated people, what they chose and when, and the truth behind it out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from textrec_core.data import diary
from textrec_core.data.names import invented_names
from textrec_core.data.tastes import ItemTastes, item_tastes, nostalgia
from textrec_core.data.truth import Truth
from textrec_core.params import check_limits, tunable

# How far tastes spread wants, in units of the noise of one choice.
STRENGTH_READABLE, STRENGTH_HIDDEN = 6.5, 2.0
# How much less the least known item is wanted than the best known, in units of the noise of one choice.
OBSCURITY = 38.0
FLAT = 3.0
# What one further product of a kind is worth to a person who took a better one of that kind.
SUBSTITUTE_LOSS = 4.0
FEWEST, MOST = 5, 400
# One item in twenty is never chosen and as many hardly ever, up to these counts.
WITHHELD = 40
FEW = 5


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
    streams = np.random.default_rng(params.seed).spawn(6)
    users = invented_names(streams[0], params.people)
    offered = item_tastes(items, params.words_tell)
    fame = _fame(items, streams[1])
    wants = _people(items, offered, params, streams[2])
    scale = params.popularity_bias * fame
    truth_users = np.column_stack([wants, np.ones(params.people)]).astype(np.float32)
    truth_items = np.column_stack([offered.loadings, scale]).astype(np.float32)
    withheld = _withheld(fame, len(items), streams[3])
    arrivals = diary.arrivals(items, params.people, streams[4])
    chosen = _choose(items, truth_users, truth_items, withheld, arrivals, params, streams[3])
    events = diary.write(items, chosen, truth_users, truth_items, truth_tastes(offered), arrivals, streams[5])
    events = _recorded(events, params, streams[3])
    events["user"] = users[events["user"].to_numpy()]
    events["item"] = items["id"].to_numpy(object)[events["item"].to_numpy()]
    truth = Truth(
        truth_users, truth_items, truth_tastes(offered), np.append(offered.readable, False),
        offered.word_share.astype(np.float32), withheld,
    )  # fmt: skip
    return Simulated(users, items["id"].to_numpy(object), events, truth)


def truth_tastes(offered: ItemTastes) -> np.ndarray:
    """The names of all tastes, the crowd's last."""
    return np.append(offered.names, "what everybody knows")


def _fame(items: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """An appeal to everybody that falls ever faster from the best known to the least, led by known fame where there is any."""
    drawn = rng.standard_normal(len(items))
    if "fame" in items:
        drawn = 0.7 * drawn + 0.9 * items["fame"].to_numpy(float)
    depth = np.argsort(np.argsort(-drawn, kind="stable"), kind="stable") / len(items)
    return -OBSCURITY * depth**FLAT


def _people(
    items: pd.DataFrame, offered: ItemTastes, params: SimulateParams, rng: np.random.Generator
) -> np.ndarray:  # fmt: skip
    """What each person wants of each taste: like a few items by their words, and in ways no words tell."""
    people, count = params.people, len(items)
    wants = np.zeros((people, offered.names.size))
    readable = np.flatnonzero(offered.readable)
    words = offered.loadings[:, readable]
    lengths = np.sqrt((words**2).sum(axis=1, keepdims=True))
    words = np.divide(words, lengths, out=np.zeros_like(words), where=lengths > 0)
    for _ in range(params.tastes):
        liked = rng.integers(count, size=people)
        wants[:, readable] += rng.gamma(2.0, 0.5, people)[:, None] * words[liked]
    wants[:, readable] /= np.sqrt((wants[:, readable] ** 2).sum(axis=1, keepdims=True)) + 1e-9
    wants[:, offered.hidden] = _hidden_wants(offered.names[offered.hidden], people, rng)
    for part, strength in ((offered.readable, STRENGTH_READABLE), (offered.hidden, STRENGTH_HIDDEN)):
        # Measured as if each kind spoke alone, so that neither gains by the shape of its scale.
        alone = offered.loadings[:, part]
        lengths = np.sqrt((alone**2).sum(axis=1, keepdims=True))
        alone = np.divide(alone, lengths, out=np.zeros_like(alone), where=lengths > 0)
        spread = (wants[:, part] @ alone.T).std(axis=1, keepdims=True)
        wants[:, part] *= strength / np.maximum(spread, 1e-9)
    return wants


def _hidden_wants(names: np.ndarray, people: int, rng: np.random.Generator) -> np.ndarray:
    """A third live with children, a third go to the film club, ... and everyone was fifteen once."""
    wants = np.zeros((people, names.size))
    fifteen = 1955.0 + 65.0 * rng.beta(2.5, 1.5, people)
    for place, name in enumerate(names):
        if name.startswith("young in"):
            wants[:, place] = 1.0 * nostalgia(fifteen, np.array([float(name.rsplit(" ", 1)[1])]))[:, 0]
        elif name.startswith("fans of"):
            wants[:, place] = 1.2 * (rng.random(people) < 0.05)
        elif name.startswith("for "):
            wants[:, place] = (rng.random(people) < 0.2) * rng.gamma(3.0, 0.4, people)
        else:
            wants[:, place] = np.where(rng.random(people) < 0.35, 1.0, -0.4) * rng.gamma(6.0, 1 / 6, people)
    return wants


def _withheld(fame: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Which items stay cold, spread evenly from the least to the most famous."""
    each = min(WITHHELD, count // 20)
    withheld = np.zeros(count, np.int8)
    ranks = np.argsort(fame, kind="stable")
    for half in np.array_split(ranks, each):
        none, few = rng.permutation(half)[:2]
        withheld[none], withheld[few] = 1, 2
    return withheld


def _choose(
    items: pd.DataFrame, users: np.ndarray, offers: np.ndarray, withheld: np.ndarray,
    arrivals: diary.Arrivals, params: SimulateParams, rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Which pairs come about: each person's best, by wants plus chance, among what there was time for."""
    keys = users.astype(float) @ offers.T.astype(float)
    keys += params.noise * rng.gumbel(size=keys.shape)
    keys += np.log(arrivals.overlap() + 1e-9)
    if "kind" in items:
        _spare_substitutes(keys, items["kind"].to_numpy())
    most = min(MOST, int(0.6 * len(items)))
    activity = _activity(params, most, rng)
    best = -np.sort(-keys, axis=1)
    # How each person's want of a cold item compares with the last thing they would have taken.
    margin = keys[:, withheld == 2] - np.take_along_axis(best, activity[:, None] - 1, axis=1)
    keys[:, withheld > 0] = -np.inf
    order = np.argsort(-keys, axis=1, kind="stable")
    taken = np.zeros(keys.shape, bool)
    np.put_along_axis(taken, order, np.arange(len(items))[None, :] < activity[:, None], axis=1)
    for place, item in enumerate(np.flatnonzero(withheld == 2)):
        keen = rng.permutation(np.flatnonzero(margin[:, place] >= 0))
        if keen.size == 0:
            keen = np.argsort(-margin[:, place], kind="stable")
        taken[keen[: rng.integers(1, FEW)], item] = True
    rows, columns = np.nonzero(taken)
    return rows, columns


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
