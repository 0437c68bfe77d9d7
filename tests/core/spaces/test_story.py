"""The story that the readme tells of the two spaces is what the spaces say."""

import re
from pathlib import Path

import numpy as np
import pytest

from textrec_core.data import samples
from textrec_core.data.dataset import Dataset
from textrec_core.models import wals
from textrec_core.share import prepared, shelf
from textrec_core.spaces import graph
from textrec_core.spaces.agreement import Agreement, AgreementParams, agreement
from textrec_core.spaces.space import Space
from textrec_core.text import encoder

README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \([^|]*\) \| ([^|]+) \([^|]*\) \|$", README, re.MULTILINE)


def behaviour(dataset: Dataset, params: wals.WalsParams) -> Space:
    fit = shelf.load(prepared.FOLDER, wals.name_of(dataset, params))
    assert isinstance(fit, wals.Factors)
    return Space("WALS", fit.items, fit.fingerprint)


def compared(name: str) -> tuple[Dataset, Agreement]:
    dataset, params = samples.load(name), encoder.TextParams()
    text = shelf.load(prepared.FOLDER, encoder.name_of(dataset, params, encoder.choose(params)))
    assert isinstance(text, Space)
    people = behaviour(dataset, wals.suited(dataset))
    return dataset, agreement(text, people, AgreementParams(), (graph.build(text), graph.build(people)))


@pytest.fixture(scope="module")
def films() -> tuple[Dataset, Agreement]:
    """Agreement on the first sample with the defaults."""
    return compared("films")


def row_of(dataset: Dataset, title: str) -> int:
    found = [row for row, full in enumerate(dataset.titles) if full.startswith(title)]
    assert found, title
    return min(found, key=lambda row: len(dataset.titles[row]))


def test_the_readme_has_a_story():
    assert len(ROWS) == 3


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_films_named_are_near(films, row):
    dataset, found = films
    item = row_of(dataset, row[0])
    for names, near in zip(row[1:], (found.first, found.second), strict=True):
        titles = [dataset.titles[other] for other in near.rows[item]]
        for name in names.split(", "):
            assert any(title.startswith(name) for title in titles), f"{name} is not among {titles}"


def test_the_shares_are_those_measured(films):
    dataset, found = films
    said = re.search(
        r"share (\d+) % of each item's ten nearest; chance would give ([\d.]+) %, and WALS trained again from another seed"
        r" shares (\d+) % with itself",
        README.replace("\n", " "),
    )
    assert said
    params = wals.suited(dataset)
    one, other = behaviour(dataset, params), behaviour(dataset, wals.reseeded(params))
    again = agreement(one, other, AgreementParams())
    assert said.groups() == (f"{found.mean:.0%}"[:-1], f"{found.chance * 100:.1f}", f"{again.mean:.0%}"[:-1])


def test_the_words_name_other_printers_and_the_people_what_a_printer_needs():
    dataset, found = compared("shop")
    item = row_of(dataset, "Family colour inkjet printer")
    words, people = ([dataset.titles[other] for other in near.rows[item][:4]] for near in (found.first, found.second))
    assert sum("printer" in title for title in words) == 3
    assert not any("printer" in title for title in people)
    assert np.isin(["Glossy photo paper, 10 x 15", "Refill kit for toner cartridges"], people).all()
