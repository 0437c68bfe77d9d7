"""Parameters declared once: the check, the slider, the flag and the help all come from one line."""

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar, get_type_hints

from textrec_core.errors import DataError

P = TypeVar("P")
Value = bool | int | float | str


@dataclass(frozen=True)
class Tunable:
    """One thing a person may tune, with its limits and its meaning in one line."""

    name: str
    kind: type
    default: Value
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    meaning: str
    said: str = ""

    @property
    def label(self) -> str:
        """What a person reads beside the widget."""
        return self.said or self.name.replace("_", " ").capitalize()

    def check(self, value: object) -> None:
        """Raise ``DataError`` unless the value is of the declared kind and within the limits."""
        label = self.name.replace("_", " ")
        if self.kind is bool:
            if not isinstance(value, bool):
                raise DataError(f"{label} is {value!r}; it must be true or false.", self.meaning)
        elif self.choices:
            if value not in self.choices:
                raise DataError(f"{label} is {value!r}; it must be one of {', '.join(self.choices)}.", self.meaning)
        elif self.kind is str:
            if not isinstance(value, str):
                raise DataError(f"{label} is {value!r}; it must be text.", self.meaning)
        else:
            self._check_number(label, value)

    def _check_number(self, label: str, value: object) -> None:
        whole = self.kind is int
        allowed = int if whole else (int, float)
        # A whole number may be too large for the float that isfinite and the format g would make of it.
        if isinstance(value, bool) or not isinstance(value, allowed) or value != value or abs(value) == math.inf:
            noun = "a whole number" if whole else "a number"
            raise DataError(f"{label} is {value!r}; it must be {noun}.", self.meaning)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            shown = f"{value:g}" if abs(value) < 1e300 else "far too large"
            raise DataError(f"{label} is {shown}; it must lie between {self.low:g} and {self.high:g}.", self.meaning)

    def read(self, words: str) -> Value:
        """The value written in ``words``, as a flag or an address gives it."""
        if self.kind is bool:
            if words.lower() in {"true", "yes", "1"}:
                return True
            if words.lower() in {"false", "no", "0"}:
                return False
            raise DataError(f"{self.name} is {words!r}; it must be true or false.", self.meaning)
        if self.kind is str:
            return words
        try:
            return int(words) if self.kind is int else float(words)
        except ValueError:
            noun = "a whole number" if self.kind is int else "a number"
            raise DataError(f"{self.name} is {words!r}; it must be {noun}.", self.meaning) from None


def tunable(
    default: Value,
    low: float | None = None,
    high: float | None = None,
    meaning: str = "",
    *,
    choices: tuple[str, ...] = (),
    label: str = "",
) -> Any:
    """A dataclass field that carries its own limits and meaning, and a label where its name would say too little."""
    about = {"limits": (low, high), "choices": choices, "meaning": meaning, "label": label}
    return field(default=default, metadata=about)


def declared(kind: type) -> list[Tunable]:
    """What may be tuned in a parameter class, in the order written."""
    hints = get_type_hints(kind)
    found = []
    for entry in fields(kind):
        if "meaning" in entry.metadata:
            assert entry.default is not MISSING
            low, high = entry.metadata["limits"]
            found.append(
                Tunable(
                    entry.name, hints[entry.name], entry.default, low, high,
                    entry.metadata["choices"], entry.metadata["meaning"], entry.metadata["label"],
                )
            )  # fmt: skip
    return found


def check_limits(params: object) -> None:
    """Raise ``DataError`` for the first field outside its declaration."""
    for entry in declared(type(params)):
        entry.check(getattr(params, entry.name))


def read_params(kind: type[P], words: Mapping[str, str]) -> P:
    """Parameters from written words; names that are not declared are left to others."""
    return kind(**{entry.name: entry.read(words[entry.name]) for entry in declared(kind) if entry.name in words})
