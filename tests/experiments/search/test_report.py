"""A search as rows, figures, page and tables."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import get_args

import optuna
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution
from optuna.trial import TrialState, create_trial
from plotly.offline import get_plotlyjs
from rich.console import Console

from curricula.schema import SearchComposition
from experiments.search.analysis.importance import grouped, importance, once_each
from experiments.search.analysis.pairs import distinct
from experiments.search.analysis.report import Best, FinalArm, Gain, SearchCost, SearchReport, TrialRow
from experiments.search.analysis.trial_table import best_so_far, pareto, trial_rows, trials_csv
from experiments.search.analysis.words import budget_notes, chosen, importance_words
from experiments.search.report.figures import WAYS, history_figure, pareto_figure
from experiments.search.report.html import render_search
from experiments.search.report.terminal import gains_table, print_search
from scheduler.search.keys import PLACE, key_of
from scheduler.search.layout import Layout
from scheduler.search.orders import places
from tests.support.paths import ROOT
from tests.support.report import generator
from tests.support.search_loop import Nodes, finished, make_curriculum, make_job

DOCS = ROOT / "docs" / "search.md"
HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> SearchReport:
    """A whole search of few trials, in which one seed's joint arms failed."""
    return finished(make_job(tmp_path_factory.mktemp("store"), make_curriculum()), Nodes(failing=104), 6)


def row(number: int, value: float | None, worst: float | None, **more: object) -> TrialRow:
    base = {"state": "complete", "start": None, "params": {}, "scores": {}, "stages": 3, "stage_runs": 3}
    base |= {"repeats": None, "seed": 0, "completions": 3}
    return TrialRow(number=number, value=value, worst=worst, **{**base, **more})


def study_of(values: list[tuple[dict, float]], choices: dict[str, tuple]) -> optuna.Study:
    study = optuna.create_study(direction="maximize")
    for params, value in values:
        distributions = {name: CategoricalDistribution(choices[name]) for name in params}
        study.add_trial(create_trial(value=value, params=params, distributions=distributions))
    return study


@pytest.mark.slow
def test_a_winner_that_is_joint_training_is_said_to_be_so_and_not_compared_with_itself(tmp_path):
    same = {"compositions": ["joint"], "lengths": [1], "leave_out": [], "lr_scale": [1], "lr_decay": [1.0]}
    same |= {"refresh": [0], "methods": {}}
    found = finished(make_job(tmp_path, make_curriculum(**same)), Nodes(), 2)
    assert found.arms["searched"].scores == found.arms["joint"].scores
    met = [(gain.test.arm, gain.test.baseline) for gain in found.gains]
    assert "searched is joint" in found.verdict
    assert met
    assert ("searched", "joint") not in met
    assert [gain.test.primary for gain in found.gains] == [True] + [False] * (len(met) - 1)


@given(st.sets(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"))), st.lists(st.integers(0, 2), min_size=5))
def test_any_two_models_meet_once_and_none_meets_itself(wanted, models):
    model = dict(zip("abcde", models, strict=False))
    met = [frozenset((model[arm], model[baseline])) for arm, baseline in distinct(sorted(wanted), model)]
    assert len(set(met)) == len(met)
    assert set(met) == {frozenset((model[a], model[b])) for a, b in wanted if model[a] != model[b]}


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25))
def test_pareto_is_what_no_other_trial_beats(points):
    rows = [row(k, value / 6, worst / 6) for k, (value, worst) in enumerate(points)]
    found = pareto(rows)
    free = {
        (a.value, a.worst)
        for a in rows
        if not any(b.value >= a.value and b.worst >= a.worst and (b.value, b.worst) != (a.value, a.worst) for b in rows)
    }
    assert {(rows[k].value, rows[k].worst) for k in found} == free
    assert len(found) == len(free)


def test_pareto_names_the_first_of_equals_and_skips_what_did_not_finish():
    rows = [row(0, None, None, state="pruned"), row(1, 0.5, 0.2), row(2, 0.5, 0.2)]
    assert pareto(rows) == (1,)


def test_importance_finds_the_choice_that_matters():
    rng = generator("importance")
    choices = {"lr_scale": (0.5, 1.0), "length.a": (1, 2), "length.b": (1, 2), "replay": (0.0, 0.25)}
    trials = []
    for _ in range(60):
        params = {name: values[rng.integers(2)] for name, values in choices.items()}
        trials.append((params, 0.5 + 0.2 * (params["lr_scale"] == 1.0) + 0.01 * rng.normal()))
    found = importance(study_of(trials, choices))
    assert next(iter(found)) == "lr_scale"
    assert set(found) == {"lr_scale", "length", "replay"}
    assert sum(found.values()) == pytest.approx(1)
    assert importance(study_of(trials[:19], choices)) is None
    assert "Too few" in importance_words(None)


