"""Guards that planted base scores speak for: chosen in place of the word, or as YAML to be pasted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curricula.guards import NONE, EntropyFloor, Guards, PassRate
from curricula.loader import load_curriculum
from curricula.recommended import GuardChoice, with_chosen
from curricula.schema import Curriculum
from experiments.analysis.notes.guard_advice import (
    choice_lines,
    outside,
    proposal_text,
    proposed,
    recommended,
)
from experiments.nodes.record import Cost, DomainScore, Record
from tests.support.curriculum_text import GOOD, changed, write
from tests.support.nodes import PROVENANCE

BAND = Guards(pass_rate=PassRate(domains=("sums",), least=32))
FLOOR = Guards(entropy=EntropyFloor(share=0.5))
HOPELESS = [0.0] * 9 + [0.25]
HARD = [0.0] * 8 + [0.5, 0.25]
MASTERED = [1.0] * 9 + [0.75]
MIXED = [0.0] * 4 + [1.0] * 4 + [0.5] * 2
FINE = [0.0] * 4 + [0.5] * 6
ASKED = changed("steps: 10", "steps: 10\n  guards: recommended")


def base(sums: Sequence[float], tales: float = 0.3, entropy: float | None = 0.84) -> Record:
    own = None if entropy is None else (entropy - 0.1, entropy + 0.1)
    scores = {"sums": DomainScore(items=tuple(sums)), "tales": DomainScore(items=(tales,) * 10, entropy=own)}
    return Record(
        node="b", parent=None, seed=None, label="base", path=(), scores={"validation": scores}, cost=Cost(),
        provenance=PROVENANCE,
    )  # fmt: skip


def chosen(folder: Path, text: str, record: Record) -> dict[str, GuardChoice]:
    return {one.domain: one for one in recommended(load_curriculum(write(folder, text)), record)}


@pytest.mark.parametrize(
    ("items", "guards", "why"),
    [
        (HOPELESS, NONE, "90 % of items are never right and 0 % always in 4 answers: too little to reinforce"),
        (HARD, BAND, "80 % of items are never right and 0 % always in 4 answers: at least 42 % of prompts lie outside"),
        (MIXED, BAND, "40 % of items are never right and 40 % always"),
        (MASTERED, NONE, "hardly anything is left to learn"),
        (FINE, NONE, "at least 0 % of prompts lie outside of a pass rate of 0.1 to 0.9, too few"),
    ],
)
def test_a_band_is_for_many_extreme_items_and_not_for_hardly_any_others(
    tmp_path: Path, items: list[float], guards: Guards, why: str
) -> None:
    found = chosen(tmp_path, ASKED, base(items))["sums"]
    assert found.guards == guards
    assert why in found.reason
    assert found.figures["answers"] == 4
    assert found.remedy == ("method: sft" if items == HOPELESS else None)


def test_one_answer_an_item_tells_no_pass_rates(tmp_path: Path) -> None:
    greedy = ASKED.replace("seeds:", "evaluation: {decoding: greedy}\nseeds:").replace(
        "kind: creative", "kind: creative\n    decoding: {samples: 2}"
    )
    found = chosen(tmp_path, greedy, base([0.0] * 8 + [1.0, 1.0]))["sums"]
    assert found.guards == NONE
    assert "in one answer, which does not tell hard prompts from easy ones" in found.reason
    assert "outside" not in found.figures


@pytest.mark.parametrize(
    ("text", "tales", "guards", "why"),
    [
        (
            ASKED,
            0.3,
            FLOOR,
            "Creative beside 1 structured domain: its stage ends before half of its variety is gone (0.",
        ),
        (ASKED, 0.05, NONE, "It scores 0.05, so it has to learn its form first"),
        (ASKED.replace("order: bwt", "rate: whole"), 0.3, NONE, "On `schedule.rate: whole` stages are pieces"),
        (ASKED.replace("kind: structured", "kind: creative"), 0.3, NONE, "No structured domain is beside it"),
        (f"{ASKED}stages: {{tales: {{method: sft}}}}\n", 0.3, NONE, "Its own stage is by SFT"),
    ],
)
def test_a_floor_is_for_a_creative_domain_that_structured_ones_would_narrow(
    tmp_path: Path, text: str, tales: float, guards: Guards, why: str
) -> None:
    found = chosen(tmp_path, text, base(FINE, tales))["tales"]
    assert found.guards == guards
    assert found.reason.startswith(why)
    assert chosen(tmp_path, text, base(FINE, tales, None))["tales"].guards == guards


def test_what_was_written_stands_and_what_is_left_out_is_not_spoken_of(tmp_path: Path) -> None:
    own = f"{ASKED}stages: {{sums: {{guards: {{}}}}}}\n"
    curriculum = load_curriculum(write(tmp_path, own))
    found = with_chosen(curriculum, recommended(curriculum, base(HARD)))
    assert found.stage_training("sums").guards == NONE
    assert found.stage_training("tales").guards == FLOOR
    assert found.training.guards == BAND
    left = ASKED.replace("order: bwt", "order: bwt\n  leave_out: [tales]")
    assert list(chosen(tmp_path, left, base(HARD))) == ["sums"]
    assert recommended(load_curriculum(write(tmp_path, GOOD)), base(HARD)) == ()


def test_it_says_what_it_chose_and_why(tmp_path: Path) -> None:
    lines = choice_lines(tuple(chosen(tmp_path, ASKED, base(HOPELESS)).values()))
    assert lines[0].startswith("Recommended for sums: no guard. 90 % of items are never right")
    assert "(`stages: {sums: {method: sft}}`)" in lines[0]
    assert lines[1].startswith("Recommended for tales: {entropy: {share: 0.5}}. Creative beside")
    (hard, _) = choice_lines(tuple(chosen(tmp_path, ASKED, base(HARD)).values()))
    assert hard.startswith("Recommended for sums: {pass_rate: {domains: [sums], least: 32}}. 80 %")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(2, 16))
def test_no_more_is_said_to_lie_outside_than_does(rates: list[float], answers: int) -> None:
    """By the shares of extreme items that prompts with these pass rates are expected to give."""
    p = np.array(rates)
    found = outside(float(np.mean((1 - p) ** answers)), float(np.mean(p**answers)), answers)
    assert found is not None
    assert 0 <= found <= np.mean((p < 0.1) | (p > 0.9)) + 1e-9
    assert outside(1.0, 0.0, answers) == outside(0.25, 0.75, answers) == 1.0
    assert outside(0.5, 0.5, 1) is None


def pasted(folder: Path, curriculum: Curriculum, record: Record) -> Curriculum:
    """The curriculum with what is proposed pasted behind it."""
    text = proposal_text(proposed(curriculum, record))
    assert set(yaml.safe_load(text)) == {"stages"}
    return load_curriculum(write(folder, f"{GOOD}{text}\n"))


def test_what_is_proposed_can_be_pasted_and_is_what_is_recommended(tmp_path: Path) -> None:
    curriculum = load_curriculum(write(tmp_path, GOOD))
    asked = load_curriculum(write(tmp_path, ASKED))
    for items in (HARD, MIXED):
        found = pasted(tmp_path, curriculum, base(items))
        same = with_chosen(asked, recommended(asked, base(items)))
        assert [found.stage_training(name).guards for name in ("sums", "tales")] == [BAND, FLOOR]
        assert [same.stage_training(name).guards for name in ("sums", "tales")] == [BAND, FLOOR]
    assert pasted(tmp_path, curriculum, base(HOPELESS)).stage_training("sums").method == "sft"
    assert "sums" not in {one.domain for one in proposed(curriculum, base(FINE))}


def test_what_is_guarded_or_imitated_or_on_a_path_gets_no_proposal(tmp_path: Path) -> None:
    hard = base([0.0] * 10)
    for text in (
        changed("steps: 10", "steps: 10\n  guards: {kl: {budget: 1}}"),
        changed("steps: 10", "method: sft"),
    ):
        assert proposed(load_curriculum(write(tmp_path, text)), hard) == ()
    path = load_curriculum(write(tmp_path, changed("order: bwt", "rate: whole")))
    assert [one.domain for one in proposed(path, hard)] == ["sums"]
    assert proposal_text(()).startswith("No guards")
