"""benchmarks/alarms.py on few simulations: rows of sound checkpoints seldom change, and damage is found."""

from __future__ import annotations

import pytest

from benchmarks.alarms import DAMAGE, MIDDLE, OF_OPTIONS, WHO, Change, Design, damaged, tables, undamaged
from experiments.measures.spec import Name

FEW = 100


def alarms(found: dict[Name, list[Change]]) -> dict[Name, float]:
    return {name: sum(one.sign != 0 for one in told) / len(told) for name, told in found.items() if told}


@pytest.mark.parametrize("world", ["near 0", "heavy tails and overconfident"])
def test_rows_of_sound_checkpoints_seldom_change(world: str) -> None:
    """Of 100, 12 or more have a chance of .4 % where 5 % are due."""
    answers, options = undamaged(FEW, Design(world, 60, 1, 1)), undamaged(FEW // 4, Design(world, 30, None, 1))
    assert max(alarms(answers).values()) <= 0.12
    assert max(alarms({name: options[name] for name in OF_OPTIONS}).values()) <= 0.2


def test_what_two_or_three_right_answers_say_of_lengths_is_no_change() -> None:
    """Of one item that both answer rightly the interval was a point, and excluded 0 nine times in ten."""
    found = undamaged(FEW, Design("few right", 60, 1, 1))
    assert len(found["skip_ratio"]) > FEW / 4
    assert alarms(found)["skip_ratio"] == alarms(found)["right_length"] == 0
    assert not any(one.ok for one in found["skip_ratio"])


def test_damage_is_found_by_enough_items() -> None:
    found = damaged(20, ("shorter by .3", Design(MIDDLE, 150, 1, 1)))
    assert found.keys() == DAMAGE["shorter by .3"][1].keys()
    assert all(sum(flags) == 20 for flags in found.values())


def test_a_row_of_the_table_holds_mean_and_highest() -> None:
    rate = (0.04, 0.03, 0.05)
    still = {f"rep3, near 0, {who}, 1 an item, {items} items": rate for who in WHO.values() for items in (30, 60)}
    power = {f"rep3: loops, near 0, {who}, 1 an item, 30 items": rate for who in WHO.values()}
    told = tables({"false_shown": still, "false_called": still, "power_called": power})
    assert told.count("| rep3, 1 an item | 4.0 (4.0) | 4.0 (4.0) |") == 2
    assert "| rep3: loops | 4 / 4 |" in told
