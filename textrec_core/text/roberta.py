"""RoBERTa through transformers: texts in, pooled layers out; what was read once is taken from the store."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from textrec_core.fingerprint import fingerprint
from textrec_core.text import folders, store
from textrec_core.text.encoder import Progress
from textrec_core.text.networks import FASTEST, PRECISIONS, Network, network, processor, settle
from textrec_core.text.pooling import Layers, Pooling, name_of, pool
from textrec_core.text.reading import Pace, Read, read

# What is read is written to the store about this often, so that little is lost when the work is cancelled.
KEPT_EVERY_SECONDS = 1.0
READ_LAST = Pooling()


@dataclass(frozen=True)
class RobertaEncoder:
    """A model's folder, how its layers become a vector, and what its products are computed in."""

    folder: str
    label: str
    pooling: Pooling = READ_LAST
    precision: str = FASTEST

    @property
    def name(self) -> str:
        """With what was read of it."""
        return f"{self.label}, {self.pooling.name}"

    @cached_property
    def _content(self) -> str:
        return folders.content(Path(self.folder))

    @property
    def _read_name(self) -> str:
        return fingerprint("roberta/3", self._content, self.precision)

    def network(self) -> Network:
        """Loaded once a process, in the precision asked for or in the fastest of this machine."""
        with store.opened() as kept:
            return self._network(kept)

    def _network(self, kept: store.Store) -> Network:
        return network(self.folder, self._content, self._precision(kept))

    def _precision(self, kept: store.Store) -> str:
        """What the fastest comes to here: measured once for a machine, so that all its texts are read alike."""
        if self.precision != FASTEST:
            return self.precision
        place = store.key(fingerprint("fastest/1", self._content), processor())
        found = kept.find([place]).get(place, b"").decode("ascii", "replace")
        if found not in PRECISIONS[1:]:
            found = settle(self.folder, self._content)
            kept.keep([(place, found.encode())])
        return found

    def _kept_as(self, kept: store.Store) -> str:
        """The name of what is read in the store: another precision's vectors are never found under it."""
        return fingerprint("kept/1", self._content, self._precision(kept))

    @property
    def fingerprint(self) -> str:
        """Moves with the model's bytes and with what is read of it."""
        return name_of(self._read_name, self.pooling)

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """One row for each text; zeros where it says nothing."""
        kept = store.opened()
        with kept:
            keys, own = _apart(name_of(self._kept_as(kept), self.pooling), texts)
            found = kept.find(list(own))
            width = len(next(iter(found.values()))) // 4 if found else 0
            missing = [n for key, n in own.items() if len(found.get(key, b"")) != width * 4 or not width]
            for rows, means, firsts in self._layers([texts[n] for n in missing], kept, on_progress):
                vectors = pool(Layers(means, firsts, self.label, ""), self.pooling)
                entries = [(keys[missing[row]], vector.tobytes()) for row, vector in zip(rows, vectors, strict=True)]
                kept.keep(entries)
                found.update(entries)
                width = vectors.shape[1]
            if not own:
                none = np.zeros((1, *self._network(kept).shape), np.float32)
                width = pool(Layers(none, none, self.label, ""), self.pooling).shape[1]
            _tell_end(on_progress, len(own), self.label, kept.trouble)
        nothing = bytes(width * 4)
        flat = b"".join(found[key] if key else nothing for key in keys)
        return np.frombuffer(flat, np.float32).reshape(len(texts), width).copy()

    def read(self, texts: Sequence[str], on_progress: Progress | None = None) -> Layers:
        """What one pass leaves of every layer, for all poolings; zeros where a text says nothing."""
        with store.opened() as kept:
            keys, own = _apart(self._kept_as(kept), texts)
            places: dict[bytes, list[int]] = {}
            for place, key in enumerate(keys):
                places.setdefault(key, []).append(place)
            mean = first = None
            wanted = list(own.values())
            for rows, means, firsts in self._layers([texts[n] for n in wanted], kept, on_progress):
                if mean is None or first is None:
                    mean, first = (np.zeros((len(texts), *means.shape[1:]), np.float32) for _ in range(2))
                for row, one, other in zip(rows, means, firsts, strict=True):
                    at = places[keys[wanted[row]]]
                    mean[at], first[at] = one, other
            _tell_end(on_progress, len(own), self.label, kept.trouble)
        if mean is None or first is None:
            shape = (len(texts), *self.network().shape)
            mean, first = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        return Layers(mean, first, self.label, fingerprint("layers/1", self._read_name, list(texts)))

    def _layers(self, texts: Sequence[str], kept: store.Store, on_progress: Progress | None) -> Iterator[Read]:
        """Every text's layers in half precision, from the store where they are there, else read and kept."""
        if not texts:
            return
        name = self._kept_as(kept)
        keys = [store.key(name, text) for text in texts]
        missing = []
        for start in range(0, len(texts), store.ASKED_AT_ONCE):
            rows = range(start, min(start + store.ASKED_AT_ONCE, len(texts)))
            found = kept.find([keys[row] for row in rows])
            there = [row for row in rows if _whole(found.get(keys[row], b""))]
            missing += sorted(set(rows) - set(there))
            if there:
                both = np.stack([_unpacked(found[keys[row]]) for row in there])
                yield np.array(there), both[:, 0], both[:, 1]
        if not missing:
            return
        pace = Pace(len(missing), self.label)
        tell = (lambda done, share: on_progress(share, pace.words(done, share))) if on_progress else None
        waiting: list[tuple[bytes, bytes]] = []
        written = time.monotonic()
        for rows_read, means, firsts in read(self._network(kept), [texts[row] for row in missing], tell):
            # Rounded before they are used, so that a text's vector is the same whether it was kept or not.
            packed = [_packed(one, other) for one, other in zip(means, firsts, strict=True)]
            rows_here = np.array(missing)[rows_read]
            waiting += zip((keys[row] for row in rows_here), packed, strict=True)
            if time.monotonic() - written > KEPT_EVERY_SECONDS:
                kept.keep(waiting)
                waiting, written = [], time.monotonic()
            both = np.stack([_unpacked(one) for one in packed])
            yield rows_here, both[:, 0], both[:, 1]
        kept.keep(waiting)


