"""Files as they came in; what they hold, what they come to, and what other choices would change, out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from textrec_core.data import intake, mapping, sampling, tables, trial
from textrec_core.data import profile as profiles
from textrec_core.data.dataset import Dataset
from textrec_core.data.doctor import Overlap, Suggestion
from textrec_core.data.intake import Intake
from textrec_core.data.mapping import Mapping
from textrec_core.data.memory import TooLarge
from textrec_core.data.profile import Profile
from textrec_core.data.repair import Repairs
from textrec_core.data.tables import Reading, Table
from textrec_core.data.trial import Rule, Trial
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS, MEBI, Limits

Progress = Callable[[float, str], None]
PREVIEWED = 20
# A larger table is read again when it is needed again, rather than kept.
KEPT_BYTES = 64 * MEBI


@dataclass(frozen=True)
class Source:
    """A file, what it is called in sentences, how it is to be read, which share of its people, and within which limits."""

    path: Path
    label: str
    how: Reading = field(default_factory=Reading)
    share: float = 1.0
    limits: Limits = LIMITS

    def table(self) -> Table:
        """What the file holds."""
        return _kept(self) if len(self.content()) <= KEPT_BYTES else _read(self)

    def content(self) -> bytes:
        """Its bytes."""
        try:
            return self.path.read_bytes()
        except OSError as problem:
            raise DataError(f"{self.label} cannot be read: {problem.strerror}.", "Check the path.") from problem


def _read(source: Source) -> Table:
    data = source.content()
    if source.share < 1.0:
        return sampling.read_sample(data, source.label, source.share, source.limits, source.how)
    return tables.read(data, source.label, source.limits, source.how)


# Every choice is tried on the same two tables.
_kept = lru_cache(maxsize=2)(_read)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A file as it was read: its first rows and what was set aside; or why it could not be read.

    ``parts`` are the tables or sheets to choose from where there are several, ``share`` what would fit of a file
    that is too large.
    """

    rows: int = 0
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    head: pd.DataFrame = field(default_factory=pd.DataFrame)
    parts: tuple[str, ...] = ()
    problem: DataError | None = None
    share: float | None = None


@dataclass(frozen=True, eq=False)
class Look:
    """Both files as they were read, and the mapping that seems right."""

    interactions: Sheet | None
    items: Sheet | None
    mapping: Mapping


@dataclass(frozen=True, eq=False)
class Outcome:
    """What two files come to: a Dataset with its account, or the problem that is left; and the doctor's findings."""

    dataset: Dataset | None
    intake: Intake | None
    profile: Profile | None
    rules: tuple[Rule, ...]
    problem: DataError | None = None
    overlap: Overlap | None = None
    suggestion: Suggestion | None = None


@dataclass(frozen=True, eq=False)
class Choices:
    """The counts as they are, and the single choices that would change them."""

    base: dict[str, int]
    found: tuple[Trial, ...]


def look(did: Source | None, about: Source | None, on_progress: Progress | None = None) -> Look:
    """Read both files and guess which column is what; a file that cannot be read is said and left out."""
    read: dict[str, Table] = {}
    sheets: dict[str, Sheet] = {}
    for name, source in (("interactions", did), ("items", about)):
        if source is not None:
            if on_progress:
                on_progress(0.5 * len(sheets), source.label)
            sheets[name] = _sheet(source, name, read)
    found = mapping.guess(read.get("interactions"), read.get("items")) if read else Mapping()
    return Look(sheets.get("interactions"), sheets.get("items"), found)


def _sheet(source: Source, name: str, read: dict[str, Table]) -> Sheet:
    parts: tuple[str, ...] = ()
    try:
        parts = tables.parts(source.content(), source.label, source.limits)
        table = read[name] = source.table()
    except TooLarge as problem:
        return Sheet(parts=parts, problem=problem, share=problem.share)
    except DataError as problem:
        return Sheet(parts=parts, problem=problem)
    names = tuple(str(column) for column in table.frame.columns)
    head = table.frame.iloc[:PREVIEWED, :12].map(lambda cell: cell[:200])
    head.insert(0, "\0row", table.row_numbers[:PREVIEWED].astype(np.int64))
    return Sheet(len(table.frame), names, table.notes, head, parts)


def build(
    name: str, did: Source | None, about: Source | None, chosen: Mapping, repairs: Repairs,
    on_progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """What the files come to under a mapping and repairs."""
    one, other = _tables(did, about, on_progress)
    rules = tuple(trial.rules(one, chosen, repairs)) if one is not None and _holds(one, chosen) else ()
    if on_progress:
        on_progress(0.5, "building")
    try:
        made, account = intake.build(name, one, other, chosen, repairs)
    except intake.NoOverlap as problem:
        return Outcome(None, None, None, rules, problem, problem.shared, problem.suggestion)
    except DataError as problem:
        return Outcome(None, None, None, rules, problem)
    return Outcome(made, account, profiles.profile(made), rules, overlap=account.overlap, suggestion=account.suggestion)


def choices(
    did: Source | None, about: Source | None, chosen: Mapping, repairs: Repairs, on_progress: Progress | None = None
) -> Choices:
    """Every single repair that would change what the files come to."""
    one, other = _tables(did, about, on_progress)
    base, found = trial.trials(one, other, chosen, repairs, on_progress=on_progress)
    return Choices(base, tuple(found))


def _tables(
    did: Source | None, about: Source | None, on_progress: Progress | None
) -> tuple[Table | None, Table | None]:
    if on_progress:
        on_progress(0.0, "reading")
    one, other = (None if source is None else source.table() for source in (did, about))
    return one, other


def _holds(table: Table, chosen: Mapping) -> bool:
    try:
        replace(chosen, item_id=None).check(table, None)
    except DataError:
        return False
    return True