def test_importance_allows_for_choices_that_exist_only_beside_others():
    rng = generator("conditional")
    choices = {"composition": ("sequential", "cumulative"), "replay": (0.0, 0.25)}
    trials = []
    for _ in range(40):
        params = {"composition": choices["composition"][rng.integers(2)]}
        if params["composition"] == "sequential":
            params["replay"] = choices["replay"][rng.integers(2)]
        trials.append((params, float(rng.random())))
    assert set(importance(study_of(trials, choices))) == {"composition", "replay"}


def test_seeds_of_one_schedule_are_no_witnesses_and_joint_training_has_no_order():
    none = {"lengths": [1], "leave_out": [], "lr_scale": [1], "lr_decay": [1.0], "refresh": [0], "methods": {}}
    curriculum = make_curriculum(compositions=["joint", "sequential"], **none)
    layout, study = Layout(curriculum), optuna.create_study(direction="maximize")
    names, rng = list(curriculum.domains), generator("witnesses")
    for composition, seeds in (("joint", 3), ("sequential", 2), ("joint", 1)):
        order = names if composition == "sequential" else rng.permutation(names).tolist()
        fixed = {"composition": composition, "opening": 0.0, "refresh": 0.0, **places(order)}
        for rung in range(seeds):
            study.enqueue_trial(fixed)
            study.tell(study.ask(layout.space), 0.5 + 0.1 * rung)
    found = once_each(study, layout.schedule).get_trials()
    assert [one.value for one in found] == pytest.approx([(0.5 + 0.6 + 0.7 + 0.5) / 4, 0.55])
    assert [{key_of(name).choice for name in one.params} & {PLACE} for one in found] == [set(), {PLACE}]


def test_equal_values_have_no_importance():
    assert importance(study_of([({"lr_scale": 1.0}, 0.5)] * 30, {"lr_scale": (0.5, 1.0)})) is None


def test_choices_by_domain_are_added_up():
    assert grouped({"method.a": 0.1, "place.a": 0.3, "place.b": 0.2, "method.b": 0.4}) == {"method": 0.5, "order": 0.5}


def test_rows_tell_the_state_and_hide_the_last_score_of_a_pruned_trial():
    study = study_of([({}, 0.4)], {})
    study.add_trial(create_trial(state=TrialState.PRUNED, value=0.3, user_attrs={"scores": {"a": 0.3}, "worst": 0.3}))
    study.ask()
    rows = trial_rows(study, (7,))
    assert {one.seed for one in rows} == {7}
    assert [one.state for one in rows] == ["complete", "pruned", "running"]
    assert [one.value for one in rows] == [0.4, None, None]
    assert rows[1].scores == {"a": 0.3}


def test_the_csv_holds_every_trial_and_choice(report):
    rows = list(csv.DictReader(io.StringIO(trials_csv(report.trials, ["sums", "sort", "stories"]))))
    assert [int(one["number"]) for one in rows] == [one.number for one in report.trials]
    for read, one in zip(rows, report.trials, strict=True):
        assert read["value"] == ("" if one.value is None else repr(one.value))
        assert float(read["score.sort"]) == one.scores["sort"]
        assert {name: read[f"choice.{name}"] for name in one.params} == {n: str(v) for n, v in one.params.items()}


def test_the_best_so_far_never_falls_and_counts_what_did_not_finish():
    rows = [row(0, 0.4, 0.1), row(1, None, None, completions=2), row(2, 0.3, 0.1), row(3, 0.5, 0.1)]
    assert best_so_far(rows) == [(3, 0.4), (8, 0.4), (11, 0.5)]


def test_a_lucky_second_seed_is_neither_the_best_so_far_nor_on_the_front():
    rows = [row(0, 0.4, 0.1), row(1, 0.9, 0.8, repeats=0, seed=1), row(2, 0.3, 0.2)]
    assert [value for _, value in best_so_far(rows)] == [0.4, 0.4]
    assert pareto(rows) == (0, 2)


def test_choices_in_words_name_only_trained_domains():
    params = {
        "order": "a > b > c",
        "length.a": 2.0,
        "length.b": 1.0,
        "leave_out.b": True,
        "lr_scale": 0.5,
        "method.a": "sft",
        "method.b": "grpo",
    }
    assert chosen(params) == ["order: a → c", "length: a 2", "leave out: b", "lr scale: 0.5", "method: a sft"]
    assert chosen({"leave_out.b": False}) == ["leave out: none"]
    assert chosen({"repair": 0.1, "repaired": "b", "drop": 0.0, "dropped": "a"}) == ["repair: 0.1 of b", "drop: 0"]


