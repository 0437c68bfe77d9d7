"""One person: finders, filters, another past, a steered list, all in words where they cannot be."""

import re
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import asks, cached
from tests.pages import visit_tasks
from tests.pages.visit import shop, until, visit, waiting, with_upload, words_of
from textrec_core.data import samples
from textrec_core.data.dataset import build
from textrec_core.models.wals import suited
from textrec_core.people.finder import KINDS

VIEWS = ["Why", "Compare models", "What if", "Steer"]


def settled(at: AppTest) -> AppTest:
    return until(at, lambda seen: not waiting(seen))


def listed(at: AppTest, *columns: str):
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value.columns))


def test_the_first_sight_is_quiet_and_everything_else_is_one_click_away() -> None:
    at = visit()
    views = at.segmented_control(key="view")
    assert list(views.options) == VIEWS
    assert views.value == "Why"
    assert "carry it" in words_of(at) or "voice puts it" in words_of(at)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("texts", [True, False])
def test_every_view_stands_on_own_data_with_and_without_texts(view: str, texts: bool) -> None:
    at = with_upload("explore/person", shop(texts=texts))
    at.segmented_control(key="view").set_value(view)
    settled(at)
    assert at.title[0].value == "Person"


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_stands_for_a_person_without_a_past(view: str) -> None:
    own = shop()
    rows, columns = own.matrix.nonzero()
    kept = rows != 3
    lonely = build("x", own.users, own.items, (rows[kept], columns[kept]), np.ones(int(kept.sum())), texts=own.texts)
    at = with_upload("explore/person", lonely)
    at.selectbox(key="user").set_value("p3")
    at.segmented_control(key="view").set_value(view)
    settled(at)
    said = words_of(at)
    assert "no history" in said
    assert "people with similar pasts" not in said, "a model that knows nothing of a person has no voice"
    assert list(listed(at, "Place").columns) == ["Place", "Title"]
    assert "By WALS" not in {column for frame in at.dataframe for column in frame.value.columns}


def test_a_person_without_a_past_is_given_one_by_the_model_that_was_chosen() -> None:
    own = shop()
    rows, columns = own.matrix.nonzero()
    kept = rows != 3
    at = with_upload(
        "explore/person", build("x", own.users, own.items, (rows[kept], columns[kept]), np.ones(int(kept.sum())))
    )
    at.selectbox(key="user").set_value("p3")
    at.segmented_control(key="view").set_value("What if")
    settled(at)
    at.multiselect(key="plus").set_value(["t3"])
    settled(at)
    assert "WALS answers by solving this one person" in words_of(at)


def folded_out(at: AppTest) -> AppTest:
    # No test can fold it out by a click; its state is what a click sets.
    at.session_state["finding"] = True
    return settled(at)


@pytest.mark.parametrize("kind", KINDS)
def test_one_click_finds_a_person_and_tells_the_measurement(kind: str) -> None:
    at = folded_out(visit(data="films-small"))
    at.button(key=f"find-{kind}").click()
    until(at, lambda seen: KINDS[kind] in words_of(seen) and not waiting(seen))
    first = at.selectbox(key="user").value
    assert "1 of" in words_of(at)
    assert "Measured on" in words_of(at)
    next(one for one in at.button if one.label == "Next").click()
    until(at, lambda seen: "2 of" in words_of(seen))
    assert at.selectbox(key="user").value != first


def test_who_is_told_without_hiding_anything_waits_for_no_training() -> None:
    own = shop(people=37)
    at = folded_out(with_upload("explore/person", own))
    blind = cached.factors(asks.hidden(own).train, suited(own))[0]
    at.button(key="find-surprised").click()
    until(at, lambda seen: "Measured on" in words_of(seen))
    assert cached.worker().result(blind) is None
    folded_out(at).button(key="find-worst").click()
    until(at, lambda seen: KINDS["worst"] in words_of(seen) and not waiting(seen))
    assert cached.worker().result(blind) is not None


def test_only_kinds_that_the_data_can_tell_are_offered() -> None:
    at = folded_out(with_upload("explore/person", shop(texts=False)))
    offered = {button.key for button in at.button}
    assert "find-worst" in offered
    assert "find-rescued" not in offered


