"""The verbs of the labs: a dataset and parameters in, plain values out."""

import argparse
from dataclasses import asdict
from typing import Any

from textrec_core.data.dataset import Dataset
from textrec_core.evaluate import layers as lab
from textrec_core.evaluate.intervals import Interval
from textrec_core.headless import Params
from textrec_core.models import wals


def layers(dataset: Dataset, params: Params, _asked: argparse.Namespace) -> dict[str, Any]:
    """Every way to read an encoder's layers, from best to worst on new items, and the mixes that were learned."""
    found = lab.measure(dataset, params[wals.WalsParams], params[lab.LayersParams])
    ways = [*enumerate(found.ways, 1), (None, found.counted)]
    return {
        "protocol": found.protocol, "encoder": found.encoder, "layers": found.layers, "items": found.items,
        "people": found.people, "seconds": found.seconds, "chance": found.chance, "notes": list(found.notes),
        "advice": found.advice(), "ways": [{"place": place, **_way(way)} for place, way in ways],
        "mixes": [asdict(mix) for mix in found.mixes],
    }  # fmt: skip


def _way(way: lab.Way) -> dict[str, Any]:
    row = way.new_items
    return {
        "way": way.name, "kind": way.kind, "ndcg": row.value.mean, "ndcg_interval": _ends(row.value),
        "behind": row.behind.mean, "behind_interval": _ends(row.behind), "distinguishable": row.distinguishable,
        "agreement": way.agrees.mean, "agreement_interval": _ends(way.agrees), "logme": way.logme,
        "cosine_before": way.cosine, "cosine_after": way.after, "seconds_per_100_texts": way.seconds,
    }  # fmt: skip


def _ends(value: Interval) -> list[float]:
    return [value.low, value.high]
