"""What the two catalogues must hold before anyone is simulated: plausible facts, and words that are nobody else's."""

import re
from collections import Counter

import pytest

from textrec_core.data import samples
from textrec_core.data.tastes import entries

RUN = 8


@pytest.fixture(scope="module")
def films():
    return samples.catalogue("films")


@pytest.fixture(scope="module")
def products():
    return samples.catalogue("shop")


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold())


def shared_runs(texts: list[str], length: int) -> list[str]:
    """Runs of this many words that stand in more than one text."""
    found: dict[str, int] = {}
    shared = []
    for place, text in enumerate(texts):
        spoken = words(text)
        for start in range(len(spoken) - length + 1):
            run = " ".join(spoken[start : start + length])
            if found.setdefault(run, place) != place:
                shared.append(run)
    return shared


@pytest.mark.parametrize(("name", "least", "most"), [("films", 35, 70), ("shop", 15, 35)])
def test_every_description_has_the_length_asked_for(name, least, most):
    table = samples.catalogue(name)
    counts = [len(text.split()) for text in table["description"]]
    assert [title for title, n in zip(table["title"], counts, strict=True) if not least <= n <= most] == []


def test_no_two_descriptions_share_a_run_of_eight_words(films, products):
    texts = [*films["description"], *products["description"]]
    assert shared_runs(texts, RUN) == []
    # The check sees what it looks for.
    assert shared_runs([texts[0], "Once more, " + texts[0]], RUN)


@pytest.mark.parametrize("name", ["films", "shop"])
def test_ids_are_unique_plain_and_made_of_the_title(name):
    table = samples.catalogue(name)
    assert table["id"].is_unique
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identity) for identity in table["id"])


def test_title_and_year_name_one_film(films):
    assert not films.duplicated(["title", "year"]).any()
    assert films["year"].between(1895, 2025).all()
    assert (films["id"].str[-4:].astype(int) == films["year"]).all()


def test_the_films_are_many_old_and_new_and_from_many_countries(films):
    assert len(films) >= 600
    assert films["country"].nunique() >= 25
    assert set(films["year"] // 10 * 10) >= set(range(1920, 2030, 10))


def test_no_genre_has_too_few_films_to_be_learned(films):
    counts = Counter(genre for found in entries(films["genres"]) for genre in found)
    assert len(counts) >= 20
    assert {genre: count for genre, count in counts.items() if count < 8} == {}


def test_titles_with_and_without_accents_are_both_there(films):
    plain = films["title"].str.isascii()
    assert plain.any()
    assert (~plain).sum() >= 5


def test_no_description_names_its_film_or_its_people(films):
    for film in films.itertuples():
        told = film.description.casefold()
        # A one-word title may be a common word, and a person's first name a character's.
        assert " " not in film.title or film.title.casefold() not in told, film.title
        assert film.director.casefold() not in told, film.title
        assert not any(actor.casefold() in told for actor in film.actors.split("; ") if actor), film.title


def test_every_film_has_its_facts_and_the_judgements_the_simulation_needs(films):
    assert (films[["title", "country", "director", "genres", "themes", "description"]] != "").all(axis=None)
    assert films[["children", "canon", "date"]].isin(range(4)).all(axis=None)
    assert films["fame"].between(1, 5).all()
    assert {len(found) for found in entries(films["genres"])} <= {2, 3, 4}
    assert {len(found) for found in entries(films["themes"])} <= {2, 3, 4}


def test_a_series_has_several_parts_each_told_once_in_the_order_they_were_made(films):
    parts = films[films["series"] != ""].assign(part=lambda table: table["part"].astype(int))
    assert ((films["series"] == "") == (films["part"] == "")).all()
    for name, series in parts.groupby("series"):
        assert len(series) >= 2, name
        assert series["part"].is_unique, name
        assert series.sort_values("part")["year"].is_monotonic_increasing, name


def test_the_shop_has_twelve_departments_and_purposes_that_take_more_than_one_kind(products):
    assert len(products) == 200
    assert products["department"].nunique() == 12
    assert (products.groupby("goes_with")["kind"].nunique() >= 2).all()
    assert (products.groupby("kind")["goes_with"].nunique() == 1).all()
    assert (products.groupby("kind").size() >= 3).all()


def test_a_printer_needs_toner_and_paper(products):
    assert set(products.loc[products["goes_with"] == "printing", "kind"]) == {"printer", "toner", "paper"}