def test_those_who_chose_an_item_can_be_asked_for() -> None:
    at = folded_out(visit(data="films-small"))
    dataset = samples.load("films-small")
    item = int(np.argmax(dataset.popularity))
    at.selectbox(key="who").set_value(str(dataset.items[item]))
    settled(at)
    who = {str(name) for name in at.selectbox(key="user").options}
    assert len(who) == dataset.popularity[item]
    assert f"Only the {len(who):,} who chose" in words_of(at)
    assert item in dataset.history(dataset.user_row(at.selectbox(key="user").value))


def test_removing_a_past_choice_says_both_places() -> None:
    at = visit()
    row = samples.load("films").user_row(at.selectbox(key="user").value)
    box = at.selectbox(key=f"without-{row}")
    box.set_value(box.options and at.selectbox(key=f"without-{row}").options[0])
    settled(at)
    assert "1 → " in words_of(at)


def test_chosen_items_are_shown_by_choice_and_marked() -> None:
    at = visit()
    assert "Known" not in listed(at, "Place").columns
    at.toggle(key="seen").set_value(True)
    at.slider(key="k").set_value(100)
    settled(at)
    table = listed(at, "Place", "Known")
    assert (table["Known"] == "chosen").sum() == len(at.dataframe[0].value)
    assert (table[["Words", "Popular"]] > 0).all(axis=None), (
        "every item has its place in lists that hold chosen ones too"
    )


def test_a_filter_leaves_only_what_passes() -> None:
    at = visit()
    at.multiselect(key="only_genre").set_value(["Horror"])
    settled(at)
    assert set(listed(at, "Place")["Genre"]) == {"Horror"}
    assert "Filtered" in words_of(at)


def test_a_link_opens_a_filtered_list_and_steering_keeps_to_the_filter() -> None:
    at = visit(only_genre="Horror", view="Steer")
    assert at.multiselect(key="only_genre").value == ["Horror"]
    table = listed(at, "Place", "Genre")
    horror = set(table["Title"])
    may = int(words_of(at).split("Filtered: ")[1].split()[0])
    assert (table[["Words", "Popular"]] <= may).all(axis=None), "every voice lists what passes, and nothing else"
    assert set(listed(at, "#", "By WALS")["Title"]) == horror


def test_a_filter_that_lets_nothing_through_is_said() -> None:
    at = visit(only_genre="Documentary", only_decade="1900s")
    assert "Nothing that is not chosen yet passes the filter" in words_of(at)


def test_a_past_made_from_nobody_is_the_one_that_its_address_opens() -> None:
    items = [str(item) for item in samples.load("films").items[[300, 400]]]
    at = visit(view="What if", start="nobody")
    at.multiselect(key="plus").set_value([items[0]])
    settled(at)
    at.multiselect(key="dislikes").set_value([items[1]])
    settled(at)
    made = listed(at, "#", "Title")
    again = visit(view="What if", start="nobody", plus=items[0], dislikes=items[1])
    assert listed(again, "#", "Title").equals(made)
    assert "Before" not in made.columns
    assert not set(made["Title"]) & set(samples.load("films").titles[[300, 400]])


def test_the_first_person_seen_is_one_with_something_left_to_suggest() -> None:
    own = shop(people=20, things=6)
    rows, columns = own.matrix.nonzero()
    rows, columns = np.append(rows, np.full(6, 4)), np.append(columns, np.arange(6))
    at = with_upload("explore/person", build("x", own.users, own.items, (rows, columns), np.ones(rows.size)))
    assert "every item" not in words_of(at)
    at.selectbox(key="user").set_value("p4")
    settled(at)
    assert "This person has chosen every item" in words_of(at)
    at.toggle(key="seen").set_value(True)
    settled(at)
    assert "the highest of what is not chosen yet" not in words_of(at)
    for view in ("Compare models", "What if", "Steer"):
        at.segmented_control(key="view").set_value(view)
        settled(at)
        assert "Nothing is left" in words_of(at), view


