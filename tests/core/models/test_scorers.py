"""What every Scorer owes: the pages know no more of a model than this."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.fakes import TinyEncoder
from textrec_core.data.dataset import Dataset, build
from textrec_core.models import item_item, wals
from textrec_core.models.baselines import Chance, Popularity, RecentPopularity
from textrec_core.models.content import TextProfile
from textrec_core.models.hybrid import Blend
from textrec_core.models.scorer import Scorer, Shares
from textrec_core.text import encoder

RANK = 8


def trained(dataset: Dataset) -> Scorer:
    return wals.scorer(dataset, wals.fit(dataset, wals.WalsParams(rank=min(RANK, *dataset.matrix.shape))))


def worded(dataset: Dataset) -> Scorer:
    return TextProfile(dataset, encoder.space(dataset, encoder.TextParams(), TinyEncoder()))


def near(dataset: Dataset) -> Scorer:
    return item_item.scorer(dataset, item_item.knn(dataset, item_item.KnnParams(neighbours=10)))


def closed(dataset: Dataset) -> Scorer:
    return item_item.scorer(dataset, item_item.ease(dataset, item_item.EaseParams(ridge=20.0)))


SCORERS: dict[str, Callable[[Dataset], Scorer]] = {
    "WALS": trained,
    "Text profile": worded,
    "Popularity": Popularity,
    "Recent popularity": RecentPopularity,
    "Random": Chance,
    "Item-kNN": near,
    "EASE": closed,
    "WALS + Text profile": lambda dataset: Blend(dataset, trained(dataset), worded(dataset), 0.3),
    "WALS + EASE": lambda dataset: Blend(dataset, trained(dataset), closed(dataset), 0.5),
    "WALS + EASE + Text profile": lambda dataset: Blend(
        dataset, Blend(dataset, trained(dataset), closed(dataset), 0.5), worded(dataset), 0.2
    ),
}


@pytest.fixture(scope="module", params=list(SCORERS))
def make(request) -> Callable[[Dataset], Scorer]:
    return SCORERS[request.param]


@pytest.fixture(scope="module")
def scorer(make, dataset) -> Scorer:
    return make(dataset)


@pytest.mark.parametrize("count", [1, 2, wals.EXACT_ROWS, wals.EXACT_ROWS + 1, 60])
def test_there_is_a_finite_score_for_every_person_asked_and_every_item(scorer, dataset, count):
    scores = scorer.scores(np.arange(count))
    assert scores.shape == (count, dataset.items.size)
    assert np.isfinite(scores).all()


def test_a_score_does_not_depend_on_who_else_is_asked(scorer, dataset):
    together = scorer.scores(np.arange(dataset.users.size))
    backwards = scorer.scores(np.arange(dataset.users.size)[::-1])[::-1]
    alone = np.vstack([scorer.scores(np.array([user])) for user in range(dataset.users.size)])
    np.testing.assert_allclose(backwards, together, atol=1e-6)
    np.testing.assert_allclose(alone, together, atol=1e-5)


def test_the_reasons_sum_to_the_score(scorer, dataset):
    for user in (0, 1, 17, dataset.users.size - 1):
        shown = scorer.scores(np.array([user]))[0]
        for item in range(dataset.items.size):
            why = scorer.why(user, item)
            assert why is not None
            assert why.shares.sum() + why.base == pytest.approx(why.score, abs=1e-9)
            assert why.score == pytest.approx(shown[item], abs=1e-5)
            assert set(why.items) <= set(dataset.history(user))
            assert len(why.shares) == len(why.items)
            assert why.words


def test_a_person_without_a_past_gets_no_reasons_from_it(scorer, dataset):
    nobody = dataset.users.size - 1
    assert dataset.history(nobody).size == 0
    assert scorer.why(nobody, 0).items.size == 0


def test_the_name_moves_with_the_data_and_with_nothing_else(make, dataset):
    rows, columns = dataset.matrix.nonzero()

    def again(weights: np.ndarray) -> Dataset:
        return build(
            dataset.name, dataset.users, dataset.items, (rows, columns), weights, dataset.times, dataset.titles,
            dataset.texts, dataset.attributes,
        )  # fmt: skip

    weights = dataset.matrix.data.copy()
    same = make(again(weights)).fingerprint
    assert same == make(dataset).fingerprint
    weights[3] += 1
    assert make(again(weights)).fingerprint != same


def test_every_scorer_has_a_name_of_its_own(dataset):
    assert {make(dataset).name for make in SCORERS.values()} == set(SCORERS)
    assert len({make(dataset).fingerprint for make in SCORERS.values()}) == len(SCORERS)


def test_the_battery_tries_every_scorer_there_is():
    """A new model in ``textrec_core/models`` that is not tried above makes this fail."""
    import ast
    from pathlib import Path

    found = set()
    for path in (Path(__file__).parents[3] / "textrec_core" / "models").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and {"scores", "why"} <= {
                part.name for part in node.body if isinstance(part, ast.FunctionDef)
            }:
                found.add(node.name)
    assert found - {"Scorer"} == {
        "WalsScorer",
        "TextProfile",
        "Popularity",
        "RecentPopularity",
        "Chance",
        "ItemItemScorer",
        "Blend",
    }


def test_the_largest_share_comes_first():
    shares = Shares(np.array([4, 7, 9]), np.array([0.1, 0.5, -0.2]), 0.0, 0.4, "words")
    assert shares.largest_first().tolist() == [1, 0, 2]


def test_popularity_is_the_share_of_people(hand):
    scores = Popularity(hand).scores(np.array([0, 4]))
    np.testing.assert_allclose(scores, np.tile([0.6, 0.4, 0.2, 0.4, 0.4, 0.2], (2, 1)))


def test_a_text_profile_is_the_weighted_mean_cosine(dataset):
    scorer = worded(dataset)
    directions = scorer.space.directions.astype(float)
    history, weights = dataset.history(3), dataset.weights(3).astype(float)
    expected = [(weights * (directions[history] @ one)).sum() / weights.sum() for one in directions]
    np.testing.assert_allclose(scorer.scores(np.array([3]))[0], expected, atol=1e-5)


def test_an_item_without_a_text_scores_nothing_by_words(dataset):
    assert (worded(dataset).scores(np.arange(9))[:, 5] == 0).all()
