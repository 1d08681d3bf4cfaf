"""A choice of strategy is judged where it was not made."""

from __future__ import annotations

import pytest

from benchmarks.orders.held_out import chosen, models, strategies
from benchmarks.orders.tables import AT


def test_what_is_judged_on_has_no_say_in_the_choice():
    losses = {"steady": {"a": 2.0, "b": 2.0, "c": 2.0}, "lucky": {"a": 0.0, "b": 3.0, "c": 3.0}}
    assert chosen(losses, "a") == "steady"
    assert chosen({**losses, "lucky": {**losses["lucky"], "a": -100.0}}, "a") == "steady"
    assert chosen(losses, "b") == "lucky"  # 1.5 on a and c


def test_one_table_leaves_nothing_to_choose_on():
    with pytest.raises(ValueError, match="nothing is left"):
        chosen({"bwt": {"a": 1.0}}, "a")


def test_every_row_tells_choice_default_and_hindsight():
    def curves(a: float, b: float):
        longest = max(AT) + 1
        return {n: {k: [v] * longest for k in ("mean", "low", "high")} for n, v in (("a", a), ("b", b))}

    regret = {"curricula": {"a": {}, "b": {}}, "curves": {"bwt": curves(0.02, 0.04), "random": curves(0.03, 0.01)}}
    told = strategies(regret).splitlines()
    assert len(told) == 2 + 2 * len(AT)
    # On b random search lost least, so it is what a is judged by; bwt would have been better there.
    assert [cell.strip().partition(":")[0] for cell in told[2].split("|")[3:6]] == ["random", "bwt", "bwt"]


def test_models_are_chosen_by_error_relative_to_the_additive_one():
    def task(additive: float, lucky: float):
        return {"level-1": {"additive": {"rmse": additive, "unseen": 0.1}, "lucky": {"rmse": lucky, "unseen": 0.2}}}

    told = models({"small": task(0.001, 0.0005), "large": task(1.0, 1.2)}).splitlines()
    assert "lucky: rmse 1.200, rank correlation 0.20" in told[3].split("|")[2]
    assert "additive: rmse 0.001" in told[2].split("|")[2]