def test_a_past_of_everything_is_said() -> None:
    own = shop(people=20, things=6)
    at = with_upload("explore/person", own)
    for key, value in (("view", "What if"), ("start", "nobody")):
        at.segmented_control(key=key).set_value(value)
        settled(at)
    at.multiselect(key="plus").set_value([f"t{n}" for n in range(5)])
    settled(at)
    assert listed(at, "#", "Title")["Title"].tolist() == ["Thing 5"]
    at.multiselect(key="plus").set_value([f"t{n}" for n in range(6)])
    settled(at)
    assert "Nothing is left" in words_of(at)


def test_another_past_keeps_to_the_filter() -> None:
    at = visit(view="What if", start="nobody", plus="Gremlins (1984)", only_genre="Horror")
    titles = samples.load("films").titles
    genre = samples.load("films").attributes["genre"]
    found = listed(at, "#", "Title")["Title"]
    assert len(found) == 10
    assert {str(genre[titles == title][0]) for title in found} == {"Horror"}


def test_a_past_of_nothing_is_said() -> None:
    assert "past of nothing" in words_of(visit(view="What if", start="nobody"))


def test_an_item_that_is_not_there_is_left_out_of_a_past_and_said_to_be() -> None:
    at = visit(view="What if", start="nobody", plus="<script>")
    assert "past of nothing" in words_of(at)
    assert "Of 1 items that the address asks for, 0 can stand here." in words_of(at)


def test_what_a_link_asks_for_in_vain_takes_nothing_else_with_it() -> None:
    for asked in (["<img src=x>", "gremlins-1984", "gremlins-1984"], ["<img src=x>", "Gremlins (1984)"]):
        at = visit(view="What if", start="nobody", plus=asked)
        assert "Of 2 items that the address asks for, 1 can stand here." in words_of(at)
        assert at.multiselect(key="plus").value == ["gremlins-1984"]
    many = visit(view="What if", start="nobody", plus=[str(item) for item in samples.load("films").items[:60]])
    assert len(many.multiselect(key="plus").value) == 40
    assert "40 can stand here" in words_of(many)


def test_among_very_many_items_a_link_finds_its_own_by_title_and_a_search_says_how_many_it_found() -> None:
    many = 4_200
    rows, columns = np.arange(many) % 30, np.arange(many)
    own = build("many", [f"p{n}" for n in range(30)], [f"t{n}" for n in range(many)], (rows, columns), np.ones(many),
                titles=[f"Thing {n}" for n in range(many)])  # fmt: skip
    at = with_upload("explore/person", own)
    at.query_params.update({"view": "What if", "start": "nobody", "plus": "Thing 4100"})
    for key, value in (("view", "What if"), ("start", "nobody")):
        at.segmented_control(key=key).set_value(value)
        settled(at)
    assert at.multiselect(key="plus").value == ["t4100"]
    at.text_input(key="plus-search").set_value("thing 41")
    settled(at)
    assert "111 found; the first 100 are offered." in words_of(at)


def test_by_words_the_words_that_matter_are_named_with_their_method() -> None:
    at = visit(data="films-small", text__encoder="lsa", model="Text profile")
    settled(at)
    assert "Leave one word out" in words_of(at)
    assert len(listed(at, "Word", "Share"))


def test_what_is_removed_from_a_persons_past_moves_the_list() -> None:
    at = visit(view="What if")
    dataset = samples.load("films")
    row = dataset.user_row(at.selectbox(key="user").value)
    before = listed(at, "Before", "Moved")
    assert set(before["Moved"]) == {"="}
    at.multiselect(key="minus").set_value([str(dataset.items[dataset.history(row)[0]])])
    settled(at)
    assert set(listed(at, "Before", "Moved")["Moved"]) != {"="}


def test_a_turned_knob_changes_the_list_and_what_is_measured_of_it() -> None:
    at = visit(view="Steer")
    plain = listed(at, "#", "By WALS")["Title"].tolist()
    assert plain == listed(at, "Place")["Title"].tolist()
    at.slider(key="steer_diversity").set_value(0.8)
    at.slider(key="steer_repeats").set_value(0.2)
    settled(at)
    table = listed(at, "#", "By WALS")
    assert (table["By WALS"] == "chosen before").sum() == 2
    assert table["Title"].tolist() != plain


