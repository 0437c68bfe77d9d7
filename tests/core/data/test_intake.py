"""What is built says the same as what was uploaded, and the account says what was changed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.data import bad_inputs, written
from textrec_core.data import intake, mapping, moments, repair, tables, weights
from textrec_core.data.mapping import Mapping
from textrec_core.data.repair import Pairs, Repairs
from textrec_core.errors import DataError
from textrec_core.limits import Limits

PLAIN = Mapping(
    user="user", item="item", weight="count", time="timestamp", item_id="item", title="title", text=("text",)
)


def table(text, label="t"):
    return tables.read(text.encode(), label)


def built(did, about=None, repairs=None, chosen=None):
    interactions, items = table(did, "did"), None if about is None else table(about, "about")
    guessed = chosen or mapping.guess(interactions, items)
    return intake.build("test", interactions, items, guessed, repairs)


PAIRS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9), st.integers(1_000_000_000, 1_000_000_400)),
    min_size=1,
    max_size=60,
)


def lines_of(rows):
    return "user,item,count,timestamp\n" + "".join(f"u{u},i{i},{w},{t}\n" for u, i, w, t in rows)


def said(rows, how):
    """The textbook account of repeated pairs, one by one."""
    found = {}
    for u, i, w, _ in sorted(rows, key=lambda row: row[3]) if how == "last" else rows:
        found.setdefault((f"u{u}", f"i{i}"), []).append(w)
    fold = {"sum": sum, "max": max, "count": len, "last": lambda values: values[-1]}[how]
    return {pair: float(fold(values)) for pair, values in found.items()}


@given(PAIRS, st.sampled_from(["sum", "max", "count", "last"]))
@settings(max_examples=150, deadline=None)
def test_the_matrix_holds_exactly_what_the_rows_say(rows, how):
    chosen = replace(PLAIN, item_id=None)
    data, account = built(lines_of(rows), repairs=Repairs(weights="as is", duplicates=how), chosen=chosen)
    matrix = data.matrix.tocoo()
    found = {(data.users[u], data.items[i]): float(w) for u, i, w in zip(*matrix.coords, matrix.data, strict=True)}
    assert found == said(rows, how)
    latest = {}
    for u, i, _, t in rows:
        latest[f"u{u}", f"i{i}"] = max(t, latest.get((f"u{u}", f"i{i}"), 0))
    assert {
        (data.users[u], data.items[i]): int(t) for u, i, t in zip(*matrix.coords, data.times, strict=True)
    } == latest
    assert account.counts["interaction rows kept"] == len(rows)


@given(PAIRS, st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_the_core_is_the_largest_in_which_nobody_is_under_a_minimum(rows, user_minimum, item_minimum):
    pairs = sorted({(u, i) for u, i, _, _ in rows})
    users, items = np.array(pairs).T
    kept = repair.core(Pairs(users, items, np.ones(len(pairs)), None), 6, 6, user_minimum, item_minimum)
    left = [pair for pair, stays in zip(pairs, kept, strict=True) if stays]
    assert all(sum(u == other for other, _ in left) >= user_minimum for u, _ in left)
    assert all(sum(i == other for _, other in left) >= item_minimum for _, i in left)
    one_by_one = list(pairs)
    while True:
        still = [
            (u, i) for u, i in one_by_one
            if sum(u == v for v, _ in one_by_one) >= user_minimum and sum(i == j for _, j in one_by_one) >= item_minimum
        ]  # fmt: skip
        if still == one_by_one:
            break
        one_by_one = still
    assert left == one_by_one


@given(PAIRS, st.floats(0.05, 1))
@settings(max_examples=80, deadline=None)
def test_a_sample_keeps_whole_people(rows, share):
    users, items = np.array(sorted({(u, i) for u, i, _, _ in rows})).T
    kept = repair.sample_of_people(Pairs(users, items, np.ones(users.size), None), 6, share)
    drawn = set(users[kept])
    assert len(drawn) == max(1, round(share * len(set(users))))
    assert not drawn & set(users[~kept])


def test_the_order_of_rows_changes_neither_counts_nor_weights():
    rows = [("a", "x", 1), ("b", "y", 2), ("a", "y", 3), ("a", "x", 4)]
    texts = ["user,item,count\n" + "".join(f"{u},{i},{w}\n" for u, i, w in order) for order in (rows, rows[::-1])]
    first, second = (built(text)[0] for text in texts)
    for user in ("a", "b"):
        for item in ("x", "y"):
            places = [(data.user_row(user), data.item_row(item)) for data in (first, second)]
            assert first.matrix[places[0]] == second.matrix[places[1]]


@pytest.mark.parametrize(("repairs", "users"), [
    (Repairs(trim=False), [" a", "012", "12", "12.0", "A", "a"]),
    (Repairs(), ["012", "12", "12.0", "A", "a"]),
    (Repairs(fold_case=True), ["012", "12", "12.0", "a"]),
    (Repairs(numeric_ids=True), ["12", "A", "a"]),
])  # fmt: skip
def test_ids_merge_only_by_the_repairs_chosen(repairs, users):
    data, account = built("user,item\na,x\n a,x\nA,x\n12,x\n012,x\n12.0,x\n", repairs=repairs)
    assert sorted(data.users) == users
    assert sum(effect.touched for effect in account.effects if effect.repair == "ids") == 6 - len(users)


@pytest.mark.parametrize(("column", "values", "rule"), [
    ("rating", ["0.5", "3.5", "5"], "each counts 1"),
    ("rating", ["1", "2", "5"], "each counts 1"),
    ("column 3", ["1", "3", "5", "5"], "each counts 1"),
    ("stars", ["1", "10", "7"], "each counts 1"),
    ("plays", ["1", "2", "5"], "as is"),
    ("column 3", ["1", "1", "1", "2", "3"], "as is"),
    ("hours", ["0.4", "120.5"], "as is"),
    ("liked", ["0", "1", "1"], "as is"),
])  # fmt: skip
def test_ratings_count_one_each_and_counts_stay_what_they_are(column, values, rule):
    assert weights.rule_for(np.array(values, float), column, Repairs())[0] == rule


def test_a_threshold_keeps_what_reaches_it():
    data, account = built(
        "user,item,rating\na,x,5\na,y,3\nb,x,4\nb,y,1\n", repairs=Repairs(weights="threshold", threshold=4.0)
    )
    assert data.interactions == 2
    assert set(data.matrix.data) == {1.0}
    assert [(effect.repair, effect.touched) for effect in account.effects] == [("weights", 2)]


def test_rows_without_a_number_count_only_where_that_was_said():
    text = "user,item,rating\na,x,5\na,y,\nb,x,five\nb,y,4\n"
    assert built(text)[0].interactions == 2
    data, account = built(text, repairs=Repairs(weights="each counts 1"))
    assert (data.interactions, len(account.faulty)) == (4, 0)


def test_impossible_times_cost_their_rows_or_the_times_of_all():
    text = "user,item,date\na,x,2020-01-01\nb,y,2020-99-01\nb,x,2020-03-01\nc,x,2020-03-01\n"
    data, account = built(text)
    assert (data.interactions, len(account.faulty)) == (3, 1)
    whole, account = built(text, repairs=Repairs(times="forget"))
    assert (whole.interactions, whole.times, len(account.faulty)) == (4, None, 0)


@given(st.lists(st.integers(0, 4_000_000_000), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_a_moment_is_the_same_second_however_it_is_written(instants):
    exact = pd.to_datetime(pd.Series(instants), unit="s", utc=True)
    for shape in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S"):
        values, good, _ = moments.seconds(exact.dt.strftime(shape).astype("str"), "t")
        assert good.all()
        assert values.tolist() == instants


def test_a_date_read_two_ways_is_decided_by_the_person():
    cells = pd.Series(["03/04/2020"], dtype="str")
    with pytest.raises(DataError, match="day first or month first"):
        moments.seconds(cells, "when")
    days = {order: moments.seconds(cells, "when", order)[0][0] // 86_400 for order in ("day first", "month first")}
    assert days["day first"] - days["month first"] == 31 - 1
    assert moments.seconds(cells, "when", "day first")[2] == "dates like 31/12/2020"


@pytest.mark.parametrize(("decimal", "value"), [("point", 1234.0), ("comma", 1.234)])
def test_an_ambiguous_number_is_decided_by_the_person(decimal, value):
    cells = pd.Series(["1,234"], dtype="str")
    assert weights.numbers(cells, "w", decimal).tolist() == [value]
    with pytest.raises(DataError, match="two ways"):
        weights.numbers(cells, "w", "auto")


def test_columns_are_found_by_content_where_they_have_no_names():
    did = "".join(f"{100 + n % 7}\t{n % 11}\t{1 + n % 5}\t{1_500_000_000 + n}\n" for n in range(60))
    about = "".join(
        f"{n};The title of film {n};{'A long text that tells what the film is about and for whom. ' * 3}\n"
        for n in range(11)
    )
    guessed = mapping.guess(table(did), table(about))
    assert (guessed.user, guessed.item, guessed.weight, guessed.time) == ("userId", "movieId", "rating", "timestamp")
    assert (guessed.item_id, guessed.title, guessed.text) == ("column 1", "column 2", ("column 3",))
    assert "11 distinct, all found" in guessed.reasons["item"]


def test_the_item_column_is_the_one_found_in_the_item_table():
    did = "".join(f"x{n % 11},p{n % 7}\n" for n in range(60))
    about = "item,title\n" + "".join(f"x{n},The film {n}\n" for n in range(11))
    guessed = mapping.guess(table("first,second\n" + did), table(about))
    assert (guessed.user, guessed.item) == ("second", "first")


def test_every_guess_has_a_reason():
    guessed = mapping.guess(tables.read(bad_inputs.GOOD, "did"), tables.read(bad_inputs.ITEMS, "about"))
    for role in ("user", "item", "weight", "time", "item_id", "title", "text"):
        assert bool(getattr(guessed, role)) == bool(guessed.reasons.get(role)), role


@pytest.mark.parametrize("chosen", [
    replace(PLAIN, user=None), replace(PLAIN, user="nobody"), replace(PLAIN, user="item"), replace(PLAIN, item_id=None),
    replace(PLAIN, title="nothing"), replace(PLAIN, text=("text", "nothing")),
], ids=["no user", "unknown user", "one column twice", "no item id", "unknown title", "unknown text"])  # fmt: skip
def test_a_mapping_that_cannot_hold_is_refused_with_the_columns_there_are(chosen):
    with pytest.raises(DataError) as caught:
        built("user,item,count,timestamp\na,x,1,1500000000\n", bad_inputs.ITEMS.decode(), chosen=chosen)
    assert caught.value.hint


@pytest.mark.parametrize(("did", "about", "field"), [
    ("user,item\na,X\nb,Y\nc,z\n", "item,title\nx,One\ny,Two\nz,Three\n", "fold_case"),
    ("user,item\na,01\nb,02\nc,3\n", "item,title\n1,One\n2,Two\n3,Three\n", "numeric_ids"),
])  # fmt: skip
def test_the_suggestion_does_what_it_says(did, about, field):
    _, account = built(did, about)
    suggestion = account.suggestion
    assert getattr(suggestion.repairs, field)
    _, after = built(did, about, suggestion.repairs, suggestion.mapping)
    assert after.overlap.both == suggestion.matched > account.overlap.both
    assert after.suggestion is None


def test_another_column_that_matches_more_is_suggested():
    did, about = "user,item,code\na,1,x\nb,2,y\nc,3,z\n", "item,title\nx,One\ny,Two\nz,Three\n"
    chosen = Mapping(user="user", item="item", item_id="item", title="title")
    with pytest.raises(DataError) as caught:
        built(did, about, chosen=chosen)
    assert "'code'" in caught.value.hint
    assert "3 item ids match" in caught.value.hint


def test_described_items_come_first_and_stay_without_people():
    data, account = built("user,item\na,q\na,y\nb,q\n", "item,title\nx,Ex\ny,Why\n")
    assert data.items.tolist() == ["x", "y", "q"]
    assert data.titles.tolist() == ["Ex", "Why", "q"]
    assert data.popularity.tolist() == [0, 1, 2]
    assert (account.overlap.both, account.overlap.only_interactions, account.overlap.only_items) == (1, 1, 1)
    only, _ = built("user,item\na,q\na,y\nb,q\n", "item,title\nx,Ex\ny,Why\n", Repairs(only_described=True))
    assert (only.users.tolist(), only.items.tolist(), only.interactions) == (["a"], ["x", "y"], 1)


def test_several_text_columns_are_joined_under_their_names():
    chosen = Mapping(
        user="user",
        item="item",
        item_id="item",
        title="title",
        text=("title", "plot", "genres"),
        attributes=("genres",),
    )
    data, _ = built(
        "user,item\na,x\nb,y\n", "item,title,plot,genres\nx,Ex,It begins.,War|Love\ny,Why,,\n", chosen=chosen
    )
    assert data.texts.tolist() == ["Ex\nplot: It begins.\ngenres: War, Love", "Why"]
    assert data.attributes["genres"].tolist() == ["War|Love", ""]


def test_an_item_table_of_which_only_the_id_is_used_still_gives_its_items():
    chosen = Mapping(user="user", item="item", item_id="item")
    data, _ = built("user,item\na,x\n", "item,title\nx,Ex\ny,Why\n", chosen=chosen)
    assert data.titles.tolist() == data.items.tolist() == ["x", "y"]
    assert not data.has_texts


def test_html_is_kept_until_its_removal_is_asked_for():
    did, about = "user,item\na,x\nb,y\n", "item,title\nx,<b>Tom</b> &amp; a<b\ny,Why\n"
    assert built(did, about)[0].titles[0] == "<b>Tom</b> &amp; a<b"
    assert built(did, about, Repairs(strip_html=True))[0].titles[0] == "Tom & a<b"


@pytest.mark.parametrize(
    ("how", "title", "text"), [("first", "One", "A"), ("last", "Two", "B"), ("join", "One Two", "A B")]
)
def test_an_item_described_twice_follows_the_choice(how, title, text):
    data, _ = built(
        "user,item\na,x\nb,y\n", "item,title,text\nx,One,A\ny,Why,C\nx,Two,B\n", Repairs(repeated_items=how)
    )
    place = data.item_row("x")
    assert (data.titles[place], data.texts[place]) == (title, text)


def test_every_row_read_is_either_kept_or_named_with_its_reason():
    did = written.many(500, "short,row", ",i1,5", "u1,,5", "u1,i1,five", "u1,i1,inf", "x" * 300 + ",i1,5").decode()
    _, account = built(did)
    assert account.counts["interaction rows read"] == 506
    assert account.counts["interaction rows kept"] == 500
    assert sum(account.dropped.values()) == len(account.faulty) == 6
    assert account.faulty["row"].tolist() == [502, 503, 504, 505, 506, 507]
    report = account.report()
    assert report[report["kind"] == "row of did"]["row"].tolist() == ["502", "503", "504", "505", "506", "507"]


def test_more_faulty_rows_than_are_listed_are_still_counted():
    did = tables.read(written.did("a,x,5", *["b,y,bad", "b,y,"] * 20), "did")
    guessed = replace(mapping.guess(did, None), weight="rating")
    _, account = intake.build("t", did, None, guessed, Repairs(weights="as is"), Limits(faulty_listed=10))
    assert (sum(account.dropped.values()), len(account.faulty)) == (40, 10)


@pytest.mark.parametrize("limits", [Limits(users=2), Limits(items=2)], ids=["people", "items"])
def test_more_people_or_items_than_can_be_held_are_refused_with_the_limit(limits):
    did = tables.read(bad_inputs.GOOD, "did")
    with pytest.raises(DataError, match="at most 2 are held"):
        intake.build("t", did, None, mapping.guess(did, None), limits=limits)


def test_the_fingerprint_moves_with_every_repair_that_changes_the_data():
    did = bad_inputs.GOOD.decode() + "a,x,2\nA,z,5\n"
    tried = [Repairs(), Repairs(weights="as is"), Repairs(weights="as is", duplicates="max"), Repairs(fold_case=True),
             Repairs(user_minimum=2), Repairs(weights="threshold", threshold=5.0)]  # fmt: skip
    assert len({built(did, repairs=repairs)[0].fingerprint for repairs in tried}) == len(tried)
