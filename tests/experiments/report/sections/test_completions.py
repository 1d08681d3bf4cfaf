"""What models said, on the page: to the letter, harmless, folded, and never more than a page bears."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from experiments.analysis.assembly import build_report
from experiments.analysis.completions.choose import choose
from experiments.analysis.completions.model import DomainCompletions
from experiments.report.html import render_html
from experiments.report.sections.completions import completions
from tests.support.report import make_inputs, whole_report
from tests.support.said import answers, items

HOSTILE = "</q></section><script>alert('x')</script><img src=x onerror=alert(1)>\n  & 100 % \u202e"
MOST = 512 * 1024
"""Bytes that docs/report.md promises a domain."""


class Elements(HTMLParser):
    """Counts tags and collects what stands in <q>."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.quoted: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "q":
            self.quoted.append("")

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "q" and data:
            self.quoted[-1] += data


def section(text: str, domain_items: int = 4) -> str:
    return completions(reported(text, domain_items))


def reported(text: str, domain_items: int = 4):
    inputs = make_inputs(2, probes=False)
    name, _ = inputs.curriculum.domains
    data = items(domain_items, text)
    said = {
        "base": answers(data, [[1.0, 0.0]] * domain_items, text),
        "joint": answers(data, [[0.0, 0.0]] * domain_items, text),
        inputs.main: answers(data, [[1.0, 0.0] if at % 2 else [0.0, 0.0] for at in range(domain_items)], text),
    }
    return build_report(replace(inputs, completions={name: choose("structured", 0, data, said, inputs.main)}))


def test_hostile_answers_are_shown_to_the_letter_and_do_nothing():
    page = render_html(reported(HOSTILE))
    own = page[page.index('<section id="completions">') :]
    own = own[: own.index("</section>") + len("</section>")]
    found = Elements(own)
    assert not {"script", "img"} & set(found.tags)
    assert HOSTILE in found.quoted
    assert own.count("<section") == own.count("</section>") == 1


def test_everything_is_folded_until_somebody_opens_it():
    page = section("fine")
    assert "<details open" not in page
    assert "of 4 items, 2 lost and 0 won against base, 0 lost and 2 won against joint" in page
    assert "Right by base, wrong now: 2<" in page


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["'", "\U0001f600", "x"])
def test_the_page_does_not_grow_beyond_its_bound(letter):
    grown = section(letter * 2_000, 30)
    assert len(grown.encode()) < MOST
    assert len(section(letter * 20_000, 60).encode()) - len(grown.encode()) < 1000


def test_what_could_not_be_read_is_said():
    inputs = make_inputs(2)
    unread = DomainCompletions(seed=0, items=9, missing="what base said cannot be read")
    missing = dict.fromkeys(inputs.curriculum.domains, unread)
    page = completions(build_report(replace(inputs, completions=missing)))
    assert page.count("Not shown: what base said cannot be read.") == 2


def test_there_is_no_section_before_anything_was_said():
    assert completions(whole_report()) == ""
