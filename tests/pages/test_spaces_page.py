"""The Spaces page with bad and with small data: a sentence or a smaller honest picture, never a traceback."""

import re
from dataclasses import replace

import numpy as np
import pytest

from pages.shared import space_maps
from tests.pages.visit import shop, until, visit, waiting, with_upload, words_of
from textrec_core.data import samples
from textrec_core.data.dataset import Dataset, build
from textrec_core.limits import LIMITS
from textrec_core.models import wals
from textrec_core.people import recommend
from textrec_core.spaces.clusters import Clusters


def changed(own: Dataset, texts: list[str], **attributes: list[str]) -> Dataset:
    rows, columns = own.matrix.nonzero()
    return build(
        "changed", own.users, own.items, (rows, columns), np.ones(rows.size), texts=texts,
        attributes={name: np.array(values, object) for name, values in attributes.items()},
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3, 15])
def test_few_items_are_drawn_small_or_refused_in_words(count: int) -> None:
    at = with_upload("explore/spaces", shop(things=count))
    assert at.title[0].value == "Spaces"
    said = words_of(at)
    if count < 3:
        assert "needs at least" in said or "need at least" in said
    else:
        assert at.error or "Agree least" in said


def test_the_first_of_a_list_has_the_highest_percentile_and_what_was_chosen_has_none() -> None:
    own = shop(people=40, things=24)
    fit = wals.fit(own, wals.WalsParams(rank=4))
    sides = space_maps.Sides(own, fit, *[None] * 4)
    found = space_maps.colouring(space_maps.PERCENTILE, sides, (), 3).values
    listed = recommend.top_k(own, wals.scorer(own, fit), 3, 5).items
    assert found[listed[0]] == np.nanmax(found) == 100
    assert (np.diff(found[listed]) < 0).all()
    assert np.isnan(found[own.history(3)]).all()


def test_hidden_choices_are_ringed_as_found_or_missed_and_the_shown_ones_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    own, params = shop(people=40, things=24), wals.WalsParams(rank=4)
    monkeypatch.setattr(space_maps.notices, "later", lambda _dataset, ask: wals.fit(*ask[3][:2]))
    sides = space_maps.Sides(own, wals.fit(own, params), *[None] * 4)
    for user in range(10):
        shown, listed, found, missed = space_maps.layers(sides, user, params, True).values()
        assert sorted([*shown, *found, *missed]) == sorted(own.history(user))
        assert not {*listed} & {*own.history(user)}
        assert len(listed) + len(found) <= 10


def test_groups_that_nothing_names_leave_the_maps_uncovered() -> None:
    groups = Clusters(
        np.array([0, 1, 2]), ("lamp", "cluster 2", "kind b"), (("lamp",), (), ()), ("", "", "kind b"), "s", "f"
    )
    places = np.array([[0, 0], [1, 1], [2, 0]], np.float32)
    assert [(side, name) for side, _x, _y, name in space_maps.labels((groups, groups), (places, places))] == [
        (0, "lamp"), (0, "kind b"), (1, "lamp"), (1, "kind b"),
    ]  # fmt: skip


OWN = shop(people=40, things=24)
SAME = ["red lamp for reading"] * 24
SOME = [text if n % 2 else "" for n, text in enumerate(OWN.texts)]


@pytest.mark.parametrize(
    "own",
    [
        changed(OWN, SAME),
        changed(OWN, SOME),
        changed(OWN, list(OWN.texts), kind=["one"] * 24),
        changed(OWN, list(OWN.texts), kind=[""] * 24),
    ],
    ids=["duplicates", "half without text", "one attribute value", "empty attribute"],
)
@pytest.mark.parametrize("colour", ["agreement", "clusters of words"])
def test_poor_data_gets_a_sentence_or_a_picture(own: Dataset, colour: str) -> None:
    at = with_upload("explore/spaces", own)
    if at.error:
        assert at.error[0].value.endswith(".")
        return
    at.selectbox(key="colour").set_value(colour)
    until(at, lambda seen: not waiting(seen))
    for choice in at.selectbox(key="slice").options:
        at.selectbox(key="slice").set_value(choice)
        at.run()
        assert not at.exception


