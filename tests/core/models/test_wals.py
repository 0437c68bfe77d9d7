"""The factors obey the textbook: Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, 2008."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from tests.strategies import datasets, fitted
from textrec_core.data.dataset import Dataset, build
from textrec_core.data.split import new_people
from textrec_core.errors import DataError
from textrec_core.models import objective, rows, wals
from textrec_core.models.rows import rotated
from textrec_core.models.wals import Factors, WalsParams
from textrec_core.people import recommend

EXACT = WalsParams(rank=6, regularization=0.5, alpha=4.0, iterations=8, frequency=0.0, solver="exact")
FORMS = [
    replace(EXACT, regularization=lam, frequency=nu, unseen=w0, objective=form, alpha=alpha)
    for lam, nu in ((0.5, 0.0), (0.02, 1.0), (0.1, 0.5))
    for w0, alpha in ((1.0, 4.0), (0.1, 1.0), (2.0, 0.0))
    for form in ("confidence", "values")
]


def parts(weights: np.ndarray, params: WalsParams) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Every pair's confidence and wish, every row's and every column's hold, cell by cell."""
    seen, values = weights > 0, params.objective == "values"
    confidence = params.unseen + params.alpha * (seen if values else weights)
    holds = (params.regularization * confidence.sum(axis=axis) ** params.frequency for axis in (1, 0))
    return (confidence, weights if values else seen.astype(float), *holds)


def textbook_half_sweep(weights: np.ndarray, given_side: np.ndarray, params: WalsParams) -> np.ndarray:
    """Equation 4: x_u = (Y' C^u Y + lambda_u I)^-1 Y' C^u p(u), row by row and in full."""
    made = []
    for c, p, held in zip(*parts(weights, params)[:3], strict=True):
        system = given_side.T @ np.diag(c) @ given_side + held * np.eye(given_side.shape[1])
        made.append(np.linalg.solve(system, given_side.T @ (c * p)))
    return np.array(made)


def textbook_loss(dataset: Dataset, users: np.ndarray, items: np.ndarray, params: WalsParams) -> float:
    """Equation 3, every cell of the table at once."""
    confidence, wish, row, column = parts(dataset.matrix.toarray().astype(float), params)
    users, items = users.astype(float), items.astype(float)
    misfit = (confidence * (wish - users @ items.T) ** 2).sum()
    return misfit + row @ (users**2).sum(axis=1) + column @ (items**2).sum(axis=1)


@pytest.mark.parametrize("steps", [0, 40], ids=["exact", "cg"])
@pytest.mark.parametrize("params", FORMS)
def test_a_half_sweep_is_the_textbook_formula_of_every_form(dataset, params, steps):
    rng = np.random.default_rng(3)
    weights = dataset.matrix.toarray().astype(float)
    for side, table in zip(objective.sides(dataset.matrix, params, np.float64), (weights, weights.T), strict=True):
        given_side = rng.normal(size=(table.shape[1], params.rank))
        start = rng.normal(size=(len(table), params.rank))
        turned, solved = wals.half_sweep(side, start, given_side, params, steps)
        expected = textbook_half_sweep(table, given_side, params)
        near = 1e-10 if steps == 0 else 1e-8
        # The basis turns; products, and with them all scores and lengths, do not.
        np.testing.assert_allclose(turned @ turned.T, given_side @ given_side.T, rtol=0, atol=1e-10)
        np.testing.assert_allclose(solved @ turned.T, expected @ given_side.T, rtol=0, atol=near)
        np.testing.assert_allclose(solved @ solved.T, expected @ expected.T, rtol=0, atol=near)


