"""An item that nobody has seen: found by its words, never a person's own past, and never out of order."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from tests.fakes import TinyEncoder
from textrec_core.data import samples, tables
from textrec_core.data.sources import Source
from textrec_core.errors import DataError
from textrec_core.evaluate.hidden import auc
from textrec_core.models import wals
from textrec_core.people import newcomer, recommend
from textrec_core.people.newcomer import Newcomer
from textrec_core.share import prepared, shelf
from textrec_core.spaces.space import Space
from textrec_core.text import encoder, placing
from textrec_core.text.encoder import TextParams, sentences
from textrec_core.text.placing import Source as Told

NATURE = ("A walk", "river forest bird rain meadow stone")
MACHINE = ("A plant", "engine circuit signal metal voltage robot")
SILENT = ("Nothing", "")


@pytest.fixture(scope="module")
def fit(dataset):
    return wals.fit(dataset, wals.WalsParams(rank=8, alpha=4.0))


@pytest.fixture(scope="module")
def space(dataset):
    return encoder.space(dataset, TextParams(), TinyEncoder(64))


@pytest.fixture(scope="module")
def bridge(space, fit):
    return newcomer.build(space, fit)


def met(dataset, space, bridge, fit, *items, boost=1.0):
    source = Told(space.fingerprint, tuple(sentences(dataset)), TinyEncoder(64), space.origin)
    read = placing.place(source, [encoder.sentence(*item) for item in items])
    return newcomer.meet(items, read.directions, bridge, fit, boost)


def test_a_new_item_is_offered_to_those_who_like_its_kind(dataset, space, bridge, fit):
    both = met(dataset, space, bridge, fit, NATURE, MACHINE)
    for taste, new in enumerate(both):
        people = newcomer.audience(dataset, fit, bridge, new, 10)
        assert (people % 2 == taste).all()
        everybody = newcomer.audience(dataset, fit, bridge, new, dataset.users.size)
        assert sorted(everybody) == np.flatnonzero(np.diff(dataset.matrix.indptr)).tolist(), (
            "those with a past, once each"
        )


def test_an_item_that_says_nothing_has_no_audience(dataset, space, bridge, fit):
    new = met(dataset, space, bridge, fit, SILENT)[0]
    assert not new.speaks
    assert newcomer.audience(dataset, fit, bridge, new, 10).size == 0
    assert newcomer.likely(dataset, wals.scorer(dataset, fit), bridge, new, 10).empty


def test_the_place_is_that_of_an_equal_item_of_the_data(dataset, fit):
    """An unchosen item of the data, met as if it were new, stands where it stands in each person's list, or shares it."""
    scorer = wals.scorer(dataset, fit)
    for user in (3, 10, 25):
        places = recommend.places(dataset, scorer, user)
        for item in np.flatnonzero(places)[:6]:
            new = Newcomer("x", "x", np.ones(1), fit.items[item], fit.items[item])
            # Its twin in the data has the same score but for rounding.
            assert newcomer.place_in(dataset, scorer, user, new) - places[item] in (0, 1)


def test_expected_places_are_those_of_single_lists(dataset, fit):
    scorer = wals.scorer(dataset, fit)
    new = Newcomer("x", "x", np.ones(1), fit.items[4], fit.items[4] * 0.9)
    active = np.flatnonzero(np.diff(dataset.matrix.indptr))
    places = [newcomer.place_in(dataset, scorer, int(user), new) for user in active]
    middle, share, people = newcomer.expected(dataset, fit, new, 10)
    assert people == active.size
    assert middle == pytest.approx(np.median(places), abs=1)
    assert share == pytest.approx(np.mean(np.array(places) <= 10), abs=0.05)


def test_shares_towards_a_new_item_sum_to_its_score(dataset, fit):
    scorer = wals.scorer(dataset, fit)
    vector = np.random.default_rng(1).normal(size=8).astype(np.float32)
    for user in (0, 7, 30):
        why = scorer.toward(user, vector)
        assert why.score == pytest.approx(float(vector @ scorer.taste(user)), abs=1e-5)
        assert why.shares.sum() + why.base == pytest.approx(why.score, abs=1e-9)


def test_no_reason_is_named_where_no_choice_speaks_for_the_item(dataset, fit):
    silent = Newcomer("x", "x", np.ones(1), np.zeros(8, np.float32), np.zeros(8, np.float32))
    assert newcomer.because(wals.scorer(dataset, fit), np.array([3, 7]), silent) == ["", ""]


@pytest.mark.parametrize("boost", [-0.1, 3.1, float("nan")])
def test_a_boost_that_no_list_could_use_is_refused(boost):
    with pytest.raises(DataError, match="between 0 and 3"):
        newcomer.check_boost(boost)


