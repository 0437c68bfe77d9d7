"""What is read, mended and set aside while a Dataset is built, gathered as it happens."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from textrec_core.data.tables import Table
from textrec_core.limits import Limits

FAULTY_COLUMNS = ("table", "row", "reason", "text")


@dataclass(frozen=True)
class Effect:
    """What one repair did, in numbers and in a sentence."""

    repair: str
    touched: int
    sentence: str


class Ledger:
    """Open while building; an Intake is made of it at the end."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.counts: dict[str, int] = {}
        self.dropped: dict[str, int] = {}
        self.effects: list[Effect] = []
        self.notes: list[str] = []
        self._parts: list[pd.DataFrame] = []
        self._listed = 0

    def count(self, name: str, number: int) -> None:
        """Record one figure."""
        self.counts[name] = int(number)

    def note(self, sentence: str) -> None:
        """Record something a person should know."""
        if sentence:
            self.notes.append(sentence)

    def effect(self, repair: str, touched: int, sentence: str) -> None:
        """Record what a repair did, if it did anything."""
        if touched:
            self.effects.append(Effect(repair, int(touched), sentence))

    def take_over(self, table: Table) -> None:
        """Rows that were set aside while the file was read."""
        for reason, count in table.faulty["reason"].value_counts().items():
            self._add(table, str(reason), int(count))
        room = max(0, self.limits.faulty_listed - self._listed)
        rows = table.faulty.head(room)
        self._parts.append(rows.assign(table=table.label)[list(FAULTY_COLUMNS)])
        self._listed += len(rows)

    def drop(self, table: Table, rows: np.ndarray, reason: str) -> None:
        """Rows set aside now, by position; every one is counted, the first ones are listed."""
        if not rows.size:
            return
        self._add(table, reason, int(rows.size))
        listed = rows[: max(0, self.limits.faulty_listed - self._listed)]
        cells = table.frame.iloc[listed]
        words = [" | ".join(cell[:100] for cell in row)[:500] for row in cells.itertuples(index=False, name=None)]
        numbers = table.row_numbers[listed]
        self._parts.append(
            pd.DataFrame(
                {"table": table.label, "row": numbers, "reason": reason, "text": words}, columns=list(FAULTY_COLUMNS)
            )
        )
        self._listed += listed.size

    def faulty(self) -> pd.DataFrame:
        """The listed rows, in the order of the tables."""
        parts = [part for part in self._parts if len(part)]
        if not parts:
            return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in FAULTY_COLUMNS})
        return pd.concat(parts, ignore_index=True).sort_values(["table", "row"], kind="stable", ignore_index=True)

    def _add(self, table: Table, reason: str, count: int) -> None:
        key = f"{table.label}: {reason}"
        self.dropped[key] = self.dropped.get(key, 0) + count
