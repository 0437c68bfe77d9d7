"""Train the encoder: `python -m benchmarks.encoder.train --corpus DIR --sts DIR --work DIR --out DIR`."""

import argparse
import logging
import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, gelu, linear, normalize
from transformers import AutoTokenizer, BatchEncoding, PreTrainedTokenizerBase, RobertaForMaskedLM

from benchmarks.encoder.student import Shape, lexicon, save, teacher_folder, train_tokenizer, warm_start, wrap
from benchmarks.encoder.texts import Corpus, TextMix
from benchmarks.encoder.vectors import (
    Encoder,
    budget_batches,
    device,
    half_precision,
    masked_mean,
    read_sts,
    relative_error,
    sts_score,
    text_errors,
    word_means,
    word_slots,
)

log = logging.getLogger("encoder")


@dataclass(frozen=True)
class Recipe:
    """Every size, rate and seed of the training."""

    shape: Shape = field(default_factory=Shape)
    mix: TextMix = field(default_factory=TextMix)
    seed: int = 11
    shards: int = 64
    token_budget: int = 2048
    batch_rows: int = 256
    learning_rate: float = 2e-4
    row_rate_scale: float = 3.0
    warmup_steps: int = 150
    weight_decay: float = 0.01
    clip: float = 1.0
    similarity_weight: float = 20.0
    word_weight: float = 1.0
    layer_weight: float = 0.5
    masked_every: int = 8
    masked_weight: float = 0.02
    masked_share: float = 0.15
    head_steps: int = 150
    head_learning_rate: float = 1e-3
    checkpoint_seconds: float = 60.0
    report_seconds: float = 420.0
    warm_share: float = 0.5
    bf16: bool = True
    minutes: float = math.inf