@given(st.floats(0.05, 5.0))
def test_no_boost_changes_the_order_among_new_items_for_anybody(dataset, space, fit, bridge, boost):
    rows = np.flatnonzero(space.known)[:12]
    new = newcomer.meet([("", "")] * rows.size, space.directions[rows], bridge, fit, boost)
    plain, longer = np.stack([one.carried for one in new]), np.stack([one.vector for one in new])
    one, other = fit.users @ plain.T, fit.users @ longer.T
    assert (np.argsort(-one, axis=1, kind="stable") == np.argsort(-other, axis=1, kind="stable")).mean() > 0.999
    np.testing.assert_allclose(other, one * (boost * bridge.length), rtol=1e-3, atol=1e-5)


def test_a_usual_new_item_is_as_long_as_a_usual_trained_one(space, fit, bridge):
    taught = space.known & fit.items.any(axis=1)
    new = newcomer.meet([("", "")] * int(taught.sum()), space.directions[taught], bridge, fit)
    lengths = np.linalg.norm([one.vector for one in new], axis=1)
    assert np.median(lengths) == pytest.approx(np.median(np.linalg.norm(fit.items[taught], axis=1)), rel=1e-4)


def test_wants_are_scores_less_their_mean_over_their_spread_among_carried_items(space, bridge, fit):
    taught = space.known & fit.items.any(axis=1)
    carried = bridge.projector.carry(space.directions[taught], fit).astype(float)
    active = np.flatnonzero(fit.users.any(axis=1))
    scores = fit.users[active].astype(float) @ carried.T
    wanted = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    np.testing.assert_allclose(newcomer.wants(fit, bridge, carried, active), wanted, atol=1e-4)


def test_appetite_is_the_normal_quantile_of_the_share_that_a_person_chose(dataset):
    chosen, offered = np.diff(dataset.matrix.indptr), int((dataset.popularity > 0).sum())
    expected = norm.ppf((chosen + 0.5) / (offered + 1))
    np.testing.assert_allclose(newcomer.appetite(dataset), expected)
    np.testing.assert_allclose(newcomer.appetite(dataset, np.array([4, 2])), expected[[4, 2]])
    assert np.isfinite(expected).all(), "also where somebody chose nothing, or all"


def test_an_audience_is_ordered_by_wants_and_half_of_appetite(dataset, space, bridge, fit):
    new = met(dataset, space, bridge, fit, NATURE)[0]
    active = np.flatnonzero(np.diff(dataset.matrix.indptr))
    wanted = newcomer.wants(fit, bridge, new.carried[None], active)[:, 0]
    order = np.argsort(-(wanted + newcomer.appetite(dataset, active) / 2), kind="stable")
    assert newcomer.audience(dataset, fit, bridge, new, active.size).tolist() == active[order].tolist()


@given(st.lists(st.integers(-24, 24), min_size=2, max_size=9), st.integers(-16, 16))
def test_wants_order_equals_in_appetite_and_appetite_equals_in_wants(values, same):
    some, equal = np.array(values) / 8, np.full(len(values), same / 8)
    for likely in (newcomer.likeliness(some[:, None], equal), newcomer.likeliness(equal[:, None], some)):
        assert np.array_equal(some[np.argsort(likely[:, 0], kind="stable")], np.sort(some))


def test_no_boost_changes_who_the_audience_is(dataset, space, bridge, fit):
    plain, longer = (met(dataset, space, bridge, fit, NATURE, boost=boost)[0] for boost in (1.0, 3.0))
    one, other = (newcomer.audience(dataset, fit, bridge, new, 12) for new in (plain, longer))
    assert one.tolist() == other.tolist()
    assert np.linalg.norm(longer.vector) == pytest.approx(3 * np.linalg.norm(plain.vector), rel=1e-5)


def test_a_bridge_of_another_fit_is_refused(dataset, space, bridge):
    other = wals.fit(dataset, wals.WalsParams(rank=8, alpha=4.0, seed=1))
    with pytest.raises(ValueError, match="another fit"):
        newcomer.meet([NATURE], space.directions[:1], bridge, other)


def test_two_wordings_say_who_is_found_by_which(dataset, space, bridge, fit):
    one, other = met(dataset, space, bridge, fit, NATURE, MACHINE)
    scorer = wals.scorer(dataset, fit)
    table = newcomer.between(dataset, scorer, bridge, one, other, 5)
    assert set(table["Found by"]) == {"A", "B"}
    assert (table["Place by A"] < table["Place by B"])[table["Found by"] == "A"].all()
    same = newcomer.between(dataset, scorer, bridge, one, one, 5)
    assert set(same["Found by"]) == {"both"}
    assert (same["Place by A"] == same["Place by B"]).all()


def test_a_summary_has_a_row_for_every_item_also_the_silent(dataset, space, bridge, fit):
    items = met(dataset, space, bridge, fit, NATURE, SILENT)
    table = newcomer.summary(
        dataset, wals.scorer(dataset, fit), bridge, items, (space, Space("WALS", fit.items, fit.fingerprint))
    )
    assert table["Title"].tolist() == ["A walk", "Nothing"]
    assert table["Likeliest people"].tolist()[1] == ""
    assert np.isnan(table["Middle place"].tolist()[1])


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [("x", "", "no description"), ("x", " \n", "no description"), ("x", "a" * 50_000, "50,000 characters"), ("y" * 400, "a", "title has 400")],
)  # fmt: skip
def test_what_cannot_be_read_as_one_item_is_said(title, text, said):
    with pytest.raises(DataError, match=said):
        newcomer.check(title, text)


