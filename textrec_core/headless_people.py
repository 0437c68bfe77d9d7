"""What the verbs about one person and one item do: a dataset and parameters in, plain values out."""

import argparse
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.headless import MODELS, Params, write_table
from textrec_core.people import recommend as people
from textrec_core.people import tables as tabled
from textrec_core.people.around import other_tastes
from textrec_core.people.tables import reasons


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
    table = tabled.audience(dataset, scorer, item, asked.k)
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