class Trainer:
    """The student, its teacher and everything needed to go on after a kill."""

    def __init__(self, recipe: Recipe, corpus: Corpus, sts: Path, work: Path) -> None:
        """Build or restore the tokenizer, the student and the optimizer."""
        self.recipe, self.corpus, self.work = recipe, corpus, work
        work.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(recipe.seed)
        self.tokenizer = self._tokenizer()
        self.teacher = Encoder.load(teacher_folder(), recipe.bf16)
        self.student = warm_start(self.tokenizer, recipe.shape).eval()
        torch.nn.Module.to(self.student, device())
        self.encoder = Encoder(self.student.roberta, self.tokenizer, recipe.bf16)
        self.optimizer = _optimizer(self.student, recipe)
        self.sts = read_sts(sts / "dev.csv")
        self.held_out = self.teacher.encode(corpus.held_out)
        self.position = self.step = 0
        self.started = time.monotonic()
        if (path := work / "checkpoint.pt").exists():
            state = torch.load(path, map_location=device(), weights_only=True)
            self.student.load_state_dict(state["student"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.position, self.step = state["position"], state["step"]
            log.info("resumed at shard %d, step %d", self.position, self.step)

    def run(self) -> None:
        """Train over all shards, with checkpoints and reports on the way."""
        total = self.recipe.shards
        self.report()
        # The time allowed is for training; reading the corpus and the first report take theirs before it.
        saved = reported = self.started = time.monotonic()
        while self.position < total and self.time_share() < 1.0:
            self.train_shard(total)
            self.position += 1
            now, done = time.monotonic(), self.position >= total or self.time_share() >= 1.0
            if done or now - saved > self.recipe.checkpoint_seconds:
                self.checkpoint()
                saved = now
            if done or now - reported > self.recipe.report_seconds:
                self.report()
                reported = now

    def time_share(self) -> float:
        """Return the part of the allowed time that has passed."""
        return (time.monotonic() - self.started) / (60.0 * self.recipe.minutes)

    def train_shard(self, total: int) -> None:
        """Take one optimizer step for every batch of the next shard."""
        recipe, started = self.recipe, time.monotonic()
        groups = self.corpus.shard(self.position)
        lengths = [max(len(row) for row in self.tokenizer(group, truncation=True)["input_ids"]) for group in groups]
        counts = [len(group) for group in groups]
        batches = list(budget_batches(lengths, recipe.token_budget, recipe.batch_rows, counts))
        rng = np.random.default_rng([recipe.seed, 2, self.position])
        losses = []
        for done, order in enumerate(rng.permutation(len(batches))):
            texts = [text for i in batches[order] for text in groups[i]]
            progress = max((self.position + done / len(batches)) / total, self.time_share())
            losses.append(self.train_step(texts, progress))
            if self.time_share() >= 1.0:
                break
        mean = [float(np.mean(values)) for values in _columns(losses)]
        log.info(
            "shard %d/%d step %d text %.4f similarity %.5f words %.4f layers %.4f masked %.3f %.0fs",
            *(self.position + 1, total, self.step, *mean, time.monotonic() - started),
        )

    def train_step(self, texts: list[str], progress: float) -> tuple[float, ...]:
        """Match the teacher on one batch, now and then with masked words too."""
        recipe = self.recipe
        rate = recipe.learning_rate * min(1.0, (self.step + 1) / recipe.warmup_steps) * max(1.0 - progress, 0.02)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        ours, theirs = (_tokenize(encoder.tokenizer, texts) for encoder in (self.encoder, self.teacher))
        with torch.no_grad(), half_precision(recipe.bf16):
            goal = self.teacher.model(**theirs, output_hidden_states=True).hidden_states
        with half_precision(recipe.bf16):
            made = self.student.roberta(**ours, output_hidden_states=True).hidden_states
        distance, similarity = text_errors(
            normalize(masked_mean(made[-1], ours["attention_mask"])),
            normalize(masked_mean(goal[-1], theirs["attention_mask"])),
        )
        mine, other, used = word_slots(ours, theirs)
        pairs = [(made[i + 1], goal[layer + 1]) for i, layer in enumerate(recipe.shape.teacher_layers)]
        words = [
            relative_error(word_means(a, mine.to(device()), used), word_means(b, other.to(device()), used))
            for a, b in pairs
        ]
        layers = torch.stack(words[:-1]).mean()
        loss = distance + recipe.similarity_weight * similarity
        loss = loss + recipe.word_weight * words[-1] + recipe.layer_weight * layers
        masked = math.nan
        if self.step % recipe.masked_every == 0 and ours["input_ids"].shape[1] > 8:
            guess = self.masked_loss(ours["input_ids"], ours["attention_mask"])
            loss, masked = loss + recipe.masked_weight * guess, guess.item()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), recipe.clip)
        self.optimizer.step()
        self.step += 1
        return distance.item(), similarity.item(), words[-1].item(), layers.item(), masked

    def masked_loss(self, ids: Tensor, mask: Tensor, frozen: bool = False) -> Tensor:
        """Cross-entropy of the hidden words; no gradient reaches the tied rows from the output side."""
        draw = torch.Generator().manual_seed(self.recipe.seed * 1_000_003 + self.step)
        chance = torch.rand(ids.shape, generator=draw).to(ids.device)
        hide = (chance < self.recipe.masked_share) & (ids >= len(self.tokenizer.all_special_ids))
        hide[0, 1] = True
        how = torch.rand(ids.shape, generator=draw).to(ids.device)
        other = torch.randint(5, len(self.tokenizer), ids.shape, generator=draw).to(ids.device)
        shown = torch.where(hide & (how < 0.8), self.tokenizer.mask_token_id, ids)
        shown = torch.where(hide & (how > 0.9), other, shown)
        with half_precision(self.recipe.bf16):
            with torch.set_grad_enabled(not frozen):
                hidden = self.student.roberta(input_ids=shown, attention_mask=mask).last_hidden_state[hide]
            head = self.student.lm_head
            inner = head.layer_norm(gelu(head.dense(hidden)))
            return cross_entropy(linear(inner, head.decoder.weight.detach(), head.bias).float(), ids[hide])

    def average_with_warm_start(self) -> None:
        """Move the encoder's weights part of the way back to where they started."""
        start = warm_start(self.tokenizer, self.recipe.shape).roberta.state_dict()
        with torch.no_grad():
            for name, value in self.student.roberta.state_dict().items():
                if value.is_floating_point():
                    value.lerp_(start[name].to(value.device), self.recipe.warm_share)

    def train_head(self) -> float:
        """Fit the masked-language head alone, the encoder frozen; return its last mean loss."""
        recipe, losses = self.recipe, []
        head = [p for n, p in self.student.lm_head.named_parameters() if not n.startswith("decoder.weight")]
        optimizer = torch.optim.AdamW(head, recipe.head_learning_rate, weight_decay=0.0)
        rng = np.random.default_rng([recipe.seed, 3])
        for step in range(recipe.head_steps):
            for group in optimizer.param_groups:
                group["lr"] = recipe.head_learning_rate * (1.0 - step / recipe.head_steps)
            texts = [self.corpus.sentences[i] for i in rng.integers(len(self.corpus.sentences), size=32)]
            batch = self.tokenizer(texts, truncation=True, padding=True, return_tensors="pt").to(device())
            loss = self.masked_loss(batch["input_ids"], batch["attention_mask"], frozen=True)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            self.step += 1
        return float(np.mean(losses[-50:]))

    def report(self) -> None:
        """Log the agreement with the teacher on held-out text and the STS dev monitor."""
        left, right, gold = self.sts
        vectors = self.encoder.encode(self.corpus.held_out)
        cosine = float((vectors * self.held_out).sum(1).mean())
        upper = np.triu_indices(len(vectors), 1)
        agree = np.corrcoef((vectors @ vectors.T)[upper], (self.held_out @ self.held_out.T)[upper])[0, 1]
        score = sts_score(self.encoder.encode(left), self.encoder.encode(right), gold)
        log.info("report: shard %d cosine %.4f agreement %.4f sts dev %.2f", self.position, cosine, agree, score)

    def checkpoint(self) -> None:
        """Write the whole training state in one atomic move."""
        state = {"student": self.student.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save(state | {"position": self.position, "step": self.step}, self.work / "checkpoint.part")
        (self.work / "checkpoint.part").replace(self.work / "checkpoint.pt")

    def _tokenizer(self) -> PreTrainedTokenizerBase:
        """Load the tokenizer from the work folder, or train it first."""
        folder = self.work / "tokenizer"
        if not (folder / "tokenizer.json").exists():
            wrap(train_tokenizer(self.corpus, self.recipe.shape), self.recipe.shape).save_pretrained(folder)
        return AutoTokenizer.from_pretrained(folder)


def _tokenize(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> BatchEncoding:
    """Tokenize a batch to padded tensors on the device."""
    return tokenizer(texts, truncation=True, max_length=256, padding=True, return_tensors="pt").to(device())


def _columns(losses: list[tuple[float, ...]]) -> list[list[float]]:
    """Split the loss tuples into columns without the missing values."""
    return [[value for value in column if not math.isnan(value)] or [math.nan] for column in zip(*losses, strict=True)]


def _optimizer(student: RobertaForMaskedLM, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW with a rate of its own for the word rows and weight decay on the other matrices only."""
    rows = student.get_input_embeddings().weight
    rest = [p for p in student.parameters() if p is not rows]
    groups = [
        {"params": [p for p in rest if p.ndim > 1], "scale": 1.0, "weight_decay": recipe.weight_decay},
        {"params": [p for p in rest if p.ndim <= 1], "scale": 1.0, "weight_decay": 0.0},
        {"params": [rows], "scale": recipe.row_rate_scale, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, recipe.learning_rate, betas=(0.9, 0.98), eps=1e-8, fused=True)


def main() -> None:
    """Parse the folders, train, fit the head and write the encoder."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("corpus", "sts", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=Recipe.shards)
    parser.add_argument("--rate", type=float, default=Recipe.learning_rate)
    parser.add_argument("--minutes", type=float, default=Recipe.minutes, help="end the run, and its rate, by then")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--export-only", action="store_true", help="fit the head on the last checkpoint and write it")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(args.threads)
    recipe = Recipe(shards=args.shards, learning_rate=args.rate, minutes=args.minutes)
    trainer = Trainer(recipe, Corpus(args.corpus, lexicon(), recipe.mix), args.sts, args.work)
    if not args.export_only:
        trainer.run()
    trainer.average_with_warm_start()
    trainer.report()
    log.info("masked-language head: loss %.3f", trainer.train_head())
    save(trainer.student, trainer.tokenizer, args.out)
    log.info("wrote %s", args.out)


if __name__ == "__main__":
    main()
