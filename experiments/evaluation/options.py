"""Every option of a multiple-choice item, read as the answer to its prompt."""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example
from domains.options import OptionForm, options_of
from experiments.measures.of_outputs import DIGITS
from experiments.models.subjects.subject import ReadableSubject
from experiments.nodes.options import OptionsRead
from experiments.nodes.outputs import Output, read_off


def read_options(model: ReadableSubject, items: Sequence[Example], form: OptionForm) -> list[Output]:
    """Item by item and within an item option by option, which `sample` counts; the end token is not counted, as in
    references."""
    places = [(item, at, text) for item in items for at, text in enumerate(options_of(form, item.fields).said)]
    asked = [item.model_copy(update={"answer": text}) for item, _, text in places]
    readings = model.read(asked, [model.answer(one) for one in asked])
    return [
        Output(item=item.id, sample=at, nll=one.nll, entropy=one.entropy, count=one.tokens, size=len(text.encode()))
        for (item, at, text), one in zip(places, readings, strict=True)
    ]


def options_read(items: Sequence[Example], outputs: Sequence[Output], form: OptionForm) -> OptionsRead:
    """What `read_options` recorded of these items, with which option is right."""
    options = [options_of(form, item.fields) for item in items]
    nll = iter(round(value, DIGITS) for value in read_off(outputs, "nll"))
    return OptionsRead(
        nll=tuple(tuple(next(nll) for _ in one.bare) for one in options),
        characters=tuple(tuple(map(len, one.bare)) for one in options),
        right=tuple(one.right for one in options),
    )