def find(name: str, pooling: Pooling | None = None, precision: str = FASTEST) -> RobertaEncoder:
    """The encoder of this name: built in, or a folder under the models folder."""
    folder, label = folders.find(name)
    return RobertaEncoder(str(folder), label, pooling or READ_LAST, precision)


def _packed(mean: np.ndarray, first: np.ndarray) -> bytes:
    """One text's layers as they are kept: how many and how wide, then the numbers in half precision."""
    return np.array(mean.shape, "<u4").tobytes() + np.stack([mean, first]).astype("<f2").tobytes()


def _unpacked(kept: bytes) -> np.ndarray:
    """Mean and first token, layers by width."""
    return np.frombuffer(kept, "<f2", offset=8).reshape(2, *np.frombuffer(kept[:8], "<u4")).astype(np.float32)


def _whole(kept: bytes) -> bool:
    return len(kept) > 8 and len(kept) == 8 + 4 * int(np.prod(np.frombuffer(kept[:8], "<u4"), dtype=np.int64))


def _apart(name: str, texts: Sequence[str]) -> tuple[list[bytes], dict[bytes, int]]:
    """Each text's key, empty where it says nothing; and for every other key one row that has it."""
    keys = [store.key(name, text) if text.strip() else b"" for text in texts]
    own = {key: row for row, key in enumerate(keys) if key}
    return keys, own


def _tell_end(on_progress: Progress | None, texts: int, label: str, trouble: str) -> None:
    if on_progress:
        words = f"{texts:,} of {texts:,} texts read by {label}"
        on_progress(1.0, f"{words}. {trouble}" if trouble else words)
