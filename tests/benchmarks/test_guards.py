"""The arms of benchmarks.guards, and its table."""

from __future__ import annotations

from benchmarks.guards import CHANGES, FILE, arms, table
from curricula.guards import NONE
from curricula.loader import load_curriculum
from scheduler.composing.joint import budget


def test_every_guard_stands_in_every_stage_of_its_arm_alone_and_budgets_are_equal() -> None:
    made = arms(load_curriculum(FILE))
    assert set(made) == {f"sequence/{name}" for name in CHANGES} | {f"joint/{name}" for name in CHANGES} - {
        "joint/replay"
    }
    for name, arm in made.items():
        change = CHANGES[name.partition("/")[2]]
        for stage in arm.stages:
            assert stage.training.guards == change.get("guards", NONE)
            assert stage.training.trl == change.get("trl", {})
    assert len({budget(arm) for arm in made.values()}) == 1
    assert [len(made[f"{shape}/band"].stages) for shape in ("joint", "sequence")] == [1, 4]
    assert len(made["sequence/replay"].stages[-1].mixture) == 4


def test_an_arm_that_did_not_finish_still_has_a_row() -> None:
    rows = {
        "joint/none": {"seeds": [0], "total": [0.5, 0.4, 0.6], "steps": 240.0, "rollouts": 15360.0},
        "joint/band": {"seeds": [], "failed": {"0": "no prompt"}},
        "joint/kl": {"seeds": [0, 1], "total": [0.6, 0.5, 0.7], "minus_none": [0.1, -0.05, 0.25], "p_holm": 0.2},
    }
    _, _, none, band, kl = table({"arms": rows}).splitlines()
    assert none == "| joint/none | 1 | 0.500 (0.400 to 0.600) |  |  | 240 | 15,360 |  |"
    assert band.startswith("| joint/band | 0 |  |")
    assert "| +0.100 (-0.050 to +0.250) | 0.200 |" in kl
