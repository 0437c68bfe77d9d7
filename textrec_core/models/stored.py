"""Factors in, plain arrays and facts out for a file; and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from textrec_core.models.objective import Loss
from textrec_core.models.wals import Factors, WalsParams


def apart(factors: Factors) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What a file of these factors holds."""
    facts = {
        "losses": [asdict(loss) for loss in factors.losses],
        "params": asdict(factors.params),
        "dataset": factors.dataset,
    }
    return {"users": factors.users, "items": factors.items}, facts


def together(arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any], name: str) -> Factors:
    """The factors of this name."""
    losses = tuple(Loss(**loss) for loss in facts["losses"])
    users, items = (np.ascontiguousarray(arrays[side], np.float32) for side in ("users", "items"))
    return Factors(users, items, losses, WalsParams(**facts["params"]), facts["dataset"], name)
