"""Reading, checking and building: seconds, memory at the peak, and how memory grows with the rows."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from benchmarks.real_data import ROOT
from benchmarks.rows import Row, alone

REPEATS = 3
ROWS = (1_000_000, 2_000_000, 5_000_000, 10_000_000)
# One process for each measurement: memory at the peak is a fact of a whole process.
ALONE = """
import json, sys, time
from pathlib import Path
import numpy, pandas, pyarrow.csv, scipy.sparse
from textrec_core.data import intake, mapping, memory, tables

def peak():
    # Not getrusage: its peak begins with that of the process that started this one.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

floor = peak()
start, cpu = time.perf_counter(), time.process_time()
try:
    read = [tables.read(Path(name).read_bytes(), Path(name).name) for name in sys.argv[1:]]
except memory.TooLarge as problem:
    sys.exit(problem.problem)
one, other = (*read, None)[:2]
made, _ = intake.build("benchmark", one, other, mapping.guess(one, other))
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
told = memory.needed(len(one.frame), sum(one.frame[name].str.len().sum() + len(one.frame) for name in one.frame))
print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak(), "floor": floor, "told": int(told), "pairs": made.interactions}))
"""


def rows() -> list[Row]:
    """MovieLens 1M against its targets, then generated tables of growing length and width."""
    found = []
    folder = Path(os.environ.get("TEXTREC_DATA", ROOT / ".." / "shared" / "data")) / "ml-1m"
    files = [folder / "interactions.csv.gz", folder / "items.csv.gz"]
    if all(file.exists() for file in files):
        runs = [measured(*files) for _ in range(REPEATS)]
        found.append(alone("read and build, seconds", [run["seconds"] for run in runs], 3.0, "ml-1m"))
        found.append(alone("read and build, CPU seconds", [run["cpu"] for run in runs], None, "ml-1m"))
        found.append(alone("read and build, peak MB", [run["peak"] / 1e6 for run in runs], 600.0, "ml-1m"))
    else:
        print("ml-1m is not under TEXTREC_DATA; the rows that need it are skipped.")
    with TemporaryDirectory() as place:
        per_row = []
        for count in ROWS:
            file = generated(Path(place) / "table.csv", count)
            run = measured(file)
            per_row.append((run["peak"] - run["floor"]) / count)
            found.append(alone(f"generated, peak MB of {file.stat().st_size / 1e6:.0f} MB", [run["peak"] / 1e6], 4_000.0, f"{count:,} rows",
                               note=f"{run['seconds']:.1f} s, {per_row[-1]:.0f} bytes a row, estimate {told(run):.2f} of it"))  # fmt: skip
        found.append(
            alone(
                "growth: bytes a row, longest against shortest", [per_row[-1] / per_row[0]], 1.0, f"{ROWS[-1]:,} rows"
            )
        )
        for words in (20, 40):
            file = generated(Path(place) / "table.csv", 500_000, words)
            run = measured(file)
            found.append(alone(f"generated with texts, peak MB of {file.stat().st_size / 1e6:.0f} MB", [run["peak"] / 1e6], None, "500,000 rows",
                               note=f"{run['seconds']:.1f} s, estimate {told(run):.2f} of it"))  # fmt: skip
    return found


def told(run: dict[str, Any]) -> float:
    """What was estimated beforehand, as a share of what was taken."""
    return float(run["told"] / (run["peak"] - run["floor"]))


def measured(*files: Path) -> dict[str, Any]:
    """Seconds and bytes at the peak of one process that reads and builds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", ALONE, *map(str, files)], capture_output=True, text=True, env=environment, check=False)  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr.strip()[-500:])
    return dict(json.loads(done.stdout))


def generated(path: Path, count: int, words: int = 0) -> Path:
    """A table of long-tailed choices with ratings, as people export it; ``words`` of review in each row where asked for."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {
        "user": rng.integers(0, count // 50, count),
        "item": (rng.pareto(1.2, count) * 300).astype(np.int64) % 30_000,
        "rating": rng.integers(1, 6, count),
    }
    if words:
        vocabulary = np.array([f"word{number}" for number in range(500)], object)
        reviews = np.array([" ".join(rng.choice(vocabulary, words)) for _ in range(2_000)], object)
        columns["review"] = reviews[rng.integers(0, len(reviews), count)]
    csv.write_csv(pa.table(columns), path)
    return path
