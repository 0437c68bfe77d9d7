"""What the verbs about one person and one item do: a dataset and parameters in, plain values out."""

import argparse
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.sources import Source
from textrec_core.errors import DataError
from textrec_core.evaluate import newcomers
from textrec_core.headless import MODELS, Params, spaces, write_table
from textrec_core.models import wals
from textrec_core.people import newcomer
from textrec_core.people import recommend as people
from textrec_core.people import tables as tabled
from textrec_core.people.around import other_tastes
from textrec_core.people.tables import reasons
from textrec_core.spaces.space import Space
from textrec_core.text import placing
from textrec_core.text.cautions import of_one
from textrec_core.text.encoder import TextParams, parts, sentence, sentences
from textrec_core.text.folders import BUILT_IN


def why(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """The shares of one score; without an item, of the first in the list."""
    if asked.user is None:
        raise DataError("No person was named.", "Give --user ID.")
    user = dataset.user_row(asked.user)
    item = None if asked.item is None else dataset.item_row(asked.item)
    scorer = MODELS[asked.model](dataset, params)
    if item is None:
        first = people.top_k(dataset, scorer, user, 1).items
        if first.size == 0:
            raise DataError("This person has chosen every item.", "Name an item with --item ID.")
        item = int(first[0])
    found = scorer.why(user, item)
    if found is None:
        raise DataError(f"{scorer.name} gives no reasons.", "Choose another model.")
    rows = reasons(dataset, found, found.items.size)
    shares = [
        {"because_of": because, "share": share}
        for because, share in zip(rows["Because of"], rows["Share"], strict=True)
    ]
    return {
        "model": scorer.name,
        "fingerprint": scorer.fingerprint,
        "user": asked.user,
        "item": dataset.items[item],
        "title": dataset.titles[item],
        "score": found.score,
        "base": found.base,
        "shares": shares,
    }


def audience(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """The people who have not chosen an item and would be given it first, each with the choice that speaks most for it."""
    if asked.item is None:
        raise DataError("No item was named.", "Give --item ID.")
    item = dataset.item_row(asked.item)
    people.check_length(asked.k)
    scorer = MODELS[asked.model](dataset, params)
    table = tabled.audience(dataset, scorer, item, dataset.users.size)
    if len(table) > 1 and np.ptp(table["Score"]) == 0:
        raise DataError(
            f"{scorer.name} says the same of everybody for this item, so nobody stands out.",
            "Choose another model: words tell of an item with a text, WALS of one that people chose.",
        )
    table = table.head(asked.k).reset_index(drop=True)
    rows = np.array([dataset.user_row(str(user)) for user in table["Person"]], int)
    table["because_of"] = other_tastes(dataset, scorer, rows, item)
    table = table.rename(columns={"Person": "user", "Score": "score", "Choices": "choices"})
    facts = {
        "model": scorer.name, "fingerprint": scorer.fingerprint, "item": asked.item, "title": dataset.titles[item],
        "chosen_by": int(dataset.popularity[item]), "k": asked.k,
    }  # fmt: skip
    if asked.out:
        write_table(asked.out, table)
        return {**facts, "rows": len(table), "out": str(asked.out)}
    return {**facts, "audience": table.to_dict("records")}


def project(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """New items met by their texts: neighbours, likeliest people, places in lists, and how far to trust it."""
    items = _new_items(asked)
    people.check_length(asked.k)
    newcomer.check_boost(asked.boost)
    fit = wals.fit(dataset, params[wals.WalsParams])
    words, behaviour = spaces(dataset, params, fit)
    bridge = newcomer.build(words, fit, sentences(dataset))
    source = placing.source(dataset, params[TextParams], words)
    read = placing.place(source, [sentence(*item) for item in items])
    found = newcomer.meet(items, read.directions, bridge, fit, asked.boost)
    scorer = wals.scorer(dataset, fit)
    facts: dict[str, Any] = {
        "model": scorer.name, "fingerprint": fit.fingerprint, "encoder": words.name, "projector": bridge.projector.fingerprint,
        "k": asked.k, "boost": asked.boost,
    }  # fmt: skip
    met = newcomers.meet(dataset, params[wals.WalsParams], words) if asked.trust else None
    if asked.out:
        table = newcomer.summary(dataset, scorer, bridge, found, (words, behaviour), asked.k)
        if met is not None:
            bands = [newcomers.trust(met, words, new.words) if new.speaks else None for new in found]
            for name, part in (
                ("Trust", "middle"),
                ("Trust from", "low"),
                ("Trust to", "high"),
                ("By activity", "floor"),
            ):
                table[name] = [np.nan if band is None else float(getattr(band, part)) for band in bands]
        write_table(asked.out, table)
        return {**facts, "rows": len(table), "out": str(asked.out)}
    read_by_built_in = BUILT_IN in parts(params[TextParams].encoder)
    return {
        **facts,
        "items": [
            {**_met(dataset, scorer, bridge, one, (words, behaviour), asked.k, met), "caution": of_one(one.text) if read_by_built_in else ""}
            for one in found
        ],
    }  # fmt: skip


def _new_items(asked: argparse.Namespace) -> list[tuple[str, str]]:
    if asked.new is not None and asked.text is not None:
        raise DataError("Both a text and a table of new items were named.", "Give --text or --new FILE, not both.")
    if asked.new is not None and asked.title is not None:
        raise DataError("A table of new items has its own titles.", "Give --title with --text, or leave it out.")
    if asked.new is not None:
        return newcomer.read_file(Source(asked.new, asked.new.name))
    newcomer.check(asked.title or "", asked.text or "")
    return [(asked.title or "New item", asked.text)]


def _met(
    dataset: Dataset, scorer: wals.WalsScorer, bridge: newcomer.Bridge, new: newcomer.Newcomer, both: tuple[Space, Space], k: int,
    met: newcomers.Met | None,
) -> dict[str, Any]:  # fmt: skip
    likely = newcomer.likely(dataset, scorer, bridge, new, k)
    rename = {"Person": "user", "Place": "place", "Because of": "because_of", "Choices": "choices"}
    near = {
        name: newcomer.near(dataset, space, vector, k)[["Title", "Cosine"]].rename(columns=str.lower).to_dict("records")
        for name, space, vector in zip(("near_in_words", "near_in_behaviour"), both, (new.words, new.vector), strict=True)
    }  # fmt: skip
    facts: dict[str, Any] = {"title": new.title, "understood": new.speaks, **near, "audience": likely.rename(columns=rename).to_dict("records")}  # fmt: skip
    if not new.speaks:
        return {**facts, "middle_place": None, "in_first_k": None, "trust": None}
    middle, share, _people = newcomer.expected(dataset, scorer.factors, new, k)
    band = None if met is None else newcomers.trust(met, both[0], new.words)
    trust = (
        None
        if band is None
        else {"middle": band.middle, "low": band.low, "high": band.high, "by_activity": band.floor, "items": band.items}
    )
    return {**facts, "middle_place": middle, "in_first_k": share, "trust": trust}
