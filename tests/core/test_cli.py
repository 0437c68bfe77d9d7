"""The verbs: one JSON object with documented keys, two sentences and exit 2 for what can be mended, help from declarations."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from textrec_core.__main__ import VERBS, main, parser
from textrec_core.data import profile, sources
from textrec_core.data.repair import Repairs
from textrec_core.data.sources import Source
from textrec_core.params import declared

ROOT = Path(__file__).parents[2]
COMMON = {"verb", "dataset", "params"}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    rows = [f"p{n % 30},t{(n * 5 + n // 30) % 14}" for n in range(240)]
    did, about = tmp_path / "did.csv", tmp_path / "about.csv"
    did.write_text("user,item\n" + "\n".join(rows) + "\n")
    items = [
        f"t{n},Thing {n},A {'red lamp for reading' if n % 2 else 'blue tool for cutting wood'} number {n}"
        for n in range(14)
    ]
    about.write_text("item,title,text\n" + "\n".join(items) + "\n")
    return ["--interactions", str(did), "--items", str(about)]


def documented() -> list[tuple[str, set[str]]]:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", (ROOT / "docs" / "cli.md").read_text(), re.MULTILINE)
    return [(verb, set(re.findall(r"`(\w+)`", keys))) for verb, keys in rows]


def said(capsys: pytest.CaptureFixture[str], words: list[str]) -> dict:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


CALLS = {
    "check": [],
    "fit": ["--rank", "4"],
    "recommend": ["--rank", "4", "--user", "p1", "--k", "3"],
    "why": ["--rank", "4", "--user", "p1"],
    "audience": ["--rank", "4", "--item", "t3", "--k", "5"],
    "project": ["--rank", "4", "--encoder", "lsa", "--title", "Lamp", "--text", "a red lamp for reading", "--k", "5"],
    "map": ["--rank", "4", "--method", "pca"],
    "agree": ["--rank", "4", "--k", "3"],
    "sweep": ["--rank", "4", "--grid", "alpha=1,5", "--grid", "regularization=0.01,0.1"],
    "clusters": ["--rank", "4", "--clusters", "3"],
    "layers": ["--rank", "4", "--share", "0.3"],
    "evaluate": ["--rank", "4", "--k", "5,10", "--models", "wals,popularity"],
    "runs": ["--ledger", "LEDGER"],
}
# These read no data set.
APART = {"encode", "fetch"}


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in APART])
def test_every_verb_prints_one_object_with_the_documented_keys(verb: str, files: list[str], capsys) -> None:
    ledger = str(Path(files[1]).with_name("ledger.db"))
    facts = said(capsys, [verb, *files, *(ledger if word == "LEDGER" else word for word in CALLS[verb])])
    allowed = [keys for name, keys in documented() if name == verb]
    assert allowed
    extra = set(facts) - COMMON
    assert set(facts) >= COMMON
    assert any(extra <= keys for keys in allowed), extra


def test_a_map_of_people_places_each_by_their_choices_and_by_wals(files: list[str], tmp_path: Path, capsys) -> None:
    facts = said(capsys, ["map", *files, *CALLS["map"], "--of", "people"])
    table = pd.read_csv(files[1])
    assert {row["user"]: row["choices"] for row in facts["places"]} == table.groupby("user").item.nunique().to_dict()
    assert facts["of"] == "people"
    words, people = (one["space"] for one in facts["maps"])
    assert words != people == "WALS"
    out = tmp_path / "people.csv"
    said(capsys, ["map", *files, *CALLS["map"], "--of", "people", "--out", str(out)])
    written = pd.read_csv(out)
    assert np.isfinite(written[["words_x", "words_y", "people_x", "people_y"]].to_numpy()).all()
    assert written[["words_x", "people_x"]].nunique().min() > 10
    assert len(said(capsys, ["map", *files, *CALLS["map"]])["places"]) == 14


def test_a_list_from_the_command_line_never_holds_what_was_chosen_and_its_reason_adds_up(
    files: list[str], capsys
) -> None:
    listed = said(capsys, ["recommend", *files, "--rank", "4", "--user", "p1", "--k", "50"])["list"]
    table = pd.read_csv(files[1])
    chosen = set(table[table.user == "p1"].item)
    assert not chosen & {row["item"] for row in listed}
    assert len(listed) == 14 - len(chosen)
    why = said(capsys, ["why", *files, "--rank", "4", "--user", "p1", "--item", listed[0]["item"]])
    assert sum(share["share"] for share in why["shares"]) == pytest.approx(listed[0]["score"], abs=1e-5)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_everybodys_lists_are_written_with_the_callers_own_ids(
    ending: str, files: list[str], tmp_path: Path, capsys
) -> None:
    out = tmp_path / f"lists.{ending}"
    facts = said(capsys, ["recommend", *files, "--rank", "4", "--k", "3", "--out", str(out)])
    table = pd.read_csv(out) if ending == "csv" else pd.read_parquet(out)
    assert len(table) == facts["rows"]
    assert set(table.user) <= {f"p{n}" for n in range(30)}


@pytest.mark.parametrize(
    "words",
    [
        ["fit"],
        ["fit", "--interactions", "/nowhere/at-all.csv"],
        ["fit", "--sample", "nothing"],
        ["recommend", "FILES"],
        ["recommend", "FILES", "--user", "nobody"],
        ["recommend", "FILES", "--user", "p1", "--k", "0"],
        ["recommend", "FILES", "--out", "lists.exe"],
        ["recommend", "FILES", "--user", "p1", "--out", "lists.csv"],
        ["recommend", "BARE", "--user", "lone", "--model", "text", "--encoder", "lsa"],
        ["fit", "FILES", "--rank", "99999"],
        ["fit", "FILES", "--rank", "ten"],
        ["fit", "FILES", "--alpha", "nan"],
        ["fit", "FILES", "--solver", "magic"],
        ["why", "FILES", "--user", "p1", "--item", "t99"],
        ["project", "FILES", "--rank", "4"],
        ["project", "FILES", "--rank", "4", "--text", " "],
        ["project", "FILES", "--rank", "4", "--text", "x" * 50_000],
        ["project", "FILES", "--rank", "4", "--text", "a lamp", "--boost", "nan"],
        ["project", "FILES", "--rank", "4", "--text", "a lamp", "--k", "0"],
        ["project", "FILES", "--rank", "4", "--new", "/nowhere/new.csv"],
        ["project", "FILES", "--text", "a lamp", "--new", "/nowhere/new.csv"],
        ["audience", "FILES"],
        ["audience", "FILES", "--item", "t99"],
        ["audience", "FILES", "--item", "t1", "--k", "0"],
        ["audience", "FILES", "--item", "t3", "--model", "popularity"],
        ["agree", "FILES", "--rank", "4", "--encoder", "../../etc"],
        ["evaluate", "FILES", "--models", "magic"],
        ["evaluate", "FILES", "--k", "ten"],
        ["evaluate", "FILES", "--k", "0"],
        ["sweep", "FILES"],
        ["sweep", "FILES", "--grid", "rank=99999"],
        ["runs", "FILES"],
        ["runs", "FILES", "--ledger", "LEDGER", "--delete", "nothing"],
        ["fit", "FILES", "--start", "no-such.npz"],
        ["check", "FILES", "--map", "person=user"],
        ["check", "FILES", "--map", "user=nobody"],
        ["check", "FILES", "--duplicates", "any"],
    ],
)
def test_what_can_be_mended_is_said_in_two_sentences_with_exit_2(words: list[str], files: list[str], capsys) -> None:
    given = {"FILES": files, "LEDGER": [str(Path(files[1]).with_name("ledger.db"))]}
    if "BARE" in words:
        # A person whose past no words tell of.
        with Path(files[1]).open("a") as file:
            file.write("lone,unheard of\nlone,never described\n")
        given["BARE"] = files
    full = [part for word in words for part in given.get(word, [word])]
    assert main([*full, "--json"]) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    lines = heard.err.strip().splitlines()
    assert len(lines) == 2
    assert all(line.endswith((".", "?")) for line in lines), lines


@pytest.mark.parametrize("verb", ["check", "recommend", "audience", "project", "map", "clusters"])
def test_a_table_of_an_unknown_ending_is_refused_before_any_file_is_read(verb: str, capsys) -> None:
    assert main([verb, "--interactions", "/nowhere/at-all.csv", "--out", "table.exe"]) == 2
    assert "neither .csv nor .parquet" in capsys.readouterr().err


def test_check_gives_the_report_of_the_page_and_what_came_of_the_files(
    files: list[str], tmp_path: Path, capsys
) -> None:
    did, about = (Source(Path(files[place]), Path(files[place]).name) for place in (1, 3))
    Path(files[1]).write_text(Path(files[1]).read_text() + ",t1\np1,\n")
    out = tmp_path / "report.csv"
    facts = said(capsys, ["check", *files, "--out", str(out)])
    page = sources.build("page", did, about, sources.look(did, about).mapping, Repairs())
    assert page.intake is not None
    assert page.profile is not None
    assert facts["report"] == page.intake.report().to_dict("records")
    assert facts["profile"] == profile.facts(page.profile)
    assert [row["row"] for row in facts["report"] if row["kind"] == "row of did.csv"] == ["242", "243"]
    assert len(pd.read_csv(out)) == len(facts["report"])


def test_columns_and_repairs_can_be_chosen_as_on_the_page(files: list[str], capsys) -> None:
    turned = said(capsys, ["check", *files[:2], "--map", "user=item", "--map", "item=user"])
    assert (turned["dataset"]["users"], turned["dataset"]["items"]) == (14, 30)
    half = said(capsys, ["check", *files, "--people-share", "0.5", "--map", "title="])
    assert half["params"]["Repairs"]["people_share"] == 0.5
    assert half["dataset"]["users"] == 15


@pytest.mark.parametrize("model", ["wals", "text"])
def test_an_audience_holds_nobody_who_chose_the_item_and_the_best_first(model: str, files: list[str], capsys) -> None:
    facts = said(capsys, ["audience", *files, "--rank", "4", "--item", "t3", "--k", "50", "--model", model])
    table = pd.read_csv(files[1])
    chosen = set(table[table.item == "t3"].user)
    assert facts["chosen_by"] == len(chosen)
    assert {row["user"] for row in facts["audience"]} == {f"p{n}" for n in range(30)} - chosen
    scores = [row["score"] for row in facts["audience"]]
    assert scores == sorted(scores, reverse=True)
    past = {user: {f"Thing {item[1:]}" for item in rows.item} for user, rows in table.groupby("user")}
    assert all(row["because_of"] in past[row["user"]] for row in facts["audience"])


def test_a_table_of_new_items_is_written_with_the_callers_own_ids(files: list[str], tmp_path: Path, capsys) -> None:
    new, out = tmp_path / "new.csv", tmp_path / "met.csv"
    new.write_text("title,text\nLamp,a red lamp for reading in bed\n=Saw,a blue tool for cutting wood\nNothing,??\n")
    words = ["project", *files, "--rank", "4", "--encoder", "lsa", "--new", str(new)]
    items = said(capsys, words)["items"]
    assert [item["title"] for item in items] == ["Lamp", "=Saw", "Nothing"]
    assert [item["understood"] for item in items] == [True, True, False]
    assert {row["user"] for item in items for row in item["audience"]} <= {f"p{n}" for n in range(30)}
    assert items[2]["audience"] == []
    assert said(capsys, [*words, "--out", str(out)])["rows"] == 3
    assert pd.read_csv(out)["Title"].tolist() == ["Lamp", "'=Saw", "Nothing"]
    assert main([*words, "--title", "Lamp"]) == 2
    assert "its own titles" in capsys.readouterr().err


def test_trust_that_is_asked_for_stands_in_the_table_too(tmp_path: Path, capsys) -> None:
    new, out = tmp_path / "new.csv", tmp_path / "met.parquet"
    new.write_text("title,text\nMug,A wide mug for tea and coffee\nNothing,??\n")
    words = ["project", "--sample", "shop", "--rank", "4", "--encoder", "lsa", "--trust"]
    told = said(capsys, [*words, "--title", "Mug", "--text", "A wide mug for tea and coffee"])["items"][0]["trust"]
    said(capsys, [*words, "--new", str(new), "--out", str(out)])
    table = pd.read_parquet(out)
    columns = ["Trust", "Trust from", "Trust to", "By activity"]
    assert table.loc[0, columns].tolist() == [told[name] for name in ("middle", "low", "high", "by_activity")]
    assert table.loc[1, columns].isna().all()


def test_trust_stands_beside_what_activity_alone_would_find(capsys) -> None:
    words = ["project", "--sample", "films-small", "--encoder", "lsa", "--rank", "8", "--title", "The Keeper"]
    items = said(capsys, [*words, "--text", "A keeper of a lighthouse hears voices from the sea.", "--trust"])["items"]
    trust = items[0]["trust"]
    assert 0 <= trust["low"] <= trust["middle"] <= trust["high"] <= 1
    assert 0.5 < trust["by_activity"] < trust["high"]


def test_help_names_every_tunable_with_its_limits() -> None:
    for name, verb in VERBS.items():
        shown = " ".join(parser()._subparsers._group_actions[0].choices[name].format_help().split())  # type: ignore[union-attr]
        for kind in verb.params:
            for entry in declared(kind):
                assert entry.meaning.split(";")[0][:30] in shown, (name, entry.name)
                assert f"default {entry.default}" in shown


def test_the_command_itself_prints_nothing_but_json(files: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "textrec_core", "fit", *files, "--rank", "4", "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verb"] == "fit"


def test_a_board_is_told_at_every_length_that_is_asked_for(files: list[str], capsys) -> None:
    facts = said(capsys, ["evaluate", *files, "--rank", "4", "--models", "WALS, knn,Popularity", "--k", "5,10,100"])
    assert {(row["model"], row["k"]) for row in facts["at"]} == {
        (model, k) for model in ("WALS", "Item-kNN", "Popularity") for k in (5, 10, 100)
    }
    for row in facts["board"]:
        assert row["ndcg"] == pytest.approx(
            next(at["ndcg"] for at in facts["at"] if (at["model"], at["k"]) == (row["model"], 5))
        )


def test_runs_are_named_compared_and_deleted(files: list[str], tmp_path: Path, capsys) -> None:
    ledger = ["--ledger", str(tmp_path / "own.db")]
    said(capsys, ["sweep", *files, *ledger, "--rank", "4", "--grid", "alpha=1,5"])
    made = said(capsys, ["runs", *files, *ledger])["runs"]
    one, other = (run["key"] for run in made if run["params"]["seed"] == 0)
    assert len(made) == 2 + 3, "the best is trained from three other starts"
    facts = said(capsys, ["runs", *files, *ledger, "--name", f"{one}=the good one", "--compare", one, other])
    assert next(run["name"] for run in facts["runs"] if run["key"] == one) == "the good one"
    assert set(facts["compared"]["params"]) == {"alpha"}
    assert facts["compared"]["starts"] == 1
    several = said(capsys, ["runs", *files, *ledger, "--compare", one, other, "--starts", "2"])
    assert several["compared"]["starts"] == 2
    left = {run["key"] for run in said(capsys, ["runs", *files, *ledger, "--delete", other])["runs"]}
    assert one in left
    assert other not in left


def test_a_sweep_tells_its_cost_without_fitting_and_confirms_its_choice(files: list[str], capsys) -> None:
    plan = ["sweep", *files, "--rank", "4", "--grid", "alpha=0.5,20", "--k", "5"]
    facts = said(capsys, [*plan, "--estimate"])
    assert facts["estimate"]["fits"] == 2
    assert "cells" not in facts
    found = said(capsys, [*plan, "--method", "tpe", "--trials", "3", "--confirm"])
    assert found["wanted"] == 3
    assert found["confirmed"][0]["behind"] == 0


def test_a_fit_goes_on_from_a_neighbouring_one_and_stops_where_hidden_items_gain_nothing(
    files: list[str], tmp_path: Path, capsys
) -> None:
    out = str(tmp_path / "near.npz")
    cold = said(capsys, ["fit", *files, "--rank", "4", "--iterations", "1", "--out", out])
    warm = said(capsys, ["fit", *files, "--rank", "4", "--iterations", "1", "--alpha", "5", "--start", out])
    assert warm["fingerprint"] != cold["fingerprint"]
    fresh = said(capsys, ["fit", *files, "--rank", "4", "--iterations", "1", "--alpha", "5"])
    assert warm["loss"] < fresh["loss"]
    stopped = said(capsys, ["fit", *files, "--rank", "4", "--iterations", "50", "--held-out-stop"])
    assert stopped["sweeps"] < 50
    assert len(stopped["held_out"]) == stopped["sweeps"] + 2


@pytest.mark.parametrize("words", [["fit", "--rank", "4"], ["recommend", "--rank", "4"], ["check"]])
def test_a_file_that_cannot_be_written_is_said_before_any_work(
    words: list[str], files: list[str], tmp_path, capsys
) -> None:
    nowhere = tmp_path / "missing" / "out.csv"
    assert main([*words, *files, "--out", str(nowhere)]) == 2
    assert f"{nowhere} cannot be written" in capsys.readouterr().err


def test_a_file_in_the_way_is_said(files: list[str], tmp_path, capsys) -> None:
    (tmp_path / "out.csv").mkdir()
    assert main(["recommend", *files, "--rank", "4", "--out", str(tmp_path / "out.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"factors", b"PK\x03\x04 cut"])
def test_a_damaged_start_is_said(content: bytes, files: list[str], tmp_path, capsys) -> None:
    (tmp_path / "start.npz").write_bytes(content)
    assert main(["fit", *files, "--rank", "4", "--start", str(tmp_path / "start.npz")]) == 2
    assert "start.npz holds no factors" in capsys.readouterr().err
