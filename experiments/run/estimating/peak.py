"""How much memory a stage takes at its fullest, by a rule: sums of what has to be there at once.

Counted from the model's size, without weights. It is the least: what the backward pass holds for a moment, gaps
between tensors and a GPU's own libraries (about 1 GB) come on top. It was held against what tiny models take on a CPU
(1.6 times as much of what goes through them), and against one stage of a 7.6B model on a GPU (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from curricula.schema import Curriculum, PretrainedModel
from curricula.stage import Stage
from domains.frozen import Frozen
from domains.options import options_of
from experiments.measures.inquiries import INQUIRIES
from experiments.nodes.tree import StageNode
from experiments.nodes.warmup import base_beneath_adapters, warmup_stage
from experiments.run.estimating.disk import FLOAT, MOMENTS
from experiments.run.fit import known_lengths
from experiments.run.job import Prepared

if TYPE_CHECKING:
    from experiments.models.model_size import ModelSize
    from experiments.models.tokens.lengths import Lengths

WEIGHT: Mapping[str, float] = {"float32": 4, "bfloat16": 2, "nf4": 0.55}
"""Bytes of a frozen weight by `model.dtype`; nf4 has four bits, its scales, and whole embeddings beside it."""
LOOKED_AT = 200
"""Training items of a domain whose lengths are taken for those of all."""
TILE = (4096, 32768)
"""Tokens and entries of the vocabulary whose logits TRL's loss holds at once; it never holds all."""
HALF = 2 / 3
"""What bf16 leaves of what a forward pass keeps for the gradient: norms and sums stay float32."""
COPY = 2
"""Bytes of a float32 weight's copy that autocast multiplies with; weights in bfloat16 are taken as they are."""
REFERENCES = {"nll", "reference_entropy"}
"""Metrics for which reference answers are read, however long."""
READ = 100 * 2**20
"""What is read off an evaluation's logits, beside them."""


class Peak(Frozen):
    """Bytes of one process of the stage whose training takes most."""

    weights: int
    """The model's, and a copy of what is trained that a KL penalty is held to; of a model that is shared out, one
    process's part."""
    learning: int
    """Gradients, moments, and what several processes exchange them in."""
    passing: int
    """What a micro-batch keeps for the gradient, with a tile of logits; or the cache of all rollouts, if that is
    more. Of a model that is shared out with what is gathered of it meanwhile: a layer and what belongs to none, with
    their gradients; for rollouts all weights."""
    evaluation: int
    """Weights, cache and logits of a batch; logits of both models where KL is measured, and weights of both where the
    base is asked and does not lie beneath the adapters."""

    @property
    def training(self) -> int:
        """All that has to be there at once while it trains."""
        return self.weights + self.learning + self.passing

    @property
    def most(self) -> int:
        """At its fullest."""
        return max(self.training, self.evaluation)


def peak_of(prepared: Prepared, nodes: Iterable[StageNode]) -> Peak | None:
    """Of the stage that takes most; None where the model's size cannot be told without its weights, nothing trains, or
    no data are prepared, by whose lengths it goes."""
    from experiments.models.model_size import size_of

    if not prepared.data:
        return None
    curriculum = prepared.curriculum
    warmup = warmup_stage(curriculum.model.warmup, curriculum.domains)
    stages = [node.stage for node in nodes if node.stage is not None] + ([warmup] if warmup else [])
    try:
        size, known = size_of(curriculum.model, prepared.setup.weights), _known(prepared)
        lengths, options = _lengths(prepared, known), _longest_option(prepared, known)
    except Exception:  # models without weights fail in as many ways as there are models, and nothing rests on this
        return None
    different = {_memory_key(each): each for each in stages}.values()
    found = [peak(size, stage, curriculum, lengths, options) for stage in different]
    return max(found, key=lambda each: each.training, default=None)