def table_of(frame):
    return tables.read(frame.to_csv(index=False).encode(), "new.csv")


def test_a_table_of_new_items_is_read_by_its_titles_and_texts():
    told = [
        "a long story of a river and a bird in the rain",
        "a robot that hears a signal in the metal",
        "=cmd and <b> words of a third one",
    ]
    frame = pd.DataFrame({"id": ["1", "2", "3"], "title": ["One", "", "<b>Three</b>"], "text": told})
    assert newcomer.read(table_of(frame)) == [("One", told[0]), ("Row 2", told[1]), ("<b>Three</b>", told[2])]


KEEPER, ROBOT = (
    "A keeper of a lighthouse, alone; he hears voices.",
    "A robot, tired of metal, hears a signal, then another.",
)


@pytest.mark.parametrize(
    "written",
    [f'text\n"{KEEPER}"\n"{ROBOT}"\n', f"description\n{KEEPER}\n\n{ROBOT}", f'Blurb of it\r\n"{KEEPER}"\r\n"{ROBOT}"\r\n', f'"{KEEPER}"\n"{ROBOT}"\n',
     json.dumps([{"text": KEEPER}, {"text": ROBOT}])],
    ids=["quoted", "bare", "another heading", "no heading", "json"],
)  # fmt: skip
def test_descriptions_alone_are_read_and_their_rows_called_by_number(written, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(written, newline="")
    assert newcomer.read_file(Source(file, "new.csv")) == [("Row 1", KEEPER), ("Row 2", ROBOT)]


def test_a_row_of_a_table_of_new_items_that_does_not_fit_is_said_and_not_dropped(tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(f'title,text\nOne,"{KEEPER}"\nTwo,{ROBOT}\nThree,"{KEEPER}"\n')
    with pytest.raises(DataError, match=r"row 3 .* 5 cells where 2 are expected") as refused:
        newcomer.read_file(Source(file, "new.csv"))
    assert "quotes" in refused.value.hint


def test_a_line_above_a_table_of_new_items_is_not_taken_for_its_only_column(tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(f"My new items\ntitle|text\nOne|{KEEPER}\nTwo|{ROBOT}\n")
    assert newcomer.read_file(Source(file, "new.csv")) == [("One", KEEPER), ("Two", ROBOT)]


@pytest.mark.parametrize(
    "written", ["a,b\n1,2\n3,4\n", "title\nThe Keeper\nThe Robot of Metal\n", "id\n1\n2\n", "id\na1\nb2\n"]
)
def test_a_table_without_descriptions_is_refused_in_words(written, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(written)
    with pytest.raises(DataError, match="reads like descriptions") as refused:
        newcomer.read_file(Source(file, "new.csv"))
    assert "user" not in refused.value.hint


@pytest.fixture(scope="module")
def cold_films():
    """The sample with what every person makes of the 40 films that nobody chose."""
    films, params = samples.load("films"), TextParams()
    space = shelf.load(prepared.FOLDER, encoder.name_of(films, params, encoder.choose(params)))
    fit = shelf.load(prepared.FOLDER, wals.name_of(films, wals.suited(films)))
    bridge = newcomer.build(space, fit, sentences(films))
    cold = np.flatnonzero(films.popularity == 0)
    assert cold.size == 40
    new = newcomer.meet([(films.titles[row], films.texts[row]) for row in cold], space.directions[cold], bridge, fit)
    wanted = newcomer.wants(fit, bridge, np.stack([one.carried for one in new]))
    return films, cold, newcomer.likeliness(wanted, newcomer.appetite(films))


def test_the_true_audience_of_each_cold_film_is_found_by_its_text_however_it_is_read(cold_films):
    """For each film the 20 of 3,000 people who want it most beside all else they want; and all who would have chosen it."""
    films, cold, likely = cold_films
    truth, everybody = samples.truth("films"), np.arange(films.users.size)
    most = [np.isin(everybody, truth.audience(int(item), 20)) for item in cold]
    would = truth.choosers(cold, np.diff(films.matrix.indptr)).T
    for people in (most, would):
        assert np.nanmean([auc(likely[:, n], people[n]) for n in range(cold.size)]) >= 0.8


def test_the_busiest_are_not_the_audience_of_everything(cold_films):
    """Different films have different people, and about as many of the busiest tenth as there are of them anywhere."""
    films, _cold, likely = cold_films
    firsts = np.argsort(-likely, axis=0, kind="stable")[:10].T
    assert np.unique(firsts).size > 0.9 * firsts.size
    chosen = np.diff(films.matrix.indptr)
    busiest = chosen > np.quantile(chosen, 0.9)
    assert 0.02 < busiest[firsts].mean() < 0.2
    assert 0.5 < chosen[firsts].mean() / chosen.mean() < 1.5
