"""A verdict beside an interval that says otherwise says why, in the same words wherever it stands."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from benchmarks.claims.model import compared, judged
from benchmarks.claims.table import details
from domains.interval import Interval
from experiments.analysis.checkup.build import checkup
from experiments.analysis.checkup.model import Checkup
from experiments.analysis.checkup.words import reasons
from experiments.analysis.cliffs.contrast import contrast, p_of
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.comparing.apart import apart, within
from experiments.analysis.comparing.comparison import compare, pair
from experiments.analysis.comparing.family import PRICED
from experiments.analysis.sentences.plan_words import identified, learning, own_gain_words, precedence_words
from experiments.analysis.sentences.verdict import apart_lines, settling
from experiments.nodes.record import DomainScore
from experiments.report.checkup import render_checkup
from experiments.report.terminal.grounds import transfer_table
from scheduler.plan import OwnGain
from tests.support.report import make_inputs

SURE = Interval.of(0.03, 0.01, 0.05, 3)
OPEN = Interval.of(0.03, -0.01, 0.07, 3)
WORDS = "interval of one comparison; after correction for 9 comparisons p = 0.12, not sure"


def test_where_they_agree_nothing_is_said():
    assert apart(SURE, 0.001, 0.01, 9) == apart(OPEN, 0.2, 1.0, 9) == ""
    assert apart(SURE, 0.001, None, 9) == apart(Interval.unknown("no seed"), None, 0.2, 9) == ""


def test_an_interval_that_excludes_0_beside_a_difference_that_is_not_sure():
    assert apart(SURE, 0.013, 0.12, 9) == WORDS


def test_another_test_than_the_interval_s_is_named_as_such():
    assert apart(SURE, 0.06, 0.06, 1) == "interval by itself; by the test p = 0.06, not sure"
    assert apart(OPEN, 0.001, 0.02, 9) == "sure by the test (p = 0.02), although this wider interval holds 0"


def test_equivalence_by_the_90_percent_interval():
    wide, narrow = Interval.of(0.0, -0.011, 0.011, 3), Interval.of(0.0, -0.008, 0.008, 3)
    assert "two one-sided tests at 5 %, which go by the 90 % interval" in within(wide, 0.04, 1, 0.01)
    assert "is not sure after correction for 9 comparisons" in within(narrow, 0.2, 9, 0.01)
    assert within(narrow, 0.01, 9, 0.01) == within(wide, 0.3, 9, 0.01) == ""


def _arm(mean: float, noise: float, rng: int) -> dict[str, np.ndarray]:
    own = np.random.default_rng(rng)
    return {"a": mean + noise * own.normal(size=(4, 1)) + np.random.default_rng(9).normal(0, 0.2, (1, 80))}


def test_comparisons_on_the_page_and_in_the_terminal():
    """Thirty arms of which each differs a little from joint training, and hardly one beside so many."""
    rivals = [
        pair(f"arm{at}", "joint", _arm(0.62, 0.01, at), _arm(0.6, 0.01, 100 + at), {"a": 1.0}) for at in range(30)
    ]
    found = compare(rivals, rope=1e-4)
    told = [row for row in found if row.apart]
    assert told
    for row in told:
        assert row.absolute.sign
        assert row.verdict == "undecided"
        assert settling(row) == row.apart
        assert row.apart.startswith("interval of one comparison; after correction for 29 comparisons")
    assert [row for row in found if row.absolute.sign and row.verdict == "undecided"] == told
    lines = " ".join(apart_lines(found))
    assert all(f"{row.arm} against joint" in lines for row in told)


@pytest.mark.parametrize(("first", "said"), [(0.6, True), (0.9, False)])
def test_that_an_open_first_pair_makes_the_others_dearer_is_said(first, said):
    """Else a reader who multiplies p by the number of pairs does not come to what stands there."""
    mains = pair("main", "joint", _arm(first, 0.01, 201), _arm(0.6, 0.01, 202), {"a": 1.0})
    rivals = [
        pair(f"arm{at}", "joint", _arm(0.62, 0.01, at), _arm(0.6, 0.01, 100 + at), {"a": 1.0}) for at in range(3, 33)
    ]
    told = [row.apart for row in compare([mains, *rivals], rope=1e-4)[1:] if row.apart]
    assert told
    assert all((PRICED in why) is said for why in told)


def test_what_is_told_with_its_p_value_is_not_told_twice():
    plan = make_inputs().plan
    first = plan.precedences[0].model_copy(update={"identified": False, "gain": SURE, "p": 0.013, "p_adjusted": 0.12})
    assert identified(plan.model_copy(update={"precedences": (first,) * 9})).count("p = 0.12") == 1


def test_cliffs():
    change = np.full((3, 40), 0.02) + np.random.default_rng(0).normal(0, 0.02, (3, 40))
    p = p_of(change, PairedAnswers((), ()))
    assert p is not None
    assert p < 0.05
    told = contrast(change, PairedAnswers((), ()), 0.12, None, 9)
    assert told.verdict in ("noise", "underpowered")
    assert told.apart == WORDS
    assert contrast(change, PairedAnswers((), ()), p, None, 9).apart == ""


def test_two_models_measured():
    rng = np.random.default_rng(0)
    flat = DomainScore(items=tuple(rng.random(40).tolist()))
    before = {f"d{number}": flat for number in range(20)}
    lower = np.array(flat.items) - np.where(np.arange(40) < 7, 0.3, 0.0)
    domains = checkup(before, before | {"d0": DomainScore(items=tuple(lower.tolist()))}, ("full", "full"))
    score = domains["d0"].difference.score
    assert score.change.sign == -1
    assert score.apart.startswith("interval of one comparison; after correction for 20 comparisons p = ")
    found = Checkup(file="x.yaml", models=(), domains=domains, verdict="")
    assert any("after correction for 20 comparisons" in line for line in reasons(found))
    assert "after correction for 20 comparisons" in render_checkup(found)


def test_own_gains_and_precedences():
    plan = make_inputs().plan
    gains = tuple(
        OwnGain(domain=name, base=0.5, gain=SURE, p=0.013, p_adjusted=p) for name, p in (("a", 0.12), ("b", 0.01))
    )
    lines = learning(plan.model_copy(update={"own_gains": gains}))
    assert "interval of one comparison; after correction for 2 comparisons p = 0.12, not sure" in lines[1]
    assert own_gain_words(gains[1], 2) == "raised"
    lower = gains[1].model_copy(update={"gain": Interval.of(-0.03, -0.05, -0.01, 3)})
    assert own_gain_words(lower, 2) == "lowered"
    first = plan.precedences[0].model_copy(update={"identified": False, "gain": SURE, "p": 0.013, "p_adjusted": 0.12})
    told = identified(plan.model_copy(update={"precedences": (first,) * 9}))
    assert WORDS in told
    idle = first.model_copy(update={"p_adjusted": 0.01})
    assert precedence_words(idle, 9) == "not claimed: one of the stages taught nothing"


def test_bold_effects_are_said_to_be_single_ones():
    stream = io.StringIO()
    Console(file=stream, width=100).print(transfer_table(make_inputs().transfer))
    assert "claims are corrected" in " ".join(stream.getvalue().split())


def test_the_table_of_claims():
    rng = np.random.default_rng(1)
    changes = [compared(f"c{at}", 1, rng.normal(0.02, 0.02, (3, 40))) for at in range(40)]
    rows = [row for row in details([judged("a claim", changes, "any")]).splitlines() if "undecided" in row]
    assert all(one.change.sign for one in changes)
    assert sum("after correction for 40 comparisons" in row for row in rows) == len(rows) > 0
