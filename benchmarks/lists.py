"""The best 20 unseen items of everybody: ours against implicit's recommend, from the same factors."""

import numpy as np

from benchmarks import peer, real_data
from benchmarks.rows import Row, against, side_by_side
from textrec_core.models import wals
from textrec_core.people import recommend

REPEATS, LENGTH = 9, 20
# Scores of single precision that differ by less may stand in either order.
ROUNDING = 1e-5


def rows() -> list[Row]:
    """The ratio, and the share of lists that hold the same items."""
    dataset = real_data.load("ml-1m")
    if dataset is None:
        return []
    params = wals.WalsParams()
    factors = wals.fit(dataset, params)
    confidence = peer.confidences(dataset, params)
    model = peer.fit(confidence, wals.WalsParams(iterations=1))
    model.user_factors, model.item_factors = factors.users.copy(), factors.items.copy()
    scorer = wals.scorer(dataset, factors)
    people = np.arange(dataset.users.size)
    found = side_by_side(
        {
            "ours": lambda: recommend.everyone(dataset, scorer, LENGTH),
            "peer": lambda: model.recommend(people, confidence, N=LENGTH, filter_already_liked_items=True),
        },
        REPEATS,
    )
    items, scores = found["ours"][-1].result
    theirs, their_scores = found["peer"][-1].result
    assert np.allclose(scores, their_scores, atol=ROUNDING), "our lists hold other scores than the peer's"
    assert not any(np.isin(items[user], dataset.history(user)).any() for user in people), "a list holds a seen item"
    same = np.mean([set(mine) == set(other) for mine, other in zip(items.tolist(), theirs.tolist(), strict=True)])
    assert same > 0.999, f"only {same:.2%} of the lists hold the peer's items"
    data, note = f"ml-1m, top {LENGTH}, {people.size:,} people", f"{same:.2%} of the lists hold the same items"
    return [
        against("lists, implicit recommend", found["ours"], found["peer"], 1.0, data, "wall", note),
        against("lists, implicit recommend", found["ours"], found["peer"], 1.0, data, "cpu"),
    ]
