"""Turn the corpus into deterministic shards of training texts."""

import gzip
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

Group = list[str]
Item = TypeVar("Item")


@dataclass(frozen=True)
class TextMix:
    """How many texts of each kind a shard holds and how they are made."""

    seed: int = 11
    phrase_shards: int = 8
    phrases_per_shard: int = 8000
    sentences_per_shard: int = 1800
    lists_per_shard: int = 400
    spans_per_shard: int = 600
    paragraphs_per_shard: int = 160
    variant_share: float = 0.5
    replaced_share: float = 0.3
    held_out: int = 800
    max_words: int = 56
    paragraph_words: int = 120
    domain_power: float = 0.6


class Corpus:
    """Sentences by domain, with a held-out part and seeded sampling."""

    def __init__(self, folder: Path, lexicon: list[str], mix: TextMix) -> None:
        """Read every `*.txt.gz` of `folder`, drop repeats and fix the order."""
        self.mix, self.lexicon = mix, lexicon
        self.documents = {path.name: _read(path) for path in sorted(folder.glob("*.txt.gz"))}
        if not self.documents:
            raise FileNotFoundError(f"no *.txt.gz files in {folder}")
        rng = np.random.default_rng([mix.seed, 0])
        seen: set[str] = set()
        pools: list[list[str]] = []
        for lines in self.documents.values():
            fresh = []
            for line in lines:
                key = line.lower()
                if key not in seen and 3 <= len(line.split()) <= mix.max_words:
                    seen.add(key)
                    fresh.append(line)
            pools.append([fresh[i] for i in rng.permutation(len(fresh))])
        share = mix.held_out // len(pools)
        self.held_out = [line for pool in pools for line in pool[:share]]
        self.sentences = _interleave([pool[share:] for pool in pools], mix.domain_power)
        starts = [(name, i) for name, lines in self.documents.items() for i in range(0, len(lines), 3)]
        self.starts = [starts[i] for i in rng.permutation(len(starts))]
        self.bigrams = _bigrams(self.sentences)

    def words(self) -> dict[str, float]:
        """Lower-cased word weights, each domain weighted by a power of its size."""
        total: dict[str, float] = {}
        for lines in self.documents.values():
            counts = Counter(word for line in lines for word in line.lower().split())
            scale = sum(counts.values()) ** (self.mix.domain_power - 1.0)
            for word, count in counts.items():
                total[word] = total.get(word, 0.0) + count * scale
        return total

    def shard(self, number: int) -> list[Group]:
        """Return shard `number`: phrases only for the first shards, then the full mix."""
        rng = np.random.default_rng([self.mix.seed, 1, number])
        if number < self.mix.phrase_shards:
            return [[text] for text in self._phrases(rng, number)]
        mix, turn = self.mix, number - self.mix.phrase_shards
        groups: list[Group] = []
        for sentence in _turn(self.sentences, turn, mix.sentences_per_shard):
            group = [sentence]
            if rng.random() < mix.variant_share:
                group.append(self._variant(sentence, rng))
            groups.append(group)
        groups += [[text] for text in self._lists(rng, mix.lists_per_shard)]
        for i in rng.integers(len(self.sentences), size=mix.spans_per_shard):
            groups.append([_span(self.sentences[i].split(), rng, 3, 12)])
        for name, start in _turn(self.starts, turn, mix.paragraphs_per_shard):
            groups.append([self._paragraph(self.documents[name], start, int(rng.integers(2, 7)))])
        return groups

    def _phrases(self, rng: np.random.Generator, number: int) -> Iterator[str]:
        """Yield lexicon words, frequent bigrams, word lists and corpus spans."""
        size = self.mix.phrases_per_shard
        yield from _turn(self.lexicon, number, 3 * size // 8)
        yield from _turn(self.bigrams, number, 2 * size // 8)
        yield from self._lists(rng, size // 8)
        for i in rng.integers(len(self.sentences), size=2 * size // 8):
            yield _span(self.sentences[i].split(), rng, 2, 8)

    def _lists(self, rng: np.random.Generator, count: int) -> Iterator[str]:
        """Yield lists of random lexicon words."""
        for _ in range(count):
            picked = rng.integers(len(self.lexicon), size=int(rng.integers(2, 11)))
            yield " ".join(self.lexicon[i] for i in picked)

    def _variant(self, sentence: str, rng: np.random.Generator) -> str:
        """Edit a sentence: replace, drop or reorder some words, or keep a span."""
        words = sentence.split()
        kind, count = rng.random(), int(rng.integers(1, max(3, int(self.mix.replaced_share * len(words))) + 1))
        if kind < 0.5:
            for i in rng.integers(len(words), size=count):
                words[i] = self.lexicon[int(rng.integers(len(self.lexicon)))]
        elif kind < 0.7:
            for i in sorted(rng.choice(len(words), size=min(count, len(words) - 1), replace=False))[::-1]:
                del words[i]
        elif kind < 0.8:
            cut = int(rng.integers(1, len(words)))
            words = words[cut:] + words[:cut]
        else:
            return _span(words, rng, max(3, len(words) // 2), len(words))
        return " ".join(words)

    def _paragraph(self, lines: list[str], start: int, count: int) -> str:
        """Join consecutive sentences up to the word limit."""
        words = " ".join(lines[start : start + count]).split()
        return " ".join(words[: self.mix.paragraph_words])


def _read(path: Path) -> list[str]:
    """Read the non-empty lines of a gzip text file."""
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        return [line.strip() for line in handle if line.strip()]


def _interleave(pools: list[list[str]], power: float) -> list[str]:
    """Merge pools so that every prefix mixes them by size to `power`."""
    weights = np.array([len(pool) ** power for pool in pools])
    keyed: list[tuple[float, str]] = []
    for weight, pool in zip(weights / weights.sum(), pools, strict=True):
        keyed += [((i + 0.5) / weight, text) for i, text in enumerate(pool)]
    return [text for _, text in sorted(keyed)]


def _turn(items: list[Item], turn: int, size: int) -> list[Item]:
    """Return the `turn`-th slice of `size` items, wrapping round at the end."""
    return [items[(turn * size + i) % len(items)] for i in range(size)]


def _span(words: list[str], rng: np.random.Generator, low: int, high: int) -> str:
    """Return a random run of `low` to `high` words."""
    size = min(len(words), int(rng.integers(low, high + 1)))
    start = int(rng.integers(len(words) - size + 1))
    return " ".join(words[start : start + size])


def _bigrams(sentences: list[str]) -> list[str]:
    """Return alphabetic word pairs seen at least four times, most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        words = sentence.lower().split()
        counts.update(pair for pair in itertools.pairwise(words) if all(w.isalpha() and len(w) > 2 for w in pair))
    return [" ".join(pair) for pair, count in counts.most_common() if count >= 4]