def peak(
    size: ModelSize, stage: Stage, curriculum: Curriculum, lengths: Mapping[str, tuple[int, int]], options: int = 0
) -> Peak:
    """Of one stage. `lengths`: domain → tokens of its longest prompt, and of its longest answer; `options`: of the
    longest one of multiple choice, right or wrong, since all are read."""
    training, evaluation = stage.training, curriculum.evaluation
    sharers = curriculum.resources.sharers(training.prompts)
    number = _number(curriculum)
    prompt = max(lengths[name][0] for name in stage.mixture)
    given = max(lengths[name][1] for name in stage.mixture)
    answer = stage.longest_rollout(curriculum.domains) if training.method == "grpo" else given
    weights = size.trained * FLOAT + round(size.frozen * _frozen(curriculum))
    held = size.trained * FLOAT if training.method == "grpo" and (training.kl or training.guards.kl) else 0
    shared_out = curriculum.resources.sharding == "full" and sharers > 1
    parts = sharers if shared_out else 1
    buckets = FLOAT if sharers > 1 and not shared_out else 0
    at_once, times = training.parts(sharers)
    tokens = at_once * (prompt + answer + 1)
    kept = tokens * _kept(size, training.gradient_checkpointing, curriculum.resources.gpus > 0)
    if training.precision == "bf16":
        kept = round(HALF * kept) + COPY * (size.trained + (size.frozen if number == FLOAT else 0))
    tile = FLOAT * min(tokens, TILE[0]) * min(size.vocabulary, TILE[1])
    rows = at_once * times if training.method == "grpo" else 0
    rollouts = rows * (number * size.cached * (prompt + answer) + FLOAT * 3 * size.vocabulary)
    longest = max(spec.max_tokens for spec in curriculum.domains.values())
    models = 2 if "kl" in evaluation.metrics else 1
    asked = evaluation.batch * number * size.cached * (max(one for one, _ in lengths.values()) + longest)
    references = max(one for _, one in lengths.values()) if REFERENCES & set(evaluation.metrics) else 0
    read = evaluation.batch * max(models * longest, references, options) * size.vocabulary * number + READ
    layer = _gathered(size, weights) if shared_out else 0
    return Peak(
        weights=(weights + held) // parts,
        learning=size.trained * (FLOAT + MOMENTS[training.optim] + buckets) // parts,
        passing=max(kept + 2 * tile + layer, rollouts + (weights if shared_out and rollouts else 0)),
        evaluation=_models_in_memory(curriculum) * weights + max(asked, read),
    )


def _models_in_memory(curriculum: Curriculum) -> int:
    """The stage's own, and the base model where it is asked (for KL, and to read reasoning) and is a model apart."""
    evaluation = curriculum.evaluation
    asked = "kl" in evaluation.metrics or any(INQUIRIES[kind].reads for kind in evaluation.inquiries)
    return 2 if asked and not base_beneath_adapters(curriculum.model, curriculum.domains) else 1


def _kept(size: ModelSize, checkpointed: bool | None, on_gpu: bool) -> int:
    """Bytes a token; by default checkpointed on a GPU: then one number a layer and the whole of one layer."""
    if not (on_gpu if checkpointed is None else checkpointed):
        return size.kept
    return FLOAT * size.layers * size.hidden + size.kept // size.layers


def _gathered(size: ModelSize, weights: int) -> int:
    """Bytes of one layer's weights and of the embeddings, with the gradients of what is trained."""
    outside = min(weights, FLOAT * size.vocabulary * size.hidden)
    held = outside + (weights - outside) // size.layers
    return held + held * size.trained // (size.trained + size.frozen)


def _frozen(curriculum: Curriculum) -> float:
    """Bytes of a frozen weight."""
    model = curriculum.model
    return WEIGHT[model.dtype] if isinstance(model, PretrainedModel) else FLOAT


def _number(curriculum: Curriculum) -> int:
    """Bytes of a number that goes through the model, of its cache and its logits."""
    model = curriculum.model
    return FLOAT if not isinstance(model, PretrainedModel) or model.dtype == "float32" else 2


def _memory_key(stage: Stage) -> str:
    """Equal where stages take as much."""
    return stage.model_copy(update={"mixture": dict.fromkeys(stage.mixture, 1.0)}).model_dump_json()


def _known(prepared: Prepared) -> Lengths:
    from experiments.models.checkpoints import lengths_of

    model = prepared.curriculum.model
    given = lengths_of(model, prepared.setup.weights) if isinstance(model, PretrainedModel) else None
    known = known_lengths(prepared.curriculum, given)
    assert known is not None
    return known


def _lengths(prepared: Prepared, known: Lengths) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for name, splits in prepared.data.items():
        each = list(known.each(list(islice(splits["train"], LOOKED_AT))))
        found[name] = (max(prompt for prompt, _ in each), max(answer for _, answer in each))
    return found


def _longest_option(prepared: Prepared, known: Lengths) -> int:
    """In tokens; 0 where no domain is multiple choice."""
    forms = {name: spec.option_form for name, spec in prepared.curriculum.domains.items()}
    return max(
        (
            known.count(item.model_copy(update={"answer": text}))[1]
            for name, splits in prepared.data.items()
            if (form := forms[name]) is not None
            for item in islice(splits["test"], LOOKED_AT)
            for text in options_of(form, item.fields).said
        ),
        default=0,
    )
