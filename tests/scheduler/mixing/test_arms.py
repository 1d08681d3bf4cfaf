"""Arms of adaptive mixing whose rounds are not all chosen, and those that are guessed before any is."""

from __future__ import annotations

from dataclasses import replace

from scheduler.mixing.arms import mixing_arms, settled
from scheduler.mixing.guess import guessed_rounds
from tests.scheduler.mixing.test_decisions import NAMES, curriculum

SPEC = curriculum("given")
BOTH = SPEC.model_copy(
    update={"baselines": SPEC.baselines.model_copy(update={"adaptive": ("slope",), "interpolate": True})}
)


def mixtures(arm):
    return [tuple(stage.mixture.values()) for stage in arm.stages]


def test_rounds_that_are_not_chosen_stand_as_joint_trainings():
    main, other = guessed_rounds(BOTH, None, 0)
    begun = replace(main, proposals=main.proposals[:1])
    arms = mixing_arms(BOTH, (begun, other))
    assert [arm.name for arm in arms] == ["adaptive-transfer", "adaptive-slope"]
    first, *left = mixtures(arms[0])
    assert first == mixtures(mixing_arms(BOTH, (main, other))[0])[0]
    assert len(left) == 3
    assert all(max(row) - min(row) < 0.002 for row in left)
    assert settled(BOTH, (begun, other)) == (other,)


def test_an_arm_whose_rounds_are_all_chosen_has_one_half_way_to_the_base():
    found = guessed_rounds(BOTH, None, 0)
    assert settled(BOTH, found) == found
    arms = mixing_arms(BOTH, found)
    assert len(arms) == 3
    assert arms[2].name.startswith(arms[0].name)
    plain = BOTH.model_copy(update={"baselines": BOTH.baselines.model_copy(update={"interpolate": False})})
    assert len(mixing_arms(plain, found)) == 2


def test_no_two_guessed_arms_are_alike():
    rows = [mixtures(arm) for draw in range(3) for arm in mixing_arms(BOTH, guessed_rounds(BOTH, None, draw))[:2]]
    assert len({tuple(row) for row in rows}) == 6
    assert all(len(one) == len(NAMES) for row in rows for one in row)