@pytest.mark.parametrize("steps", [0, 40], ids=["exact", "cg"])
@pytest.mark.parametrize("together", [1, 7, 20])
def test_how_many_rows_are_solved_together_changes_nothing(dataset, monkeypatch, steps, together):
    """Few enough at a time, every row is longer than that, or shares its block with rows of other lengths."""
    params = replace(EXACT, regularization=0.02, frequency=1.0)
    rng = np.random.default_rng(4)
    for side, count in zip(objective.sides(dataset.matrix, params, np.float64), dataset.matrix.shape, strict=True):
        given_side = rng.normal(size=(sum(dataset.matrix.shape) - count, params.rank))
        start = rng.normal(size=(count, params.rank))
        whole = wals.half_sweep(side, start.copy(), given_side, params, steps)[1]
        with monkeypatch.context() as patch:
            patch.setattr(rows, "TOGETHER", together)
            apart = wals.half_sweep(side, start.copy(), given_side, params, steps)[1]
        np.testing.assert_allclose(apart, whole, rtol=0, atol=1e-9)


def test_the_published_form_is_ours_with_another_scale(dataset):
    """Rendle et al. 2021, equation 5: sum_seen (1 - s)^2 + w0 sum_all s^2 + lam sum_rows (n + w0 others)^nu |x|^2."""
    w0, lam, nu = 0.3, 0.02, 1.0
    seen = (dataset.matrix.toarray() > 0).astype(float)
    given_side = np.random.default_rng(5).normal(size=(dataset.items.size, 4))
    published = []
    for row in seen:
        held = lam * (row.sum() + w0 * row.size) ** nu
        system = given_side.T @ (np.diag(row) + w0 * np.eye(row.size)) @ given_side + held * np.eye(4)
        published.append(np.linalg.solve(system, given_side.T @ row))
    ours = WalsParams(rank=4, alpha=1.0, unseen=w0, regularization=lam, frequency=nu)
    np.testing.assert_allclose(np.array(published) * (1 + w0), textbook_half_sweep(seen, given_side, ours), atol=1e-10)


@given(datasets(), st.sampled_from([0.0, 0.5, 5.0, 200.0]))
def test_a_pair_that_happened_counts_one_and_alpha_times_its_weight(dataset, alpha):
    by_user, by_item = objective.sides(dataset.matrix, WalsParams(alpha=alpha))
    weights = dataset.matrix.toarray()
    for side, table in ((by_user, weights), (by_item, weights.T)):
        made = csr_array((side.pull, side.indices, side.indptr), shape=table.shape).toarray()
        assert (made == np.where(table > 0, 1 + alpha * table, 0).astype(np.float32)).all()


@pytest.mark.parametrize("solver", ["cg", "exact"])
def test_the_same_seed_gives_the_same_factors(dataset, solver):
    params = replace(EXACT, solver=solver)
    first = wals.fit(dataset, params)
    second = wals.fit(dataset, params)
    # Equal, too, means that the second did not go on from the first.
    assert (first.users == second.users).all()
    assert (first.items == second.items).all()
    assert first.losses == second.losses
    assert first.fingerprint == second.fingerprint == wals.name_of(dataset, params)


def test_another_seed_starts_elsewhere(dataset):
    one, other = wals.fit(dataset, EXACT), wals.fit(dataset, wals.reseeded(EXACT))
    assert np.abs(one.items - other.items).max() > 1e-3
    assert one.fingerprint != other.fingerprint


def test_the_last_seed_has_a_next_one():
    assert wals.reseeded(WalsParams(seed=2**31 - 1)).seed == 0


def test_the_name_of_a_fit_moves_with_the_data_and_every_parameter(dataset, hand):
    changes = [
        {"rank": 7}, {"regularization": 0.6}, {"alpha": 5.0}, {"iterations": 9}, {"solver": "cg"}, {"seed": 1},
        {"frequency": 0.5}, {"unseen": 0.5}, {"objective": "values"}, {"tolerance": 0.01},
    ]  # fmt: skip
    names = {wals.name_of(dataset, replace(EXACT, **change)) for change in [{}, *changes]}
    assert len(names | {wals.name_of(hand, EXACT)}) == len(changes) + 2


def test_full_rank_and_next_to_no_penalty_rebuild_a_small_table(hand):
    params = WalsParams(rank=5, regularization=1e-4, alpha=20.0, iterations=40, solver="exact")
    factors = wals.fit(hand, params)
    np.testing.assert_allclose(factors.users @ factors.items.T, hand.matrix.toarray() > 0, atol=1e-2)


