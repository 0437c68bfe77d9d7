"""A Dataset in; what it looks like out: how much there is, when, how strong, how long, in which language."""

from dataclasses import dataclass

import numpy as np

from textrec_core.data import language
from textrec_core.data.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Profile:
    """Counts of one Dataset; ``months`` and ``events`` are empty where no times are known."""

    density: float
    activity: np.ndarray
    popularity: np.ndarray
    top_share: float
    months: np.ndarray
    events: np.ndarray
    first: str
    last: str
    lengths: np.ndarray
    weights: np.ndarray
    language: language.Hint

    @property
    def cold(self) -> int:
        """How many items nobody has chosen."""
        return int((self.popularity == 0).sum())


def profile(dataset: Dataset) -> Profile:
    """Everything the Data page and ``check`` say of a Dataset."""
    popularity = dataset.popularity
    months, events, first, last = np.array([], "datetime64[M]"), np.array([], np.int64), "", ""
    if dataset.times is not None and dataset.times.size:
        when = dataset.times.astype("datetime64[s]")
        first, last = str(when.min().astype("datetime64[D]")), str(when.max().astype("datetime64[D]"))
        number = when.astype("datetime64[M]").astype(np.int64)
        # Months without any event are months too.
        events = np.bincount(number - number.min())
        months = (number.min() + np.arange(events.size)).astype("datetime64[M]")
    top = np.sort(popularity)[::-1][: max(1, round(0.1 * popularity.size))]
    return Profile(
        density=dataset.interactions / max(1, dataset.users.size * dataset.items.size),
        activity=np.diff(dataset.matrix.indptr),
        popularity=popularity,
        top_share=float(top.sum() / max(1, popularity.sum())),
        months=months,
        events=events,
        first=first,
        last=last,
        lengths=np.array([len(str(text).split()) for text in dataset.texts], np.int64),
        weights=dataset.matrix.data,
        language=language.hint([str(text) for text in dataset.texts]),
    )


def facts(found: Profile) -> dict[str, float | int | str | None]:
    """The same in plain values."""
    filled = found.lengths[found.lengths > 0]
    return {
        "density": found.density,
        "items_per_person_median": float(np.median(found.activity)) if found.activity.size else None,
        "people_per_item_median": float(np.median(found.popularity)) if found.popularity.size else None,
        "share_of_top_tenth": found.top_share,
        "items_never_chosen": found.cold,
        "first_day": found.first or None,
        "last_day": found.last or None,
        "texts": int(filled.size),
        "words_per_text_median": float(np.median(filled)) if filled.size else None,
        "weight_lowest": float(found.weights.min()) if found.weights.size else None,
        "weight_highest": float(found.weights.max()) if found.weights.size else None,
        "language_hint": found.language.language or None,
    }
