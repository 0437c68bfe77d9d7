"""Everything the pages do, without a browser: ``python -m textrec_core VERB``."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core import (
    headless,
    headless_evaluate,
    headless_labs,
    headless_people,
    headless_spaces,
    headless_texts,
)
from textrec_core.data.dataset import Dataset
from textrec_core.data.repair import Repairs
from textrec_core.errors import DataError
from textrec_core.evaluate.board import BoardParams
from textrec_core.evaluate.layers import LayersParams
from textrec_core.evaluate.search import SearchParams
from textrec_core.models.wals import WalsParams, suited
from textrec_core.params import declared, read_params
from textrec_core.spaces.agreement import AgreementParams
from textrec_core.spaces.clusters import ClusterParams
from textrec_core.spaces.layout import LayoutParams
from textrec_core.text.encoder import TextParams


@dataclass(frozen=True)
class Verb:
    """A function from (dataset, parameters by class, arguments) to plain values, and what it may be told."""

    run: Callable[[Dataset, dict[type, Any], argparse.Namespace], dict[str, Any]]
    meaning: str
    params: tuple[type, ...]
    wants: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextVerb:
    """A function from (parameters by class, arguments) to plain values; it needs no data set."""

    run: Callable[[dict[type, Any], argparse.Namespace], dict[str, Any]]
    meaning: str
    params: tuple[type, ...]
    wants: tuple[str, ...] = ()


# Where they are not given, these follow the data.
FOLLOWING = ("rank", "alpha", "regularization")
VERBS: dict[str, Verb | TextVerb] = {
    "check": Verb(headless.check, "Read the files and say what was read, kept, repaired and dropped.", (), ("out",)),
    "fit": Verb(headless.fit, "Train WALS and say how it went.", (WalsParams,), ("start", "held-out-stop", "out")),
    "recommend": Verb(
        headless.recommend,
        "Rank what one person, or everybody, has not chosen yet.",
        (WalsParams, TextParams),
        ("user", "k", "model", "out"),
    ),
    "why": Verb(
        headless_people.why,
        "Say what each past choice gave to one item's score.",
        (WalsParams, TextParams),
        ("user", "item", "model"),
    ),
    "audience": Verb(
        headless_people.audience,
        "Name the people who have not chosen an item and would be given it first.",
        (WalsParams, TextParams),
        ("item", "k", "model", "out"),
    ),
    "project": Verb(
        headless_people.project,
        "Meet new items by their texts: what is near, who would like them, where they would stand.",
        (WalsParams, TextParams),
        ("title", "text", "new", "k", "boost", "trust", "out"),
    ),
    "map": Verb(
        headless_spaces.draw,
        "Place every item, or every person, on a map of each space.",
        (WalsParams, TextParams, LayoutParams),
        ("of", "out"),
    ),
    "agree": Verb(
        headless_spaces.agree,
        "Compare the neighbours that words and people give each item.",
        (WalsParams, TextParams, AgreementParams),
    ),
    "clusters": Verb(
        headless_spaces.clusters,
        "Group the items of each space and name the groups by their own words.",
        (WalsParams, TextParams, ClusterParams),
        ("out",),
    ),
    "layers": Verb(
        headless_labs.layers,
        "Measure every layer of an encoder, their means and learned mixes on items hidden from every fit.",
        (WalsParams, LayersParams),
    ),
    "evaluate": Verb(
        headless_evaluate.evaluate,
        "Measure the models on hidden items.",
        (WalsParams, TextParams, BoardParams),
        ("lengths", "models", "ledger"),
    ),
    "sweep": Verb(
        headless_evaluate.run_sweep,
        "Measure many configurations of WALS, all of a grid or as Optuna chooses; with a ledger a broken run goes on where it stood.",
        (WalsParams, BoardParams, SearchParams),
        ("lengths", "grid", "ledger", "estimate", "confirm"),
    ),
    "runs": Verb(
        headless_evaluate.runs,
        "List, name, compare and delete the runs that a ledger holds of this data.",
        (),
        ("ledger", "name", "compare", "starts", "delete"),
    ),
    "encode": TextVerb(
        headless_texts.encode, "Write the vector of every text of a file.", (TextParams,), ("texts", "out")
    ),
    "fetch": TextVerb(
        headless_texts.fetch,
        "Say what a model of the hub would cost to fetch; with --yes it is fetched into the models folder.",
        (),
        ("encoder", "yes"),
    ),
}
FLAGS: dict[str, dict[str, Any]] = {
    "user": {"help": "a person's own id"},
    "item": {"help": "an item's own id"},
    "k": {"type": int, "default": 10, "help": "how many a list holds (default 10)"},
    "model": {"choices": list(headless.MODELS), "default": "wals", "help": "which model ranks (default wals)"},
    "title": {"help": "what a new item is called"},
    "text": {"help": "what is said of a new item"},
    "new": {
        "type": Path,
        "help": "a table of new items, a row each, the first 500 are read, with columns for titles and texts or for texts alone",
    },
    "boost": {
        "type": float,
        "default": 1.0,
        "help": "how long new items' vectors are made; 1 is a usual item's (default 1)",
    },
    "trust": {"action": "store_true", "help": "measure on hidden items how well people are found; trains once more"},
    "grid": {"action": "append", "metavar": "NAME=V,V", "help": "a parameter and its values; once for each to vary"},
    "ledger": {"type": Path, "help": "a file that keeps every fit and its measurement; made where there is none"},
    "lengths": {
        "default": "10",
        "metavar": "N,N",
        "help": "How many items of each list are judged; several with commas (1 to 100; default 10)",
    },
    "models": {"metavar": "M,M", "help": f"only these models: {', '.join(headless_evaluate.NAMES)} (default all)"},
    "estimate": {"action": "store_true", "help": "say what it would cost, and do no more"},
    "confirm": {
        "action": "store_true",
        "help": "measure the best, the cheapest as good and the rule's own again, on other hidden items and from other starts",
    },
    "name": {
        "action": "append",
        "metavar": "KEY=NAME",
        "help": "name a run, which keeps it; an empty name takes it away",
    },
    "compare": {"nargs": 2, "metavar": "KEY", "help": "lay two runs side by side"},
    "starts": {
        "type": int,
        "default": 1,
        "help": "from how many random starts each compared configuration is trained (1 to 10; default 1: these two fits alone)",
    },
    "delete": {"action": "append", "metavar": "KEY", "help": "forget a run and its factors"},
    "start": {"type": Path, "help": "a file of fit --out to go on from, of a neighbouring configuration"},
    "held-out-stop": {
        "action": "store_true",
        "help": "first find on a hidden part how many sweeps help, at most --iterations; then train on everything for so many",
    },
    "texts": {"type": Path, "help": "a .txt with one text a line, or a table with a text column"},
    "encoder": {"metavar": "NAME", "help": "a name on the hub, such as roberta-base"},
    "yes": {"action": "store_true", "help": "fetch it; without this only its size is said"},
    "of": {"choices": ["items", "people"], "default": "items", "help": "who is placed (default items)"},
    "out": {
        "type": Path,
        "help": "a file to write the whole result to: .csv or .parquet, and .npz for fit, .npy for encode",
    },
}


# A flag that other verbs use for something else.
SPELLED = {"lengths": "k"}


def parser() -> argparse.ArgumentParser:
    """Every flag of every verb; those of a parameter come from its declaration."""
    top = argparse.ArgumentParser(prog="python -m textrec_core", description=__doc__.split(":")[0] + ".")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, verb in VERBS.items():
        one = verbs.add_parser(name, help=verb.meaning, description=verb.meaning)
        if isinstance(verb, Verb):
            data = one.add_argument_group("data")
            data.add_argument("--sample", help="a bundled sample instead of files")
            data.add_argument("--interactions", type=Path, help="a table of who chose what")
            data.add_argument("--items", type=Path, help="a table of items and their texts")
            data.add_argument(
                "--map", action="append", default=[], metavar="ROLE=COLUMN",
                help="which column is what, where the guess is wrong: user, item, weight, time, item_id, title, text, attributes",
            )  # fmt: skip
        for flag in verb.wants:
            one.add_argument(f"--{SPELLED.get(flag, flag)}", dest=flag.replace("-", "_"), **FLAGS[flag])
        one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        for kind in (*verb.params, Repairs) if isinstance(verb, Verb) else verb.params:
            group = one.add_argument_group(kind.__name__.removesuffix("Params"))
            for entry in declared(kind):
                if kind is BoardParams and entry.name == "k" and "lengths" in verb.wants:
                    continue
                limits = (
                    ", ".join(entry.choices)
                    if entry.choices
                    else f"{entry.low:g} to {entry.high:g}"
                    if entry.low is not None
                    else "text"
                )
                # Argument help is a format string of its own.
                words = f"{entry.meaning} ({limits}; default {entry.default})".replace("%", "%%")
                group.add_argument(
                    f"--{flag_of(kind, entry.name)}", dest=f"{kind.__name__}.{entry.name}", metavar="V", help=words
                )
    return top


def flag_of(kind: type, name: str) -> str:
    """A parameter's flag; the names that several classes share carry their class."""
    clash = name == "seed" and kind is not WalsParams
    dashed = name.replace("_", "-")
    return f"{kind.__name__.removesuffix('Params').lower()}-{dashed}" if clash else dashed


