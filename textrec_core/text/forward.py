"""A RoBERTa's weights and pieces of many texts in, the state of every token after each layer out; nothing is padded."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

FULL, HALF, WHOLE = "fp32", "bf16", "int8"
# Networks with RoBERTa's layers, and where the positions of their tokens start.
BESIDE_PADDING = ("roberta", "xlm-roberta", "camembert")
KINDS = ("bert", *BESIDE_PADDING)

Pieces = Sequence[Sequence[int]]
Forward = Callable[[Pieces], Iterator[Any]]


def can_pack(config: Any) -> bool:
    """Whether these are RoBERTa's layers, so that ``Packed`` computes what the network itself would."""
    return bool(
        config.model_type in KINDS
        and config.hidden_act == "gelu"
        and getattr(config, "position_embedding_type", "absolute") in (None, "absolute")
        and not config.is_decoder
    )


class Packed:
    """All tokens of a batch in one row, long or short; texts meet nowhere, only attention knows where each one ends."""

    def __init__(self, model: Any, precision: str = FULL) -> None:
        import torch

        product = {FULL: _Plain, HALF: _Plain, WHOLE: _Rounded}[precision]
        self._type = torch.bfloat16 if precision == HALF else torch.float32
        config, embeddings = model.config, model.embeddings.to(self._type)
        self._heads = config.num_attention_heads
        self._first_place = config.pad_token_id + 1 if config.model_type in BESIDE_PADDING else 0
        self._words = embeddings.word_embeddings.weight
        self._places = embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0]
        self._norm = embeddings.LayerNorm
        self._layers = [_Layer(layer.to(self._type), product) for layer in model.encoder.layer]

    def __call__(self, pieces: Pieces) -> Iterator[Any]:
        """What goes into the first layer, then what each leaves: tokens x width."""
        import torch

        lengths = [len(one) for one in pieces]
        ids = torch.tensor([piece for one in pieces for piece in one])
        places = torch.cat([torch.arange(length) for length in lengths]) + self._first_place
        state = self._norm(self._words[ids] + self._places[places])
        yield state
        for layer in self._layers:
            state = layer(state, lengths, self._heads)
            yield state


class Padded:
    """The network as transformers runs it, for one that is no RoBERTa; what it says of padding is left out."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(self, pieces: Pieces) -> Iterator[Any]:
        """What goes into the first layer, then what each leaves: tokens x width."""
        import torch

        padded = torch.nn.utils.rnn.pad_sequence
        ids = padded([torch.tensor(one) for one in pieces], True, self._model.config.pad_token_id or 0)
        mask = padded([torch.ones(len(one), dtype=torch.long) for one in pieces], True)
        states = self._model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        yield from (state[mask.bool()] for state in states)


class _Layer:
    """Attention within each text, then two products for every token by itself."""

    def __init__(self, layer: Any, product: Any) -> None:
        import torch

        own, out = layer.attention.self, layer.attention.output
        three = (own.query, own.key, own.value)
        self._asked = product(torch.cat([one.weight for one in three]), torch.cat([one.bias for one in three]))
        self._told = product(out.dense.weight, out.dense.bias)
        self._wide = product(layer.intermediate.dense.weight, layer.intermediate.dense.bias)
        self._narrow = product(layer.output.dense.weight, layer.output.dense.bias)
        self._told_norm, self._norm = out.LayerNorm, layer.output.LayerNorm

    def __call__(self, state: Any, lengths: Sequence[int], heads: int) -> Any:
        import torch

        told = self._told(_attended(self._asked(state), lengths, heads))
        state = self._told_norm(told.add_(state))
        # In its place: a fresh tensor of this size costs more than what is computed.
        wide = torch.ops.aten.gelu_(self._wide(state))
        return self._norm(self._narrow(wide).add_(state))


def _attended(asked: Any, lengths: Sequence[int], heads: int) -> Any:
    """Neighbours of the same length at once."""
    import torch

    found, start = [], 0
    for length, same in groupby(lengths):
        texts = len(list(same))
        rows = asked[start : start + texts * length].view(texts, length, 3, heads, -1)
        query, key, value = rows.permute(2, 0, 3, 1, 4)
        heard = torch.nn.functional.scaled_dot_product_attention(query, key, value)
        found.append(heard.transpose(1, 2).reshape(texts * length, -1))
        start += texts * length
    return torch.cat(found)


class _Plain:
    """A product in the weights' own precision."""

    def __init__(self, weight: Any, bias: Any) -> None:
        self._weight, self._bias = weight, bias

    def __call__(self, state: Any) -> Any:
        import torch

        return torch.nn.functional.linear(state, self._weight, self._bias)


class _Rounded:
    """A product in int8: a scale for each row of the weights and for each token, so that no text depends on another."""

    def __init__(self, weight: Any, bias: Any) -> None:
        import torch

        # What multiplies fast here are bytes without a sign, so zero stands in their middle.
        self._zero = 128
        self._scale = weight.abs().amax(1).clamp(min=1e-12) / 127
        rounded = (weight / self._scale[:, None]).round().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._none = torch.zeros(len(weight), dtype=torch.int32)
        # Half a step above zero: to cut what is behind the point is then to round.
        self._middle = torch.full((weight.shape[1],), self._zero + 0.5)
        self._bias = bias

    def __call__(self, state: Any) -> Any:
        import torch

        reach = torch.maximum(state.amax(-1, keepdim=True), -state.amin(-1, keepdim=True)).clamp_(min=1e-12) / 127
        rounded = torch.addcmul(self._middle, state, reach.reciprocal()).to(torch.uint8)
        product = torch.ops.onednn.qlinear_pointwise(
            rounded, 1.0, self._zero, self._packed, self._scale, self._none, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return torch.addcmul(self._bias, product, reach, out=product)
