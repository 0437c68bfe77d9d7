"""What is asked of the worker about sweeps, runs and splits."""

from pages.shared import cached
from pages.shared.cached import Ask
from textrec_core.data import strips
from textrec_core.data.dataset import Dataset
from textrec_core.evaluate import board, compare, confirm, cost, sweep
from textrec_core.evaluate.ledger import Run
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS
from textrec_core.models import wals


def whole(dataset: Dataset, plan: sweep.Plan) -> Ask:
    """What to ask for a sweep; it is done in turns, so that others need not wait for its end."""
    turn = (dataset, plan, cached.LEDGER, float(LIMITS.sweep_turn_seconds))
    return sweep.name_of(dataset, plan), "Sweeping", sweep.run, turn


def price(dataset: Dataset, plan: sweep.Plan, done: int) -> Ask:
    """What to ask for what a sweep will cost from here."""
    key = fingerprint("price/1", sweep.name_of(dataset, plan), done)
    return key, "Trying two sweeps to tell the cost", cost.estimate, (dataset, plan, cached.LEDGER)


def confirmation(dataset: Dataset, several: tuple[wals.WalsParams, ...], how: board.BoardParams) -> Ask:
    """What to ask for a choice on other hidden items."""
    return confirm.name_of(dataset, several, how), "Measuring on other hidden items", confirm.confirm, (dataset, several, how, cached.LEDGER)  # fmt: skip


# From how many random starts two configurations are trained to be compared.
STARTS = 3


def comparison(dataset: Dataset, one: Run, other: Run, starts: int = 1) -> Ask:
    """What to ask for two runs side by side; from several starts it is their configurations that are compared."""
    key = compare.name_of(one.key, other.key, starts)
    return key, "Comparing both runs", compare.compare, (dataset, one, other, cached.LEDGER, starts)


def strip(dataset: Dataset, how: board.BoardParams) -> Ask:
    """What to ask for a picture of who learns what."""
    return strips.name_of(dataset, how.split, how.hidden_share, how.split_seed), "Splitting", strips.draw, (dataset, how.split, how.hidden_share, how.split_seed)  # fmt: skip
