"""Options are read as references are: after the prompt, through the chat template where there is one."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from domains.example import Example
from domains.options import OptionForm
from experiments.evaluation.options import options_read, read_options
from experiments.evaluation.tasks import Asked, ask
from experiments.models.subjects.endpoint import EndpointModel
from experiments.models.subjects.subject import Reading
from experiments.nodes.suite import Task
from tests.support.models import subject

FORM = OptionForm(columns=("choices",), answer=" {answer}")
TASK = Task(kind="options", domain="d", split="test", data="d", options=FORM)


def item(number: int, options: list[str], right: int) -> Example:
    fields = {"choices": options, "answer": right}
    return Example(prompt=f"which {number}?", answer=f" {options[right]}", fields=fields)


ITEMS = (item(0, ["red", "green", "blue"], 1), item(1, ["x", "yes"], 0), item(2, ["one", "two", "six", "ten"], 3))


@dataclass
class Counted:
    """Finds an answer as likely as it is short."""

    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, item: Example) -> list[int]:
        self.asked.append((item.prompt, item.answer))
        return list(item.answer.encode())

    def read(self, items, answers, begun=None) -> list[Reading]:
        return [Reading(nll=float(len(one)), entropy=0.5, tokens=len(one)) for one in answers]


def test_every_option_stands_after_its_own_prompt() -> None:
    model = Counted()
    rows = read_options(model, ITEMS, FORM)  # type: ignore[arg-type]
    assert model.asked[:4] == [("which 0?", " red"), ("which 0?", " green"), ("which 0?", " blue"), ("which 1?", " x")]
    assert [(row.item, row.sample) for row in rows[3:5]] == [(ITEMS[1].id, 0), (ITEMS[1].id, 1)]
    found = options_read(ITEMS, rows, FORM)
    assert found.nll == ((4.0, 6.0, 5.0), (2.0, 4.0), (4.0, 4.0, 4.0, 4.0))
    assert found.characters == ((3, 5, 4), (1, 3), (3, 3, 3, 3)), "without the blank that every answer begins with"
    assert found.right == (1, 0, 3)


@pytest.mark.slow
def test_the_right_option_is_as_likely_as_the_reference() -> None:
    model = subject(batch=3)
    found = options_read(ITEMS, ask(Asked(TASK, ITEMS, 0, lambda: None), model), FORM)
    references = Task(kind="references", domain="d", split="test", data="d")
    for nll, right, row in zip(
        found.nll, found.right, ask(Asked(references, ITEMS, 0, lambda: None), model), strict=True
    ):
        assert nll[right] == pytest.approx(row.nll, abs=1e-4)
        assert len(set(nll)) == len(nll)


def test_an_endpoint_and_a_task_without_a_form_are_refused() -> None:
    with pytest.raises(ValueError, match="not here cannot be asked for options"):
        ask(Asked(TASK, ITEMS, 0, lambda: None), EndpointModel(None))  # type: ignore[arg-type]
