"""Two maps of 100,000 items: the seconds and the memory of a process that makes both neighbour graphs and both layouts."""

import json
import resource
import subprocess
import sys

from benchmarks.maps import _space
from benchmarks.real_data import ROOT
from benchmarks.rows import Row, alone, timed
from textrec_core.spaces import graph
from textrec_core.spaces.layout import LayoutParams, lay_out

ITEMS, SECONDS, GIGABYTES = 100_000, 300.0, 3.0


def rows() -> list[Row]:
    """Within five minutes and three gigabytes; the share of true neighbours found stands beside them."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.large_maps"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    data = f"{ITEMS:,} drawn items, 128 and 64 dimensions"
    recall = "recall of the approximate neighbours " + " and ".join(f"{one:.3f}" for one in found["recall"])
    return [
        alone("two large maps", [found["seconds"]], SECONDS, data, None, recall),
        alone(
            "memory of two large maps",
            [found["gigabytes"]],
            GIGABYTES,
            data,
            None,
            "not seconds: gigabytes at the peak",
        ),
    ]


def main() -> None:
    """Make both maps and print what they cost."""
    spaces = _space("words", 128, 0, ITEMS), _space("behaviour", 64, 1, ITEMS)
    recall = []

    def both() -> None:
        for space in spaces:
            near = graph.build(space)
            recall.append(near.recall)
            lay_out(space, LayoutParams(), near)

    seconds = timed(both).wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print(json.dumps({"seconds": seconds, "gigabytes": peak, "recall": recall}))


if __name__ == "__main__":
    main()
