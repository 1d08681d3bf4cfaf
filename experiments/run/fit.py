"""Does every item fit into the model in every stage that a run may train? Asked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from curricula.loader import at_line
from curricula.schema import Curriculum, ScratchModel
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
from experiments.run.possible import possible_stages

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
    longest = longest_completions(curriculum)
    for name, spec in curriculum.domains.items():
        answers = check_fit(name, data[name]["train"], known, longest[name])
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


def fits_of(curriculum: Curriculum, lengths: Lengths | None) -> dict[str, Fit | None]:
    """Domain → how its items are made to fit; None where those that do not are an error, or lengths are not known."""
    if all(spec.on_long == "error" for spec in curriculum.domains.values()):
        return dict.fromkeys(curriculum.domains)
    return {name: _fit(curriculum, name, lengths, most) for name, most in longest_completions(curriculum).items()}


def _fit(curriculum: Curriculum, name: str, lengths: Lengths | None, longest: int) -> Fit | None:
    spec, known = curriculum.domains[name], known_lengths(curriculum, lengths)
    if spec.on_long == "error" or known is None or known.context is None:
        return None
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


def longest_completions(curriculum: Curriculum) -> dict[str, int]:
    """Domain → the most tokens that its completions may have, in evaluation and in any stage by GRPO that may train on
    it."""
    found = {name: spec.max_tokens for name, spec in curriculum.domains.items()}
    for stage in possible_stages(curriculum):
        if stage.training.method == "grpo":
            longest = stage.longest_rollout(curriculum.domains)
            found |= {name: max(found[name], longest) for name in stage.mixture}
    return found


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
