"""The verbs of the two spaces: a dataset and parameters in, plain values out."""

import argparse
from typing import Any

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset
from textrec_core.headless import Params, spaces, write_table
from textrec_core.limits import LIMITS
from textrec_core.models import wals
from textrec_core.spaces import agreement as compare
from textrec_core.spaces import clusters as grouping
from textrec_core.spaces import fidelity, graph, people, summary, whole
from textrec_core.spaces.layout import LayoutParams, lay_out, stratified
from textrec_core.spaces.space import Space


def draw(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """Both maps of items or of people: places, and how many neighbours each keeps."""
    fit = wals.fit(dataset, params[wals.WalsParams])
    both = spaces(dataset, params, fit)
    table = pd.DataFrame({"item": dataset.items, "title": dataset.titles})
    if asked.of == "people":
        rows = stratified(np.diff(dataset.matrix.indptr), LIMITS.people_mapped)
        both = people.by_words(dataset, both[0], rows), people.by_behaviour(dataset, fit, rows)
        table = pd.DataFrame({"user": dataset.users[rows], "choices": np.diff(dataset.matrix.indptr)[rows]})
    layouts = [lay_out(space, params[LayoutParams], graph.build(space)) for space in both]
    checks = [fidelity.check(space, layout) for space, layout in zip(both, layouts, strict=True)]
    facts: dict[str, Any] = {
        "of": asked.of,
        "maps": [
            {
                "space": space.name,
                "method": layout.method,
                "kept_neighbours": layout.kept,
                "trustworthiness": check.trustworthiness,
                "fingerprint": layout.fingerprint,
            }
            for space, layout, check in zip(both, layouts, checks, strict=True)
        ],
    }
    for name, layout in zip(("words", "people"), layouts, strict=True):
        table[f"{name}_x"], table[f"{name}_y"] = layout.places.T.astype(float)
    if asked.out:
        write_table(asked.out, table)
        return {**facts, "out": str(asked.out)}
    places = table.to_dict("records")
    return {
        **facts,
        "places": [{key: None if value != value else value for key, value in row.items()} for row in places],
    }


def agree(dataset: Dataset, params: Params, _asked: argparse.Namespace) -> dict[str, Any]:
    """Agreement per item and of the wholes, with the chance floor and the ceiling of the same WALS from other seeds."""
    text, behaviour = spaces(dataset, params)
    how = params[compare.AgreementParams]
    near = {space.name: graph.build(space) for space in (text, behaviour)}
    found = compare.agreement(text, behaviour, how, (near[text.name], near[behaviour.name]))
    ceilings = []
    for start in wals.other_starts(params[wals.WalsParams]):
        again = wals.fit(dataset, start)
        other = Space("WALS, other seed", again.items, again.fingerprint, dataset.catalogue)
        near_other = graph.build(other)
        ceilings.append(
            (
                compare.agreement(behaviour, other, how, (near[behaviour.name], near_other)),
                whole.compare(behaviour, other),
            )
        )
    found_measures = summary.measures(found, whole.compare(text, behaviour), ceilings)
    rows = [
        {
            "item": dataset.items[row],
            "title": dataset.titles[row],
            "overlap": float(found.overlap[row]) if found.known[row] else None,
            "ranked": float(found.ranked[row]) if found.known[row] else None,
        }
        for row in range(dataset.items.size)
    ]
    return {
        "k": found.k,
        "mean": found.mean,
        "chance": found.chance,
        "ceiling": found_measures[0].ceiling,
        "measures": [
            {
                "measure": one.name,
                "value": one.value,
                "chance": one.chance,
                "ceiling": one.ceiling,
                "ceiling_low": one.lowest,
                "ceiling_high": one.highest,
            }
            for one in found_measures
        ],
        "recall": {name: one.recall for name, one in near.items()},
        "encoder": text.name,
        "items": rows,
    }


def clusters(dataset: Dataset, params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """The clusters of either space by name, and how many items lie in each pair of them."""
    both = spaces(dataset, params)
    found = [grouping.find(dataset, space, params[grouping.ClusterParams]) for space in both]
    table = pd.DataFrame({"item": dataset.items, "title": dataset.titles})
    for name, one in zip(("words", "people"), found, strict=True):
        table[f"{name}_cluster"] = one.labels()
    facts: dict[str, Any] = {
        "clusters": [
            {"space": one.space, "name": name, "items": int(size), "words": list(words), "attribute": attribute}
            for one in found
            for name, size, words, attribute in zip(one.names, one.sizes, one.words, one.attributes, strict=True)
        ],
        "contingency": grouping.contingency(*found).tolist(),
    }
    if asked.out:
        write_table(asked.out, table)
        return {**facts, "out": str(asked.out)}
    return {**facts, "items": table.to_dict("records")}