@pytest.mark.parametrize("params", FORMS)
def test_the_loss_is_the_textbook_objective(dataset, params):
    for iterations in (1, 4):
        factors = wals.fit(dataset, replace(params, iterations=iterations))
        expected = textbook_loss(dataset, factors.users, factors.items, params)
        assert len(factors.losses) == iterations
        assert factors.losses[-1].total == pytest.approx(expected, rel=1e-5)


def test_the_parts_of_the_loss_are_misfit_on_what_was_chosen_on_what_was_not_and_the_penalty(dataset):
    factors = wals.fit(dataset, EXACT)
    chosen = dataset.matrix.toarray() > 0
    scores = factors.users.astype(float) @ factors.items.T
    confidence = 1 + EXACT.alpha * dataset.matrix.toarray().astype(float)
    last = factors.losses[-1]
    assert last.chosen == pytest.approx((confidence * (1 - scores) ** 2)[chosen].sum(), rel=1e-5)
    assert last.unchosen == pytest.approx((scores**2)[~chosen].sum(), rel=1e-4)
    assert last.total == last.chosen + last.unchosen + last.penalty


@pytest.mark.parametrize("seed", range(4))
def test_no_sweep_makes_the_loss_larger(dataset, seed):
    totals = [loss.total for loss in wals.fit(dataset, replace(EXACT, seed=seed, iterations=25)).losses]
    # Single precision leaves a few units in the seventh place.
    assert all(after <= before * (1 + 1e-6) for before, after in pairwise(totals))
    assert totals[-1] < totals[0]


