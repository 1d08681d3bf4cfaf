"""Guards that planted base scores speak for, as YAML that loads."""

from __future__ import annotations

from pathlib import Path

import yaml

from curricula.guards import EntropyFloor, Guards, PassRate
from curricula.loader import load_curriculum
from curricula.schema import Curriculum
from experiments.analysis.notes.guard_advice import advice_text, guard_advice
from experiments.nodes.record import DomainScore, Record
from experiments.nodes.tree import base_node
from tests.support.curriculum_text import GOOD, changed, write
from tests.support.nodes import SETUP
from tests.support.records import recorded


def base(sums: list[float], tales: float = 0.3) -> Record:
    scores = {"sums": DomainScore(items=tuple(sums)), "tales": DomainScore(items=(tales,) * 10)}
    return recorded(base_node(SETUP), {"validation": scores})


def proposed(folder: Path, curriculum: Curriculum, record: Record) -> Curriculum:
    """The curriculum with what is proposed pasted behind it."""
    text = advice_text(guard_advice(curriculum, record))
    assert set(yaml.safe_load(text)) == {"stages"}
    return load_curriculum(write(folder, f"{GOOD}{text}\n"))


def test_near_zero_pass_rates_speak_for_imitation_and_creative_domains_for_a_floor(tmp_path: Path) -> None:
    curriculum = load_curriculum(write(tmp_path, GOOD))
    found = proposed(tmp_path, curriculum, base([0.0] * 9 + [0.25]))
    assert found.stage_training("sums").method == "sft"
    assert found.stage_training("tales").guards == Guards(entropy=EntropyFloor(share=0.5))
    told = {one.domain: one.reason for one in guard_advice(curriculum, base([0.0] * 9 + [0.25]))}
    assert told["sums"].startswith("90 % of items are never right in ")


def test_hard_and_mastered_items_speak_for_a_band_and_good_ones_for_nothing(tmp_path: Path) -> None:
    curriculum = load_curriculum(write(tmp_path, GOOD))
    for items, why in (([0.0] * 4 + [0.5] * 6, "lucky"), ([1.0] * 6 + [0.5] * 4, "teach nothing")):
        assert proposed(tmp_path, curriculum, base(items)).stage_training("sums").guards.pass_rate == PassRate()
        assert why in advice_text(guard_advice(curriculum, base(items)))
    assert "sums" not in {one.domain for one in guard_advice(curriculum, base([0.5] * 10))}


def test_what_is_guarded_or_imitated_or_on_a_path_gets_no_advice(tmp_path: Path) -> None:
    hard = base([0.0] * 10)
    for text in (
        changed("steps: 10", "steps: 10\n  guards: {kl: {budget: 1}}"),
        changed("steps: 10", "method: sft"),
    ):
        assert guard_advice(load_curriculum(write(tmp_path, text)), hard) == ()
    path = load_curriculum(write(tmp_path, changed("order: bwt", "rate: whole")))
    assert [one.domain for one in guard_advice(path, hard)] == ["sums"]
    assert advice_text(()).startswith("No guards")
