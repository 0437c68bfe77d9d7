"""What killed writers leave is removed once nobody can still be writing it."""

import os
import time

import numpy as np

from textrec_core import packed
from textrec_core.evaluate.ledger import Ledger
from textrec_core.text import folders, hub


def left(place, age):
    """An unfinished file or folder whose last byte is so many seconds old."""
    place.parent.mkdir(parents=True, exist_ok=True)
    parts = [place]
    if place.suffix == "" or place.stem.endswith("model"):
        place.mkdir()
        parts.insert(0, place / "model.safetensors")
    parts[0].write_bytes(b"half")
    for part in parts:
        os.utime(part, (time.time() - age,) * 2)
    return place


def test_what_is_still_being_written_stays_and_what_was_left_goes(tmp_path):
    old, new = (left(tmp_path / f"{age}.npz.partial", age) for age in (packed.ABANDONED_SECONDS + 60, 1))
    begun_long_ago = left(tmp_path / "slow-model.partial", packed.ABANDONED_SECONDS + 60)
    os.utime(begun_long_ago / "model.safetensors")
    whole = packed.write(tmp_path / "whole.npz", {"a": np.ones(1)}, {})
    os.utime(whole, (0, 0))
    packed.clear(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([new, begun_long_ago, whole]), old


def test_a_models_folder_and_a_ledger_are_cleared_when_they_are_opened(tmp_path, monkeypatch):
    monkeypatch.setenv(folders.MODELS_FOLDER, str(tmp_path / "models"))
    places = ["models/model.partial", "models/owner/model.partial", "runs-factors/x.npz.1234.partial"]
    made = [left(tmp_path / place, 10_000) for place in places]
    hub.clear()
    assert [one.exists() for one in made] == [False, False, True]
    Ledger(tmp_path / "runs.db")
    assert not made[2].exists()
