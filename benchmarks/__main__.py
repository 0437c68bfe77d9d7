"""Names of benchmarks in (all by default), a table and a JSON file out; ``accuracy`` and ``hidden`` have flags and tables of their own."""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path

from benchmarks import accuracy, hidden
from benchmarks.rows import Row, table

NAMES = (
    "reading", "fit", "converge", "lists", "maps", "large_maps", "drawing", "first_paint", "person_switch", "peer_switch", "many_people", "finders", "paste", "encode",
)  # fmt: skip
OWN = {"accuracy": accuracy.run, "hidden": hidden.run}
OUT = Path(__file__).parent / "results" / "bench.json"
PEERS = ("implicit", "numpy", "scipy", "streamlit", "umap-learn")


def main() -> None:
    """Run, print, write; a missed target is reported, not an error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(NAMES)}")
    parser.add_argument("--out", type=Path, default=OUT, help="where the JSON goes")
    if sys.argv[1:2] and sys.argv[1] in OWN:
        # Minutes of fits and tables of their own: never among "all".
        sys.exit(OWN[sys.argv[1]](sys.argv[2:]))
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}")
    rows: list[Row] = []
    for name in asked.names or NAMES:
        rows += import_module(f"benchmarks.{name}").rows()
    machine = {"cores": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()}
    print(table(rows))
    print(f"{machine['cores']} cores, load {machine['load']:.1f} at the end; seconds, medians; spread is min-max")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "machine": machine,
        "versions": {name: metadata.version(name) for name in PEERS},
        "rows": [{**asdict(row), "met": row.met} for row in rows],
    }
    asked.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