def test_the_loss_of_many_pairs_is_estimated_from_some_of_them(dataset, monkeypatch):
    whole = wals.fit(dataset, EXACT).losses[-1]
    monkeypatch.setattr(objective, "LOSS_SAMPLE", dataset.interactions // 2)
    half = wals.fit(dataset, EXACT).losses[-1]
    assert half.chosen != whole.chosen
    assert half.total == pytest.approx(whole.total, rel=0.15)


@pytest.mark.parametrize("regularization", [0.01, 0.5, 50.0])
def test_the_fast_solver_ends_on_nearly_exact_users(dataset, regularization):
    params = replace(EXACT, solver="cg", rank=16, regularization=regularization)
    factors = wals.fit(dataset, params)
    exact = textbook_half_sweep(dataset.matrix.toarray().astype(float), factors.items.astype(float), params)
    apart = np.linalg.norm(factors.users - exact, axis=1)[:-1] / np.linalg.norm(exact, axis=1)[:-1]
    assert apart.max() < 1e-3
    assert not factors.users[-1].any(), "a person without a past has no taste"


def test_training_tells_how_far_it_is(dataset):
    told = []
    wals.fit(dataset, EXACT, lambda share, words: told.append((share, words)))
    assert [share for share, _words in told] == pytest.approx(np.arange(1, 9) / 8)
    assert told[2][1].startswith("sweep 3 of 8, loss ")


def test_factors_cannot_be_changed_in_place(dataset):
    factors = wals.fit(dataset, EXACT)
    for side in (factors.users, factors.items):
        with pytest.raises(ValueError, match="read-only"):
            side[0] = 0


@given(fitted())
def test_shares_sum_to_every_shown_score(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    exact = scorer.scores(np.arange(min(dataset.users.size, wals.EXACT_ROWS)))
    batch = scorer.scores(np.resize(np.arange(dataset.users.size), wals.EXACT_ROWS + 1))
    for user in range(dataset.users.size):
        for item in range(dataset.items.size):
            why = scorer.why(user, item)
            assert why.items.tolist() == dataset.history(user).tolist()
            assert why.base == 0
            assert why.score == pytest.approx(why.shares.sum(), abs=1e-9)
            assert exact[user, item] == pytest.approx(why.score, abs=1e-5)
            assert batch[user, item] == pytest.approx(why.score, abs=1e-5)


@pytest.mark.parametrize(("regularization", "frequency"), [(0.01, 0.0), (50.0, 0.0), (0.01, 1.0), (0.05, 0.5)])
@pytest.mark.parametrize("solver", ["cg", "exact"])
def test_shares_sum_to_every_shown_score_of_a_real_fit(dataset, solver, regularization, frequency):
    params = WalsParams(rank=16, regularization=regularization, frequency=frequency, solver=solver)
    scorer = wals.scorer(dataset, wals.fit(dataset, params))
    batch = scorer.scores(np.arange(dataset.users.size))
    for user in range(dataset.users.size):
        exact = scorer.scores(np.array([user]))[0]
        sums = [scorer.why(user, item).shares.sum() for item in range(dataset.items.size)]
        np.testing.assert_allclose(exact, sums, atol=1e-5)
        np.testing.assert_allclose(batch[user], sums, atol=1e-5)


@given(fitted())
def test_folding_in_an_unchanged_past_gives_the_same_taste(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    expected = textbook_half_sweep(dataset.matrix.toarray().astype(float), factors.items.astype(float), factors.params)
    for user in range(dataset.users.size):
        folded = scorer.fold_in(dataset.history(user), dataset.weights(user))
        assert (folded == scorer.taste(user)).all()
        np.testing.assert_allclose(folded, expected[user], atol=1e-8)
        np.testing.assert_allclose(folded, factors.users[user], atol=1e-5)


@given(fitted(), st.integers(0, 100))
def test_the_order_of_a_past_does_not_matter(drawn, seed):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    order = np.random.default_rng(seed).permutation(dataset.history(0).size)
    mixed = scorer.fold_in(dataset.history(0)[order], dataset.weights(0)[order])
    np.testing.assert_allclose(mixed, scorer.taste(0), atol=1e-9)


def test_a_scorer_refuses_factors_of_other_data(dataset, hand):
    factors = wals.fit(dataset, EXACT)
    with pytest.raises(ValueError, match="other data"):
        wals.scorer(hand, factors)
    changed = build(
        dataset.name, dataset.users, dataset.items, dataset.matrix.nonzero(), dataset.matrix.data * np.float32(2),
        dataset.times, dataset.titles, dataset.texts, dataset.attributes,
    )  # fmt: skip
    with pytest.raises(ValueError, match="other data"):
        wals.scorer(changed, factors)


def table(weights: np.ndarray) -> Dataset:
    users, items = weights.shape
    pairs = weights.nonzero()
    return build("x", [f"u{n}" for n in range(users)], [f"i{n}" for n in range(items)], pairs, weights[pairs])


@pytest.mark.parametrize(
    ("weights", "params", "words"),
    [
        (np.ones((5, 6)), {"rank": 6}, "rank is 6, but 5 people and 6 items allow at most 5"),
        (np.ones((6, 3)), {"rank": 4}, "at most 3"),
        (np.zeros((5, 6)), {"rank": 2}, "no positive interaction"),
        (np.ones((1, 1)), {"rank": 2}, "at least 2 people and 2 items; the data has 1 and 1"),
        (np.ones((1, 6)), {"rank": 2}, "at least 2 people"),
        (np.ones((6, 1)), {"rank": 2}, "at least 2 people"),
        (np.full((3, 3), 1e12), {"rank": 2, "alpha": 5.0}, "more than single precision"),
        (np.full((3, 3), 1e38), {"rank": 2, "alpha": 200.0}, "more than single precision"),
    ],
)
def test_data_that_cannot_be_factorised_is_refused_in_words(weights, params, words):
    for attempt in (wals.check, wals.fit):
        with pytest.raises(DataError, match=words) as caught:
            attempt(table(weights), WalsParams(**params))
        assert caught.value.hint


@settings(max_examples=25)
@given(datasets(fewest=2), st.sampled_from(["cg", "exact"]))
def test_any_small_data_give_finite_factors_or_a_refusal(dataset, solver):
    params = WalsParams(rank=2, iterations=2, solver=solver)
    try:
        wals.check(dataset, params)
    except DataError:
        with pytest.raises(DataError):
            wals.fit(dataset, params)
        return
    factors = wals.fit(dataset, params)
    assert factors.users.shape == (dataset.users.size, 2)
    assert factors.items.shape == (dataset.items.size, 2)
    assert np.isfinite(factors.users).all()
    assert np.isfinite(factors.items).all()
    assert not factors.users[np.diff(dataset.matrix.indptr) == 0].any()
    assert not factors.items[dataset.popularity == 0].any()


def test_a_list_worked_out_by_hand(hand):
    """Eve chose ``a`` once. With these items, alpha 1 and lambda 2:

    Y'Y + 2 I = [[8, 1], [1, 8]]; her choice adds 1 to the first cell: [[9, 1], [1, 8]], determinant 71.
    Her taste is its inverse times 2 (1, 0): (16, -2) / 71. Products with the items give the scores.
    """
    items = np.array([[1, 0], [2, 0], [0, 1], [0, 2], [1, 1], [0, 0]], np.float32)
    params = WalsParams(rank=2, regularization=2.0, alpha=1.0, frequency=0.0)
    factors = Factors(np.zeros((5, 2), np.float32), items, (), params, hand.fingerprint, "by hand")
    scorer = wals.scorer(hand, factors)
    eve = hand.user_row("Eve")
    np.testing.assert_allclose(scorer.scores(np.array([eve]))[0] * 71, [16, 32, -2, -4, 14, 0], atol=1e-12)
    ranked = recommend.top_k(hand, scorer, eve, 10)
    assert "".join(hand.items[ranked.items]) == "befcd"
    np.testing.assert_allclose(ranked.scores * 71, [32, 14, 0, -2, -4], atol=1e-12)
    why = scorer.why(eve, hand.item_row("b"))
    assert hand.items[why.items].tolist() == ["a"]
    np.testing.assert_allclose(why.shares * 71, [32], atol=1e-12)


def test_a_trained_list_is_what_one_expects(hand):
    """Ben chose a and b as Ann did, who chose c too; Dan chose d and e as Cleo did, who chose f too."""
    scorer = wals.scorer(hand, wals.fit(hand, WalsParams(rank=2, regularization=0.1, alpha=10.0, frequency=0.0)))
    first = {
        name: hand.items[recommend.top_k(hand, scorer, hand.user_row(name), 1).items[0]] for name in ("Ben", "Dan")
    }
    assert first == {"Ben": "c", "Dan": "f"}
    eve = recommend.top_k(hand, scorer, hand.user_row("Eve"), 2)
    assert set(hand.items[eve.items]) == {"b", "c"}


def test_training_stops_when_a_sweep_brings_next_to_nothing(dataset):
    params = replace(EXACT, solver="cg", iterations=100, tolerance=0.01)
    factors = wals.fit(dataset, params)
    totals = [loss.total for loss in factors.losses]
    assert 2 <= len(totals) < 100
    assert totals[-2] - totals[-1] < 0.01 * totals[-1]
    assert all(before - after >= 0.01 * after for before, after in pairwise(totals[:-1]))
    exact = textbook_half_sweep(dataset.matrix.toarray().astype(float), factors.items.astype(float), params)
    np.testing.assert_allclose(factors.users, exact, atol=1e-3)


def test_without_a_tolerance_no_sweep_is_left_out(dataset):
    told = replace(EXACT, iterations=100, rank=12)
    assert len(wals.fit(dataset, told).losses) == 100


def test_settling_with_the_last_sweep_adds_no_other(dataset):
    told = replace(EXACT, solver="cg", iterations=20, tolerance=0.1)
    told = replace(told, iterations=len(wals.fit(dataset, told).losses))
    assert told.iterations < 20
    settled, whole = wals.fit(dataset, told), wals.fit(dataset, replace(told, tolerance=0.0))
    np.testing.assert_array_equal(settled.items, whole.items)


def test_what_watches_the_training_may_end_it_and_the_users_are_solved_all_the_same(dataset):
    seen = []

    def stop(users, items):
        seen.append(users.shape + items.shape)
        return len(seen) == 3

    params = replace(EXACT, solver="cg", iterations=20)
    factors = wals.fit(dataset, params, stop=stop)
    assert len(factors.losses) == len(seen) == 3
    assert factors.fingerprint not in (
        wals.name_of(dataset, params),
        wals.name_of(dataset, replace(params, iterations=3)),
    )
    exact = textbook_half_sweep(dataset.matrix.toarray().astype(float), factors.items.astype(float), params)
    np.testing.assert_allclose(factors.users, exact, atol=1e-3)
    patient = wals.fit(dataset, params, stop=lambda _users, _items: False)
    assert patient.fingerprint == wals.name_of(dataset, params)
    assert (patient.items == wals.fit(dataset, params).items).all()


def test_a_fit_goes_on_from_a_neighbouring_one(dataset):
    params = replace(EXACT, iterations=2)
    long = wals.fit(dataset, replace(EXACT, iterations=40))
    cold, warm = wals.fit(dataset, params), wals.fit(dataset, params, start=long)
    assert warm.losses[-1].total < cold.losses[-1].total
    assert warm.losses[0].total <= long.losses[-1].total * (1 + 1e-6)
    assert warm.fingerprint != cold.fingerprint
    for rank in (3, 9):
        assert wals.fit(dataset, replace(params, rank=rank), start=long).users.shape[1] == rank
    with pytest.raises(ValueError, match="other people"):
        wals.fit(table(np.ones((5, 6))), replace(params, rank=3), start=long)


def test_factors_lie_along_the_principal_axes_of_the_items(dataset):
    items = wals.fit(dataset, EXACT).items.astype(float)
    gram = items.T @ items
    assert (np.diff(np.diag(gram)) <= 1e-6).all()
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-4)


@given(datasets())
def test_suited_parameters_can_be_used_with_any_data_that_can_be_factorised(dataset):
    params = wals.suited(dataset)
    try:
        wals.check(dataset, replace(params, rank=2))
    except DataError:
        return
    wals.check(dataset, params)


def test_suited_parameters_do_not_depend_on_the_unit_of_the_weights(dataset):
    halved = build("x", dataset.users, dataset.items, dataset.matrix.nonzero(), dataset.matrix.data / 2)
    one, other = wals.suited(dataset), wals.suited(halved)
    assert other.alpha == pytest.approx(2 * one.alpha, rel=0.01)
    assert other.regularization == one.regularization


def test_people_whom_no_fit_has_seen_are_folded_in_as_the_textbook_says(dataset):
    split = new_people(dataset, 0.3, 0)
    factors = wals.fit(split.train, EXACT)
    scores = wals.folded(split.shown, factors).scores(np.arange(dataset.users.size))
    shown = split.shown.matrix.toarray().astype(float)
    expected = textbook_half_sweep(shown, factors.items.astype(float), EXACT) @ factors.items.T
    np.testing.assert_allclose(scores, expected, atol=1e-5)


@pytest.mark.parametrize("unseen", [1.0, 0.3])
def test_the_librarys_solver_reaches_what_the_exact_one_does(dataset, unseen):
    told = {"rank": 6, "regularization": 4.0, "alpha": 3.0, "frequency": 0.0, "unseen": unseen, "iterations": 40}
    ours, theirs = (wals.fit(dataset, wals.WalsParams(solver=solver, **told)) for solver in ("exact", "implicit"))
    assert theirs.losses[-1].total == pytest.approx(ours.losses[-1].total, rel=1e-3)
    scorer = wals.scorer(dataset, theirs)
    np.testing.assert_allclose(theirs.users[:10] @ theirs.items.T, scorer.scores(np.arange(10)), atol=1e-4)


@pytest.mark.parametrize("told", [{"frequency": 1.0}, {"frequency": 0.0, "objective": "values"}])
def test_the_librarys_solver_refuses_what_it_does_not_know(dataset, told):
    with pytest.raises(DataError, match="one regularization"):
        wals.fit(dataset, wals.WalsParams(rank=4, solver="implicit", **told))


def test_turning_into_the_principal_axes_twice_is_turning_once():
    rng = np.random.default_rng(0)
    given_side, other = rng.normal(size=(30, 5)) * np.arange(1, 6), rng.normal(size=(7, 5))
    once = rotated(given_side, other, 1.0)
    for turned, again in zip(once, rotated(once[0], once[1], 1.0), strict=True):
        np.testing.assert_allclose(again, turned, atol=1e-10)
