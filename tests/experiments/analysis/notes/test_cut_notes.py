"""A base model whose answers are cut off is named, with the key that mends it."""

from __future__ import annotations

import pytest

from domains.options import OptionForm
from experiments.analysis.notes.cut_notes import cut_answers, cut_notes
from experiments.nodes.details import Details
from experiments.nodes.record import DomainScore, Record
from experiments.nodes.tree import base_node
from tests.support.records import recorded
from tests.support.tiny import tiny


def base(cut: list[bool] | None) -> Record:
    count = len(cut or [False])
    details = Details(
        samples=1, scores=(0.0,) * count, found=(True,) * count, cut=None if cut is None else tuple(cut), distinct=None
    )
    score = DomainScore(items=(0.0,) * count, details=details)
    plain = DomainScore(items=(0.0,) * count)
    return recorded(base_node(tiny().setup), {"test": {"sorting": score, "stories": plain}})


@pytest.mark.parametrize(("cut", "told"), [(41, "41 %"), (25, "25 %"), (24, None), (0, None)])
def test_a_share_from_a_quarter_on_is_named(cut: int, told: str | None) -> None:
    notes = cut_notes(tiny().setup, base([at < cut for at in range(100)]))
    expected = (
        f"sorting: {told} of the base model's answers were cut at max_tokens 12; raise domains.sorting.max_tokens, or "
        "say by `stop` where an answer ends.",
    )
    assert notes == (expected if told else ())


def test_what_is_not_known_is_not_told() -> None:
    assert cut_notes(tiny().setup, base(None)) == ()
    assert cut_notes(tiny().setup, base([True]).model_copy(update={"scores": {}})) == ()


def test_answers_of_a_given_model_are_told_as_its_own() -> None:
    scores = base([True, False]).scores["test"]
    (note,) = cut_answers(tiny().setup, scores, "the answers of mine")
    assert note.startswith("sorting: 50 % of the answers of mine were cut at max_tokens 12; raise domains.sorting.")


def test_for_letters_more_tokens_are_no_help() -> None:
    setup = tiny().setup
    letters = setup.domains["sorting"].model_copy(
        update={"options": OptionForm(columns=("options",), answer="{answer}", letters=True)}
    )
    setup = setup.model_copy(update={"domains": {**setup.domains, "sorting": letters}})
    (note,) = cut_notes(setup, base([True] * 100))
    assert "ask for the letter alone" in note
    assert "raise" not in note