def test_different_budgets_are_told(report):
    notes = budget_notes(report.arms)
    assert any("joint-probes" in note for note in notes)
    assert not any(
        "planned" in note for note in budget_notes(dict.fromkeys(("searched", "planned"), report.arms["planned"]))
    )
    stage = report.arms["joint"].stages[0].model_copy(update={"method": "sft", "rollouts": 480})
    other = report.arms["joint"].model_copy(update={"stages": (stage,)})
    told = budget_notes({"searched": report.arms["planned"], "joint": other})
    assert any("480" in note for note in told)
    assert any("SFT reads" in note for note in told)


def own(page: str) -> str:
    assert page.count(get_plotlyjs()) == 1
    return page.replace(get_plotlyjs(), "")


def test_the_page_has_its_sections_in_reading_order(report):
    page = own(render_search(report))
    found = re.findall(r'<section id="(\w+)"', page)
    assert found == ["missing", "arms", "gains", "search", "best", "cost", "details"]
    assert page.index('class="verdict"') < page.index('<section id="missing"')
    assert "composition: explicit" in page


def test_no_trial_vanishes_from_a_figure(report):
    """A composition without a colour once had no points at all."""
    assert set(WAYS) == set(get_args(SearchComposition))
    ways = enumerate(get_args(SearchComposition))
    trials = tuple(row(k, k / 9, k / 9, params={"composition": way}) for k, way in ways)
    for draw in (pareto_figure, history_figure):
        traces = draw(report.model_copy(update={"trials": trials}))["data"]
        shown = {trace["name"] for trace in traces if trace["mode"] == "markers"} - {"the winner"}
        assert shown == set(WAYS)


def test_plotly_accepts_every_figure(report):
    whole = report.model_copy(update={"importance": {"order": 0.6, "lr_scale": 0.4}})
    texts = re.findall(r'<script type="application/json">(.*?)</script>', own(render_search(whole)))
    assert len(texts) == 5
    for text in texts:
        go.Figure(json.loads(text))


def test_nothing_missing_is_printed_as_such(report):
    bare = report.model_copy(
        update={
            "arms": {
                name: arm.model_copy(update={"scores": {}, "validation": None}) for name, arm in report.arms.items()
            },
            "gains": (),
            "joint_trials": (),
        }
    )
    for one in (report, bare):
        text = re.sub(r"<(pre|script|style).*?</\1>", "", own(render_search(one)), flags=re.S)
        words = re.sub(r"<[^>]*>", " ", text.replace("the loss became NaN", "").replace("leave out: none", ""))
        assert not re.search(r"\b(nan|null|undefined|inf|None)\b", words)


def test_hostile_text_stays_text(report):
    trials = tuple(one.model_copy(update={"start": HOSTILE}) for one in report.trials)
    page = own(render_search(report.model_copy(update={"trials": trials, "run": HOSTILE, "notes": (HOSTILE,)})))
    assert "&lt;img src=" in page
    assert "<img" not in page


@pytest.mark.parametrize("width", [80, 100])
def test_the_terminal_says_it_all_within_its_width(report, width):
    stream = io.StringIO()
    print_search(Console(file=stream, width=width), report)
    text = stream.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for name in report.arms:
        assert name in text
    assert " ".join(report.verdict.split()) in " ".join(text.split())


@pytest.mark.parametrize("width", [80, 96])
def test_no_name_is_folded_in_the_table_of_gains(report, width):
    met = report.gains[0].test.model_copy(update={"baseline": "joint-searched"})
    gains = (*report.gains, report.gains[0].model_copy(update={"test": met}))
    stream = io.StringIO()
    Console(file=stream, width=width).print(gains_table(report.model_copy(update={"gains": gains})))
    pairs = [(gain.test.arm, gain.test.baseline) for gain in gains]
    found = [tuple(line.split()[:2]) for line in stream.getvalue().splitlines()]
    assert [pair for pair in found if pair in pairs] == pairs


@pytest.mark.parametrize(
    "described", [SearchReport, TrialRow, Best, FinalArm, Gain, SearchCost], ids=lambda one: one.__name__
)
def test_every_field_is_documented(described):
    named = set(re.findall(r"`(\w+)`", DOCS.read_text(encoding="utf-8")))
    assert set(described.model_fields) <= named
