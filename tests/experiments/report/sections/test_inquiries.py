"""What the page says beside its tables of what was asked about answers."""

from __future__ import annotations

from domains.interval import Interval
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.reading import skipped
from experiments.measures.value import Value
from experiments.report.sections.inquiries import notes

HAD = Value.of(Interval.of(0.1, 0.0, 0.2, 3), 40)


def test_what_one_should_know_of_a_value_is_said_once():
    noted = Reading(value=HAD, change=HAD).noted("not <gated>")
    told = notes([("gap", noted.value), ("gap", noted.value), ("other", HAD)])
    assert told.count("gap: not &lt;gated&gt;.") == 1
    assert "other" not in told


def test_of_what_was_not_had_there_is_nothing_to_know_but_why():
    reading = skipped("nobody asked")
    assert reading.noted("not gated") == reading
    assert "note" not in reading.value.model_dump(mode="json")
