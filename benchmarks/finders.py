"""Interesting people at the size of ml-1m: what one click takes in the worker, each kind from nothing."""

from functools import partial

from benchmarks import real_data
from benchmarks.rows import Row, alone, timed
from pages.shared import cached
from textrec_core.data.split import random_per_person
from textrec_core.models import wals
from textrec_core.people import finder
from textrec_core.text.encoder import TextParams

REPEATS = 3


def rows() -> list[Row]:
    """Seconds of each kind; the training that the judged ones wait for stands in a row of its own."""
    dataset = real_data.load("ml-1m")
    if dataset is None:
        return []
    params = wals.suited(dataset)
    fit = wals.fit(dataset, params)
    _key, _label, read, arguments = cached.text_space(dataset, TextParams())
    text = read(*arguments)
    apart = random_per_person(dataset)
    training = timed(lambda: wals.fit(apart.train, params))
    found = [alone("finders, training without what is hidden", [training.wall], None, "ml-1m")]
    for kind, label in finder.KINDS.items():
        factors = training.result if kind in finder.JUDGED else fit
        search = partial(finder.find, kind, dataset, factors, text, apart)
        seconds = [timed(search).wall for _ in range(REPEATS)]
        found.append(alone(f"finders, {label.lower()}", seconds, None, "ml-1m"))
    return found