def main(words: list[str] | None = None) -> int:
    """Run one verb; 0 when it went well, 2 when the input has to be mended."""
    asked = parser().parse_args(words)
    verb = VERBS[asked.verb]
    try:
        facts = _facts(verb, asked)
    except DataError as problem:
        print(problem.problem, problem.hint, sep="\n", file=sys.stderr)
        return 2
    if asked.json:
        print(json.dumps(facts, ensure_ascii=False, default=_plain, allow_nan=False))
    else:
        print(headless.in_words(facts))
    return 0


def _facts(verb: Verb | TextVerb, asked: argparse.Namespace) -> dict[str, Any]:
    facts: dict[str, Any] = {"verb": asked.verb}
    used: dict[str, Any] = {}
    if getattr(asked, "out", None) is not None:
        headless.check_folder(asked.out)
        if asked.verb not in ("fit", "encode"):
            headless.check_ending(asked.out)
    if isinstance(verb, TextVerb):
        params = {kind: _params(kind, asked) for kind in verb.params}
        result = verb.run(params, asked)
    else:
        repairs = _params(Repairs, asked)
        dataset, asked.intake = headless.load(asked.sample, asked.interactions, asked.items, repairs, asked.map)
        params = {kind: _params(kind, asked, dataset) for kind in verb.params}
        result = verb.run(dataset, params, asked)
        facts["dataset"] = headless.described(dataset)
        used = {} if asked.intake is None else {"Repairs": asdict(repairs)}
    return {**facts, "params": {kind.__name__: asdict(value) for kind, value in params.items()} | used, **result}


def _params(kind: type, asked: argparse.Namespace, dataset: Dataset | None = None) -> Any:
    prefix = f"{kind.__name__}."
    words = {
        key.removeprefix(prefix): value
        for key, value in vars(asked).items()
        if key.startswith(prefix) and value is not None
    }
    otherwise = {}
    if kind is WalsParams and dataset is not None:
        otherwise = {name: str(getattr(suited(dataset), name)) for name in FOLLOWING}
    return read_params(kind, {**otherwise, **words})


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    sys.exit(main())
