"""Does every item fit into the model in every stage that a run may train? Asked before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from curricula.loader import at_line
from curricula.schema import Curriculum, ScratchModel, SearchSpec
from curricula.stage import Stage
from domains.errors import DataError
from domains.example import Example, Splits
from domains.frozen import fingerprint
from domains.options import options_of
from domains.preparation.prepare import Fit
from domains.spec import DomainSpec
from experiments.models.tokens import chat, prompting
from experiments.models.tokens import lengths as lengths_module
from experiments.models.tokens.lengths import Lengths, byte_lengths, check_fit, fits, shortened
from experiments.nodes.formats import FORMATS, formatted
from scheduler.composing.compositions.explicit import explicit_stages
from scheduler.composing.compositions.table import KINDS
from scheduler.composing.parts import joint_stages
from scheduler.probing.probes import known_left_out

Data = Mapping[str, Splits]


def check_everything_fits(curriculum: Curriculum, data: Data, lengths: Lengths | None) -> tuple[str, ...]:
    """Raise DataError, with the domain's key, for an item that with its longest completion exceeds the context, and
    for a structured domain most of whose answers do not fit its `max_tokens`. Notes of those where a few do not.

    `lengths` are those of a pretrained model's tokenizer; a model from a config counts bytes. Where neither is known,
    workers ask.
    """
    known = known_lengths(curriculum, lengths)
    if known is None:
        return ()
    check_chat(curriculum, chat=known.chat)
    notes: list[str] = []
    for name, spec in curriculum.domains.items():
        answers = check_fit(name, data[name]["train"], known, longest_completion(curriculum, name))
        for split in ("validation", "test"):
            answers += check_fit(name, data[name][split], known, spec.max_tokens)
        notes += _unreachable(name, spec, answers)
        _check_formats(curriculum, name, data[name]["test"], known)
        _check_options(name, spec, data[name]["test"], known)
    return tuple(notes)


def _check_formats(curriculum: Curriculum, name: str, items: Sequence[Example], lengths: Lengths) -> None:
    """Formats lengthen prompts."""
    asked = items[: curriculum.evaluation.formats or 0]
    longest = curriculum.domains[name].max_tokens
    if not all(fits(formatted(item, form), lengths, longest) for item in asked for form in FORMATS):
        raise DataError(
            f"in a format an item of {name} needs more tokens than the model takes, which are {lengths.context}",
            key="evaluation.formats",
            value=curriculum.evaluation.formats,
            hint="Leave `formats` out, shorten the items or their `max_tokens`, or raise the model's context.",
        )


def _check_options(name: str, spec: DomainSpec, items: Sequence[Example], lengths: Lengths) -> None:
    """Every option is read after its prompt, whatever the longest completion is."""
    form = spec.option_form
    if form is None:
        return
    for item in items:
        for text in options_of(form, item.fields).said:
            if not fits(item.model_copy(update={"answer": text}), lengths, 0):
                raise DataError(
                    f"with its prompt an option needs more tokens than the model takes, which are {lengths.context}",
                    key=f"domains.{name}.options",
                    value=text,
                    hint="Filter such rows out, shorten them, or raise the model's context.",
                )


def check_fits_too(curriculum: Curriculum, file: Path, data: Data, lengths: Lengths | None) -> None:
    """The same for one more model that is to answer these items, with file, line and key."""
    try:
        check_everything_fits(curriculum, data, lengths)
    except DataError as error:
        raise at_line(error, file, "domains") from error


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


def fit_of(curriculum: Curriculum, name: str, lengths: Lengths | None) -> Fit | None:
    """How a domain's items are made to fit; None where those that do not are an error, or lengths are not known."""
    spec, known = curriculum.domains[name], known_lengths(curriculum, lengths)
    if spec.on_long == "error" or known is None or known.context is None:
        return None
    longest = longest_completion(curriculum, name)
    identity = known.identity and f"{known.identity} {known.context} {longest} {_code()}"
    if spec.on_long == "drop":
        return Fit(lambda example: example if fits(example, known, longest) else None, identity)
    return Fit(lambda example: shortened(example, spec.kind, known, longest), identity)


@cache
def _code() -> str:
    """Of what decides how long an item is and how it is cut: prepared data that are kept follow from it."""
    texts = [Path(str(module.__file__)).read_text("utf-8") for module in (lengths_module, prompting, chat)]
    return fingerprint([*texts, version("jinja2")])


def known_lengths(curriculum: Curriculum, lengths: Lengths | None) -> Lengths | None:
    """How the curriculum's model counts."""
    model = curriculum.model
    return byte_lengths(model.context) if isinstance(model, ScratchModel) else lengths


def longest_completion(curriculum: Curriculum, name: str) -> int:
    """The most tokens that a completion of this domain may have, in evaluation and in any stage that trains on it."""
    lengths = (stage.longest_rollout(curriculum.domains) for stage in stages(curriculum, name))
    return max([curriculum.domains[name].max_tokens, *lengths])


def _unreachable(name: str, spec: DomainSpec, answers: Sequence[int]) -> list[str]:
    """A right answer that is longer than any completion can never be given."""
    over = [tokens for tokens in answers if tokens > spec.max_tokens]
    if spec.kind != "structured" or not over:
        return []
    tokens = f"{spec.max_tokens} token{'s' * (spec.max_tokens != 1)}"
    told = f"{len(over):,} of {len(answers):,} answers have more than {tokens}, the longest {max(over):,}"
    if 2 * len(over) > len(answers):
        raise DataError(
            f"most answers must fit: {told}",
            key=f"domains.{name}.max_tokens",
            value=spec.max_tokens,
            hint="Raise max_tokens, or shorten the answers.",
        )
    return [f"{name}: {told}, so that no completion can match them; raise max_tokens."]


def stages(curriculum: Curriculum, name: str) -> Iterator[Stage]:
    """Stages by GRPO that may train on a domain, with the most domains that can stand in their mixture.

    Which stage is last, and so mixes all domains, is not known before the probes: every one may be.
    """
    spec, baselines = curriculum.schedule, curriculum.baselines
    kept = [domain for domain in curriculum.domains if domain not in known_left_out(curriculum)]
    possible = [Stage(mixture={name: 1.0}, training=curriculum.stage_training(name))]
    if spec.composition == "explicit":
        possible += [stage for stage in explicit_stages(curriculum) if name in stage.mixture]
    rehearses = spec.replay > 0 or baselines.rehearse is not None
    kinds = [KINDS[way] for way in (spec.composition, *baselines.compositions) if way != "explicit"]
    mixes = rehearses or any(kind.mixes and kind.alone for kind in kinds) or _search_mixes(curriculum)
    mixture = dict.fromkeys(kept, 1.0)
    if mixes and spec.composition != "explicit" and kept:
        possible += [Stage(mixture=mixture, training=curriculum.stage_training(last)) for last in kept]
    if kept and any(not kind.alone and not kind.by_round for kind in kinds):
        possible.append(Stage(mixture=mixture, training=curriculum.training))
    if baselines.any_joint or curriculum.mixing_rules:
        possible += joint_stages(curriculum)
    return (stage for stage in possible if stage.training.method == "grpo" and name in stage.mixture)


def _search_mixes(curriculum: Curriculum) -> bool:
    """Whether a search may propose stages over several domains; its comparison with joint training does always."""
    search = curriculum.search
    asked = search != SearchSpec()
    return asked and (set(search.compositions) != {"sequential"} or any(search.replay) or any(search.refresh))
