"""The samples' default results, made ahead: ``python -m textrec_core.share.prepared`` writes them beside the samples."""

import os

# One thread under the native solver and BLAS alike, so that the same machine gives the same files.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
from collections.abc import Iterator
from pathlib import Path

from textrec_core.data import samples
from textrec_core.data.dataset import Dataset
from textrec_core.evaluate import layers
from textrec_core.evaluate.board import BoardParams, measure
from textrec_core.evaluate.layers import LayersParams, LayerStudy
from textrec_core.models import wals
from textrec_core.share import shelf
from textrec_core.spaces.layout import LayoutParams, lay_out
from textrec_core.spaces.space import Space
from textrec_core.text import encoder

FOLDER = Path(__file__).parents[2] / "assets" / "samples" / "results"
# Where the first visitor also sees what no other space could beat: the same fit from another seed.
WITH_CEILING = ("films",)


def results(dataset: Dataset) -> Iterator[shelf.Result]:
    """Everything the pages ask for with the default parameters."""
    params = wals.suited(dataset)
    fit = wals.fit(dataset, params)
    text = encoder.space(dataset, encoder.TextParams())
    yield fit
    if dataset.name in WITH_CEILING:
        yield wals.fit(dataset, wals.reseeded(params))
    yield text
    yield lay_out(Space("WALS", fit.items, fit.fingerprint), LayoutParams())
    yield lay_out(text, LayoutParams())
    yield measure(dataset, params, BoardParams(), text)


def study(dataset: Dataset) -> LayerStudy:
    """What the Layers page asks for with the default parameters."""
    return layers.measure(dataset, wals.suited(dataset), LayersParams())


def prepare(name: str, folder: Path = FOLDER) -> list[Path]:
    """Write one sample's results."""
    dataset = samples.load(name)
    made = [*results(dataset), *([study(dataset)] if name in WITH_CEILING else [])]
    return [shelf.save(folder, result) for result in made]


def main() -> None:
    """Prepare every sample; what stood there before is removed."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in samples.NAMES:
        for path in prepare(name):
            print(name, path.name, f"{path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
