"""The page: self-contained, safe with hostile text, and whole however little of the run there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from typing import get_args

import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from experiments.analysis.assembly import build_report
from experiments.analysis.cliffs.verdicts import VERDICTS
from experiments.analysis.comparing.comparison import Verdict
from experiments.analysis.sentences.verdict import WORDS, settling
from experiments.report.html import render_html
from tests.support.report import NAMES, interrupted, make_inputs, whole_report, with_failure

HOSTILE = "</script><script>alert('x')</script><img src=http://e.example/x onerror=alert(1)>"
BROWSER = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
LONG = tuple(f"{name}-with-a-very-long-name-indeed"[:32] for name in NAMES)


VARIANTS = {
    "whole": make_inputs,
    "eight domains, one seed, a failure": lambda: with_failure(make_inputs(8, (7,), names=LONG), HOSTILE),
    "two domains": lambda: make_inputs(2, (0, 1)),
    "no probes": lambda: make_inputs(3, (0,), probes=False),
    "interrupted": lambda: interrupted(make_inputs(), 20),
    "nothing yet": lambda: replace(interrupted(make_inputs(), 0), plan=None, transfer=None, profiles={}),
}


OFTEN = ("two domains", "interrupted", "nothing yet")
"""Those of which `make quick` makes a page."""


@pytest.fixture(
    scope="module",
    params=[name if name in OFTEN else pytest.param(name, marks=pytest.mark.slow) for name in VARIANTS],
)
def page(request) -> str:
    return render_html(build_report(VARIANTS[request.param]()))


@pytest.fixture(scope="module")
def whole():
    """The report of a complete run."""
    return whole_report()


def own(page: str) -> str:
    """The page without plotly.js."""
    assert page.count(get_plotlyjs()) == 1
    return page.replace(get_plotlyjs(), "")


def figures(page: str) -> list[dict]:
    return [json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', own(page))]


def test_nothing_is_loaded_from_anywhere(page):
    text = re.sub(r"<pre>.*?</pre>", "", own(page), flags=re.S)
    text = text.replace(HOSTILE.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;"), "")
    assert not re.search(r"https?:|//[a-z]|\bsrc=|\bhref=(?!\"#)|@import|url\(|<link|<iframe", text)


def test_plotly_accepts_every_figure(page):
    for figure in figures(page):
        go.Figure(figure)


def test_missing_values_are_never_printed_as_such(page):
    text = re.sub(r"<(pre|script|style).*?</\1>", "", own(page), flags=re.S)
    words = re.sub(r"<[^>]*>", " ", text.replace("loss is NaN", ""))
    assert not re.search(r"\b(nan|none|null|undefined|inf)\b", words, flags=re.I)


def test_the_same_report_gives_the_same_page():
    assert render_html(build_report(make_inputs(2))) == render_html(build_report(make_inputs(2)))


def test_hostile_text_stays_text():
    inputs = with_failure(make_inputs(), HOSTILE)
    curriculum = inputs.curriculum.model_copy(update={"description": HOSTILE})
    schedules = tuple(arm.model_copy(update={"origin": HOSTILE}) for arm in inputs.schedules)
    environment = {HOSTILE: HOSTILE}
    changed = replace(inputs, curriculum=curriculum, schedules=schedules, environment=environment, run=HOSTILE)
    page = own(render_html(build_report(changed)))
    assert "&lt;img src=" in page
    assert "<img" not in page
    assert "alert('x')" not in page


def test_sections_stand_in_reading_order():
    page = own(render_html(build_report(with_failure(make_inputs()))))
    order = re.findall(r'<section id="(\w+)"', page)
    assert order == [
        "missing",
        "domains",
        "comparisons",
        "scores",
        "cliffs",
        "trajectories",
        "cliff",
        "order",
        "transfer",
        "entropy",
        "prediction",
        "cost",
        "tree",
        "details",
    ]
    assert page.index('class="answer') < page.index('class="verdict"') < page.index('<section id="missing"')


def test_the_menu_leads_to_every_section_and_nowhere_else(page):
    text = own(page)
    links = re.findall(r'<a href="#(\w+)">', text[: text.index("</nav>")])
    assert links == ["answer", *re.findall(r'<section id="(\w+)"', text)]


def test_without_javascript_every_figure_shows_its_numbers(page):
    text = own(page)
    assert "<noscript><style>.plot,.switches{display:none}</style></noscript>" in text
    for figure, plain in re.findall(
        r'<script type="application/json">(.*?)</script><noscript>(.*?)</noscript></figure>', text
    ):
        points = [trace for trace in json.loads(figure)["data"] if trace.get("x")]
        assert not points or plain.count("<tr>") > 1
    assert text.count("<figure>") == text.count("</noscript></figure>")


def test_the_numbers_of_a_heat_map_stand_in_a_table(whole):
    text = own(render_html(whole))
    (plain,) = re.findall(r"<noscript>((?:(?!</noscript>).)*Transfer matrix, as numbers.*?)</noscript>", text)
    effect = whole.transfer.effects[0][1].estimate
    assert f"<td>{effect:.4g}</td>" in plain


def test_every_domain_has_a_row_with_what_it_cost(whole):
    text = own(render_html(whole))
    part = text[text.index('<section id="domains"') : text.index('<section id="comparisons"')]
    assert re.findall(r'<th scope="row">(\w+)</th>', part) == list(whole.domains)
    for name in whole.domains:
        assert f"{whole.scores[whole.main][name].estimate:.3f}" in part
        last = [one for one in whole.cliffs[whole.main].cells if one.domain == name][-1]
        assert f"· {VERDICTS[last.base.verdict].name}</small>" in part


def test_a_note_stands_on_the_page_once(whole):
    note = "30 of 120 rows are duplicates"
    arms = {name: arm.model_copy(update={"notes": ("Not equal.",)}) for name, arm in whole.arms.items()}
    text = own(render_html(whole.model_copy(update={"data_notes": (note,), "arms": arms})))
    text = re.sub(r"<pre>.*?</pre>", "", text, flags=re.S)
    assert text.count(note) == 1
    assert text.count("Not equal.") == 1


def test_every_distinct_stage_of_a_seed_is_in_the_tree_drawing(whole):
    page = render_html(whole)
    drawn = re.search(r'<svg class="tree".*?</svg>', page, flags=re.S).group()
    used = [row for row in whole.tree if row.seed in (None, whole.seeds[0]) and row.arms]
    alone = re.findall(r"<g class=\"(?:shared|done)\">", drawn)
    assert len(alone) == len(used)
    for arm in whole.arms:
        assert f">{arm}</text>" in drawn


def test_the_page_says_what_is_identified_and_what_does_not_learn(whole):
    page = render_html(whole)
    assert "1 of 6 precedences is identified: sums before sort (+0.031)." in page
    assert "No sure own gain for sums" in page
    assert "SFT first" in page
    assert "Spearman" not in page


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs chromium to open the page")
@pytest.mark.parametrize("name", ["whole", "nothing yet"])
def test_a_browser_draws_every_figure_without_an_error(name, tmp_path):
    # What is folded is drawn when it is opened.
    page = render_html(build_report(VARIANTS[name]())).replace("<details", "<details open")
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    more = "--disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=8000 --dump-dom"
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [BROWSER, *flags.split(), *more.split(), profile, (tmp_path / "report.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "CONSOLE" not in done.stderr
    assert done.stdout.count("plot js-plotly-plot") == len(figures(page))


@pytest.mark.parametrize("verdict", get_args(Verdict))
def test_every_verdict_has_a_colour_and_its_words(verdict, whole):
    first = whole.comparisons[0]
    page = own(render_html(whole.model_copy(update={"comparisons": (first.model_copy(update={"verdict": verdict}),)})))
    assert f'<span class="tag {verdict}">{WORDS[verdict]}</span>' in page
    assert re.search(rf"\.tag\.{verdict}\b[^}}]*\{{", page)


def test_what_settles_an_undecided_verdict_stands_below_it_across_the_table(whole):
    one = whole.comparisons[0].model_copy(update={"verdict": "undecided", "apart": None})
    page = own(render_html(whole.model_copy(update={"comparisons": (one,)})))
    assert settling(one)
    assert f'</td></tr><tr><td colspan="8" class="aside"><small>{settling(one)}</small></td></tr>' in page


def test_the_primary_pair_comes_first_and_the_rope_is_drawn(whole):
    page = own(render_html(whole))
    table = page[page.index('<section id="comparisons"') : page.index('<section id="scores"')]
    assert re.findall(r'<th scope="row"( class="main")?>', table) == [' class="main"'] + 6 * [""]
    assert table.count('class="rope"') == 7
    assert "±0.01" in table
