"""The page and the terminal of `stagewise measure`, and that docs/measure.md names every field of its JSON."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from experiments.analysis.checkup import model
from experiments.analysis.checkup.build import checkup
from experiments.analysis.checkup.model import Checkup, Examinee, Flip
from experiments.analysis.checkup.words import verdict_of
from experiments.nodes.inquired import Calculated
from experiments.nodes.options import OptionsRead
from experiments.report.checkup import render_checkup
from experiments.report.terminal.checkup import print_checkup
from tests.support.cliffs import Truth, drawn
from tests.support.paths import ROOT

NAMES = ["base", "tuned <b>"]
FLIP = Flip(item="what & why?", reference="<i>", before="right", after="wrong")


def found(models: int) -> Checkup:
    names = NAMES[:models]
    before = {name: drawn("before", name, "test", Truth()) for name in ("sums", "sorting")}
    after = before | {"sums": drawn("after", "sums", "test", Truth(ability=0.4, entropy=0.2))}
    domains = checkup(before, after if models == 2 else None, ["full"] * models, {"sums": (FLIP,)})
    examinees = tuple(
        Examinee(name=name, identity=f"{at:064d}", access="full", kept=False, seconds=1.5, when="2026-11-26")
        for at, name in enumerate(names)
    )
    verdict = verdict_of(domains, names, same=False)
    return Checkup(file="domains.yaml", models=examinees, domains=domains, verdict=verdict, notes=("one thing",))


def test_the_page_of_two_models() -> None:
    page = render_checkup(found(2))
    assert "1 of 2 domains surely dropped: sums −0." in page
    assert "real drop" in page
    assert "entropy collapsed" in page
    assert "what &amp; why?" in page
    assert "tuned &lt;b&gt;" in page
    assert "tuned <b>" not in page
    assert "Note: one thing" in page
    assert "AUROC" in page
    assert 'title="the reward found no answer; tier A">not found<' in page
    assert page == render_checkup(found(2))


def test_both_models_are_drawn_in_one_reliability_diagram_and_one_alone() -> None:
    for models, names in ((1, ["the model"]), (2, ["before", "after"])):
        page = render_checkup(found(models))
        assert page.count('aria-label="Confidence against accuracy on') == 2
        for name in names:
            assert page.count(f'"name":"{name}","legendgroup"') == 2


def test_the_page_of_one_model() -> None:
    page = render_checkup(found(1))
    assert "Scores by domain" in page
    assert "before" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)


def chosen(models: int) -> Checkup:
    """Three of four items of `sums` are chosen rightly, of two options each; `sorting` has none."""
    plain = found(models)
    score = drawn("before", "sums", "test", Truth())
    assert score.details is not None
    size = len(score.items)
    read = OptionsRead(
        nll=((1.0, 2.0),) * size, characters=((3, 3),) * size, right=tuple(int(at % 4 == 3) for at in range(size))
    )
    score = score.model_copy(update={"details": score.details.model_copy(update={"options": read})})
    both = {"sums": score, "sorting": drawn("before", "sorting", "test", Truth())}
    domains = checkup(both, both if models == 2 else None, ["full"] * models, {})
    return plain.model_copy(update={"domains": domains})


@pytest.mark.parametrize("models", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_choice_among_options_is_seen_without_unfolding(models: int) -> None:
    seen = re.sub(r"<details.*?</details>", "", render_checkup(chosen(models)), flags=re.DOTALL)
    for title, value in (("choice", "0.750"), ("choice above chance", "0.500"), ("choice above chance, by length", "")):
        assert re.search(rf"<td[^>]*>{title}</td><td[^>]*>{value}", seen), title
    assert "Multiple choice by likelihood" not in render_checkup(found(models))
    console = Console(width=100, record=True, file=StringIO())
    print_checkup(console, chosen(models))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 100
    assert "choice" in text and "above chance" in text and "0.750" in text


def asked_with_calculator() -> Checkup:
    """Ten solvable items: half of the answers are right with a calculator, of which none called it in vain, and all
    without."""
    score = drawn("before", "sums", "test", Truth())
    assert score.details is not None
    asked = Calculated(
        solvable=(True,) * 10, without=(1.0,) * 10, score=(0.0, 1.0) * 5, calls=(1,) * 10, vain=(0,) * 10
    )
    score = score.model_copy(update={"details": score.details.model_copy(update={"calculated": asked})})
    domains = checkup({"sums": score}, None, ["full"], {})
    one = Examinee(name="base", identity="0" * 64, access="full", kept=False, seconds=1.5, when="2026-11-26")
    return Checkup(file="d.yaml", models=(one,), domains=domains, verdict="", notes=())


def test_what_may_be_below_0_has_a_sign_and_a_share_has_none() -> None:
    console = Console(width=160, record=True, file=StringIO())
    print_checkup(console, asked_with_calculator())
    text = console.export_text()
    (score,), (gain,) = (
        [line.split() for line in text.splitlines() if line.startswith(" sums") and title in line]
        for title in ("score with it", "gain by the")
    )
    assert "0.500" in score and "−0.500" in gain
    page = render_checkup(asked_with_calculator())
    assert "−0.500<" in page and "-0.500" not in page
    # Once a reason, with the measures that it is of.
    flat = " ".join(text.split())
    assert "gain by the calculator, calculator called, calls in vain: underpowered: 10 of at least 20 items." in flat
    assert flat.count("10 of at least 20 items") == 1


@pytest.mark.parametrize("models", [1, 2])
def test_a_terminal_of_100_columns_is_enough(models: int) -> None:
    console = Console(width=100, record=True, file=StringIO())
    print_checkup(console, found(models))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert ("real drop" in text) == (models == 2)


@pytest.mark.parametrize(
    "described", [model.Checkup, model.Examinee, model.DomainCheckup, model.Profile, model.Difference, model.Flip]
)
def test_every_field_is_documented(described: type[model.Checkup]) -> None:
    text = (ROOT / "docs" / "measure.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", text))
    assert set(described.model_fields) <= named


def test_no_share_and_no_brier_is_told_beyond_0_or_1() -> None:
    """Of 23 of 24 answers an interval by Student would end at 1.04."""
    score = drawn("before", "sums", "test", Truth(ability=0.98, boast=0.0))
    kept = score.details
    assert kept is not None
    few = len(kept.scores) // 40
    edge = (True,) * (len(kept.scores) - few) + (False,) * few
    score = score.model_copy(update={"details": kept.model_copy(update={"cut": edge, "found": edge})})
    (profile,) = checkup({"sums": score}, None, ["full"], {})["sums"].profiles
    for name in ("truncated", "not_found", "brier", "confidently_wrong", "confidence_gap"):
        found = profile.readings[name].interval
        low = -1 if name == "confidence_gap" else 0
        assert found.ends is not None and low <= found.ends[0] <= found.value <= found.ends[1] <= 1, name
    assert profile.readings["truncated"].interval.ends[1] == 1
    assert profile.readings["not_found"].interval.ends[0] == 0