def test_a_range_of_agreement_narrows_the_two_columns() -> None:
    at = visit("explore/spaces", data="films-small")
    before = words_of(at)
    lists = [part.value.split("  \n")[1:] for part in at.markdown if "Near in" in part.value]
    marked = [[re.sub(r"[\[*\]]", "", line) for line in both] for both in lists]
    assert any("●" in line for both in marked for line in both)
    for one, other in zip(marked[::2], marked[1::2], strict=True):
        names = [{line.split(" ", 1)[1] for line in near} for near in (one, other)]
        for line in [*one, *other]:
            assert "●" in line or line.split(" ", 1)[1] not in names[0] & names[1]
    assert not any("●" in line for both in marked[-2:] for line in both), "the last card shares nothing"
    at.session_state["overlap-10"] = {"selection": {"points": [], "box": [{"x": [0.28, 0.42], "y": [0, 9]}]}}
    at.run()
    said = words_of(at)
    assert "agreement lies between 28% and 42%" in said
    assert "30% in common" in said
    assert "0% in common" in before
    assert "\n0% in common" not in said


def test_probes_wait_for_their_button() -> None:
    at = visit("explore/spaces", data="films-small")
    assert "in 5 parts" not in words_of(at)
    next(button for button in at.button if button.label == "Probe both spaces").click()
    until(at, lambda seen: "in 5 parts" in words_of(seen))


def test_more_neighbours_are_compared_when_the_slider_says_so() -> None:
    at = visit("explore/spaces", data="films-small")
    assert "Of each item's 10 nearest" in words_of(at)
    at.slider(key="agreement-k").set_value(25)
    until(at, lambda seen: "Of each item's 25 nearest" in words_of(seen))
    assert at.query_params["agreement.k"] in ("25", ["25"])


def test_clusters_are_found_when_asked_for_and_a_cell_lists_its_items() -> None:
    at = visit("explore/spaces", data="films-small", names="false")
    assert "Click a cell" not in words_of(at)
    at.toggle(key="grouped").set_value(True)
    until(at, lambda seen: "Click a cell" in words_of(seen))
    tables = len(at.dataframe)
    at.session_state["contingency"] = {"selection": {"points": [{"customdata": [0, 0]}]}}
    at.run()
    assert len(at.dataframe) == tables + 1


def test_trails_are_drawn_when_the_address_asks_for_them() -> None:
    at = visit("explore/spaces", data="films-small", arrange__arrangement="trails", layout__method="pca")
    assert at.slider(key="trails").value == 60
    assert not at.error


def test_hidden_choices_that_are_found_again_are_counted() -> None:
    person = str(samples.load("films-small").users[5])
    at = visit("explore/spaces", data="films-small", person=person, hidden="true")
    until(at, lambda seen: "choices were hidden" in words_of(seen))
    said = re.search(
        r"(\d+) of this person's (\d+) choices were hidden; .* puts (\d+) among the first 10", words_of(at)
    )
    assert said
    hidden, choices, found = map(int, said.groups())
    assert choices == samples.load("films-small").history(5).size
    assert hidden == round(choices * 0.2)
    assert 0 <= found <= min(hidden, 10)


def test_people_are_mapped_by_words_and_by_behaviour() -> None:
    at = visit("explore/spaces", data="films-small", what="People")
    assert "Of each person's 10 nearest by words" in words_of(at)
    for colour in at.selectbox(key="people-colour").options:
        at.selectbox(key="people-colour").set_value(colour)
        at.run()
        assert not at.exception


@pytest.mark.parametrize("colour", space_maps.offered(samples.load("films-small")))
def test_every_colour_is_drawn_with_a_person_and_without(colour: str) -> None:
    at = visit("explore/spaces", data="films-small", colour=colour, size="equal", layout__method="pca")
    at.selectbox(key="person").set_value(at.selectbox(key="person").options[3])
    at.run()
    assert not at.exception
    assert not at.error


def test_what_is_selected_outside_the_sample_is_drawn_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space_maps, "LIMITS", replace(LIMITS, points_drawn=10))
    own = shop(people=40, things=24)
    at = with_upload("explore/spaces", own)
    assert "10 of 24 items are drawn" in words_of(at)
    at.text_input(key="find-anywhere").set_value("thing").run()
    assert "24 selected" in words_of(at)
    at.text_input(key="find-anywhere").set_value("thing 7").run()
    assert "1 selected" in words_of(at)
    assert "drawn" in words_of(at)


def test_the_ceiling_is_measured_with_every_other_start_at_one_click() -> None:
    at = with_upload("explore/spaces", shop(people=60, things=40))
    until(at, lambda seen: "Do the two spaces agree?" in words_of(seen) and not waiting(seen))
    assert "other seeds shares" not in words_of(at)
    next(button for button in at.button if button.label == "Measure the ceiling").click()
    until(at, lambda seen: "WALS trained again from 3 other seeds shares" in words_of(seen))
    assert not [button for button in at.button if button.label.startswith("Measure the ceiling")]