def test_a_link_that_names_an_item_by_its_id_opens_that_item() -> None:
    at = visit("explore/item", item="gremlins-1984")
    assert at.selectbox(key="item").value == "gremlins-1984"
    assert at.query_params["item"] == "Gremlins (1984)", "the address still names it"
    assert not at.warning
    at.selectbox(key="item").set_value("nosferatu-1922")
    settled(at)
    assert at.selectbox(key="item").value == "nosferatu-1922"


def test_an_item_that_is_not_there_is_said() -> None:
    at = visit("explore/item", item="<script>")
    assert any("no item" in warning.value for warning in at.warning)


def test_items_of_one_title_are_told_apart_by_their_ids() -> None:
    at = with_upload("explore/item", shop(extra={"3": "Twin", "4": "Twin"}))
    assert {"Twin (t3)", "Twin (t4)"} <= set(at.selectbox(key="item").options)
    assert "Thing 5" in at.selectbox(key="item").options


def test_an_item_that_nobody_chose_has_an_audience_by_words_and_is_said_to() -> None:
    cold = int(np.argmin(samples.load("films").popularity))
    at = visit("explore/item", item=str(samples.load("films").items[cold]))
    assert "nearest to it in words" in words_of(at)
    assert len(listed(at, "Person", "Because of")) == 10


def test_an_item_has_substitutes_complements_and_people_of_other_tastes() -> None:
    at = visit("explore/item")
    said = words_of(at)
    words, behaviour = (frame.value["Likely"] for frame in at.dataframe if "Likely" in frame.value.columns)
    assert set(words) <= {"substitute", "near in both"}
    assert set(behaviour) <= {"complement", "near in both"}
    assert (
        (words == "near in both").sum()
        == (behaviour == "near in both").sum()
        == int(said.split("The two name ")[1].split()[0])
    )
    assert "Their other tastes" in said
    assert "of the same 10 neighbours" in said


def test_whoever_asks_how_steady_neighbours_are_sees_it_coming_and_reads_every_seed() -> None:
    at = with_upload("explore/item", shop(people=62, things=62))
    worker = cached.worker()
    # The worker is kept busy until it is killed, so that the other seeds have to wait.
    busy = worker.ask("busy", "busy", visit_tasks.linger, by="somebody")
    next(button for button in at.button if button.label.startswith("How steady")).click()
    at.run()
    assert waiting(at)
    worker.cancel("busy", by="somebody")
    assert busy.finished.wait(30)
    said = words_of(until(at, lambda seen: not waiting(seen)))
    assert re.search(r"from 3 other seeds names \d+, \d+, \d+ of the same 10 neighbours", said)
    assert not any(button.label.startswith("How steady") for button in at.button)


def test_an_item_that_everybody_chose_has_nobody_left_and_that_is_said() -> None:
    own = shop()
    wanted = own.matrix.tolil()
    wanted[:, 3] = 1
    at = with_upload("explore/item", replace(own, matrix=wanted.tocsr()))
    at.selectbox(key="item").set_value("t3")
    settled(at)
    assert "Everybody has chosen it" in words_of(at)
    assert not any("Score" in frame.value.columns for frame in at.dataframe)


def with_an_item_unchosen(silent: int) -> AppTest:
    """The Item page where nobody chose t3 and one item has no text."""
    own = shop()
    kept = own.matrix.copy()
    kept.data[kept.indices == 3] = 0
    kept.eliminate_zeros()
    texts = own.texts.copy()
    texts[silent] = ""
    return with_upload("explore/item", replace(own, matrix=kept, texts=texts))


def test_an_item_without_a_place_is_told_what_it_lacks_in_that_space() -> None:
    at = with_an_item_unchosen(silent=4)
    for item, lacks in (("t3", "Nobody has chosen it, so"), ("t4", "It has no text that")):
        at.selectbox(key="item").set_value(item)
        settled(at)
        assert [info.value for info in at.info if info.value.startswith(lacks)]
        assert "Give it a text" not in words_of(at)


def test_nobody_is_named_for_an_item_that_nobody_chose_and_no_words_tell_of() -> None:
    at = with_an_item_unchosen(silent=3)
    at.selectbox(key="item").set_value("t3")
    settled(at)
    assert "nobody can be named" in words_of(at)
    assert not any("Score" in frame.value.columns for frame in at.dataframe)
