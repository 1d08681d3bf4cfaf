"""Does every item fit into the model in every stage that a run may train? Asked before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from curricula.schema import Curriculum, ScratchModel, SearchSpec
from curricula.stage import Stage
from domains.errors import DataError
from domains.example import Example, Split
from experiments.models.lengths import Lengths, byte_lengths, check_fit
from scheduler.compose import explicit_stages
from scheduler.joint import joint_stages
from scheduler.probes import known_left_out

Data = Mapping[str, Mapping[Split, Sequence[Example]]]


def check_everything_fits(curriculum: Curriculum, data: Data, lengths: Lengths | None) -> None:
    """Raise DataError, with the domain's key, for an item that with its longest completion exceeds the context.

    `lengths` are those of a pretrained model's tokenizer; a model from a config counts bytes. Where neither is known,
    workers ask.
    """
    model = curriculum.model
    if isinstance(model, ScratchModel):
        lengths = byte_lengths(model.context)
    if lengths is None:
        return
    check_chat(curriculum, chat=lengths.chat)
    for name, spec in curriculum.domains.items():
        longest = max([spec.max_tokens, *(_longest(curriculum, stage) for stage in stages(curriculum, name))])
        check_fit(name, data[name]["train"], lengths, longest)
        for split in ("validation", "test"):
            check_fit(name, data[name][split], lengths, spec.max_tokens)


def check_chat(curriculum: Curriculum, *, chat: bool) -> None:
    """Raise DataError, with the key, for a domain that needs a chat template where the model has none."""
    for name, spec in curriculum.domains.items():
        asks = {"chat": spec.chat == "on", "messages": spec.messages is not None, "system": spec.system is not None}
        key = next((key for key, asked in asks.items() if asked), None)
        if key and not chat:
            raise DataError(
                "needs a model whose tokenizer has a chat template, and this one has none",
                key=f"domains.{name}.{key}",
                value=getattr(spec, key),
                hint="Write the text that the model is to continue as `prompt:`, e.g. "
                '"{messages[0][content]}", or take an instruct model.',
            )


def stages(curriculum: Curriculum, name: str) -> Iterator[Stage]:
    """Stages by GRPO that may train on a domain, with the most domains that can stand in their mixture.

    Which stage is last, and so mixes all domains, is not known before the probes: every one may be.
    """
    spec, baselines = curriculum.schedule, curriculum.baselines
    kept = [domain for domain in curriculum.domains if domain not in known_left_out(curriculum)]
    possible = [Stage(mixture={name: 1.0}, training=curriculum.stage_training(name))]
    if spec.composition == "explicit":
        possible += [stage for stage in explicit_stages(curriculum) if name in stage.mixture]
    mixes = spec.replay > 0 or "cumulative" in (spec.composition, *baselines.compositions) or _search_mixes(curriculum)
    if mixes and spec.composition != "explicit" and kept:
        mixture = dict.fromkeys(kept, 1.0)
        possible += [Stage(mixture=mixture, training=curriculum.stage_training(last)) for last in kept]
    if baselines.any_joint:
        possible += joint_stages(curriculum)
    return (stage for stage in possible if stage.training.method == "grpo" and name in stage.mixture)


def _search_mixes(curriculum: Curriculum) -> bool:
    """Whether a search may propose stages over several domains; its comparison with joint training does always."""
    search = curriculum.search
    asked = search != SearchSpec()
    return asked and (set(search.compositions) != {"sequential"} or any(search.replay) or any(search.refresh))


def _longest(curriculum: Curriculum, stage: Stage) -> int:
    """Tokens that a rollout may have: the stage's own limit, else the largest of its domains."""
    return stage.training.max_tokens or max(curriculum.domains[domain].max_tokens for domain in stage.mixture)
