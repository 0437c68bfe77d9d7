"""Score text vectors on STS: `python -m benchmarks.encoder.score --encoder DIR --sts DIR [--items FILE]`."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.metrics import average_precision_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.preprocessing import normalize
from transformers.utils import logging

from benchmarks.encoder.student import TEACHER_COMMAND, Shape, blank, has_teacher, teacher_folder, warm_start
from benchmarks.encoder.vectors import Encoder, device, read_sts, sts_score

Vectorizer = Callable[[Sequence[str]], np.ndarray]


def tf_idf(texts: Sequence[str]) -> np.ndarray:
    """Word TF-IDF fitted on the texts themselves."""
    return TfidfVectorizer(sublinear_tf=True).fit_transform(texts).toarray()


def word_vectors(teacher: Encoder) -> Vectorizer:
    """Average the teacher's input embeddings over a text's word pieces."""
    table = teacher.model.get_input_embeddings().weight.detach().cpu().numpy()

    def mean(texts: Sequence[str]) -> np.ndarray:
        rows = teacher.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        return normalize(np.stack([table[row].mean(0) if row else np.zeros(table.shape[1]) for row in rows]))

    return mean


def weighted_words(teacher: Encoder, directions: int | None = None) -> Vectorizer:
    """Each word piece encoded alone by the teacher, averaged over a text with the logarithm of its rank as weight.

    Where ``directions`` are given, only those of the pieces' largest spread are kept.
    """
    pieces = teacher.tokenizer.convert_ids_to_tokens(list(range(len(teacher.tokenizer))))
    first = pieces.index("the")

    def mean(texts: Sequence[str]) -> np.ndarray:
        rows = teacher.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        used = sorted({piece for row in rows for piece in row})
        place = {piece: n for n, piece in enumerate(used)}
        vectors = teacher.encode([pieces[piece].removeprefix("##") for piece in used])
        if directions:
            vectors = PCA(directions, random_state=0).fit_transform(vectors)
        weights = np.log(np.maximum(np.array(used) - first, 0) + 2.0)
        table = vectors * weights[:, None].astype(np.float32)
        return normalize(
            np.stack(
                [table[[place[piece] for piece in row]].sum(0) if row else np.zeros(table.shape[1]) for row in rows]
            )
        )

    return mean


def methods(folder: Path, seed: int) -> Iterator[tuple[str, Vectorizer]]:
    """Yield the baselines, the encoder and its teacher; where the teacher is not installed, what needs none."""
    torch.manual_seed(seed)
    ours = Encoder.load(folder)
    teacher = Encoder.load(teacher_folder()) if has_teacher() else None
    shape = Shape(pieces=len(ours.tokenizer), max_tokens=ours.tokenizer.model_max_length)
    yield "TF-IDF", tf_idf
    if teacher:
        yield "teacher's averaged word vectors", word_vectors(teacher)
        yield "teacher's pieces, log-rank, 256 dim", weighted_words(teacher, 256)
        yield "teacher's pieces, log-rank", weighted_words(teacher)
    starts = (("random weights", blank), ("warm start", warm_start)) if teacher else (("random weights", blank),)
    for name, build in starts:
        net = build(ours.tokenizer, shape).roberta.eval()
        torch.nn.Module.to(net, device())
        yield f"untrained net, {name}", Encoder(net, ours.tokenizer).encode
    yield "this encoder", ours.encode
    if teacher:
        yield "teacher", teacher.encode


def genre_precision(vectors: np.ndarray, genres: Sequence[str]) -> float:
    """Mean average precision x100 of five-fold ridge genre prediction."""
    sets = [set(text.split("|")) for text in genres]
    names = sorted(set().union(*sets))
    truth = np.array([[name in held for name in names] for held in sets], float)
    kept = truth.sum(0) >= 50
    centred = vectors - vectors.mean(0)
    folds = KFold(5, shuffle=True, random_state=0)
    guess = cross_val_predict(Ridge(alpha=1.0), centred, truth[:, kept], cv=folds)
    return 100.0 * float(average_precision_score(truth[:, kept], guess, average="macro"))


def main() -> int:
    """Print one line of scores a method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--sts", type=Path, required=True)
    parser.add_argument("--items", type=Path, help="csv with the columns text and genres, for a second task")
    parser.add_argument("--limit", type=int, default=1200, help="how many items the second task uses")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(args.threads)
    for file in (args.encoder / "model.safetensors", args.sts / "dev.csv", args.items):
        if file and not file.is_file():
            print(f"There is no {file}.", file=sys.stderr)
            return 1
    if not has_teacher():
        print(f"The teacher is not installed, so its rows are left out: {TEACHER_COMMAND}", file=sys.stderr)
    left, right, gold = read_sts(args.sts / "dev.csv")
    items = pd.read_csv(args.items).dropna(subset=["text"])[: args.limit] if args.items else None
    print(f"{'method':36}{'STS dev':>10}" + (f"{'genre MAP':>12}" if items is not None else ""))
    for name, encode in methods(args.encoder, args.seed):
        both = encode(left + right)
        line = f"{name:36}{sts_score(both[: len(left)], both[len(left) :], gold):10.2f}"
        if items is not None:
            line += f"{genre_precision(encode(items['text'].tolist()), items['genres'].tolist()):12.2f}"
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
