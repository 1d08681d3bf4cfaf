"""What is asked about answers is kept under a version: code that decides it does not change without notice."""

from __future__ import annotations

import pytest

from experiments.measures.inquiries import INQUIRIES
from experiments.measures.suite import OPTIONS
from tests.support.code_hash import code_hash

PINNED = {
    "reasoning": (1, "6013ae7788093dcf318ccfc0"),
    "confidence": (1, "3b92ee8c8e6c"),
    "calculator": (2, "0cfcbf04cf19cb01bcbedec7"),
    "paraphrase": (1, "06d35b847573"),
}
"""Version, and hash of the code that asks."""
PINNED_OPTIONS = (1, "b689b61e829c")
"""The same of the code that reads the options of multiple choice."""
ASKING = "experiments.evaluation.inquiry"
WITHIN = (
    "domains",
    ASKING,
    "experiments.evaluation.tasks",
    "experiments.measures",
    "experiments.models.generation.calculating",
)
"""Where code is followed. Generation itself, prompts and templates are those of the answers."""
ENTRIES = {
    "reasoning": ((f"{ASKING}.forcing", "forced"), (f"{ASKING}.information", "information")),
    "confidence": ((f"{ASKING}.beliefs", "beliefs"),),
    "calculator": (
        (f"{ASKING}.calculating", "calculated"),
        ("experiments.models.generation.calculating", "Calculating"),
    ),
    "paraphrase": ((f"{ASKING}.rewording", "reworded"),),
}
PLUMBING = {"Example", "Output", "Task", "Frozen", "Asked", "Chat"}
"""Not followed: data, and how answers are asked for, which has tests of its own."""


def hash_of(kind: str) -> str:
    return "".join(code_hash(*entry, PLUMBING, WITHIN)[:12] for entry in ENTRIES[kind])


def test_every_inquiry_has_a_version_and_a_pin():
    assert set(PINNED) == set(INQUIRIES) == set(ENTRIES)


@pytest.mark.parametrize("kind", PINNED)
def test_code_and_version_change_together(kind):
    assert (INQUIRIES[kind].version, hash_of(kind)) == PINNED[kind], (
        f"The code that asks {kind!r} has changed. If what is asked, or said to it, may differ now, raise its number "
        f"in INQUIRIES: it is then asked again. Else leave it. In both cases write "
        f"({INQUIRIES[kind].version} or the new number, {hash_of(kind)!r}) into PINNED."
    )


def test_code_that_reads_options_and_its_version_change_together():
    found = code_hash("experiments.evaluation.options", "read_options", PLUMBING, WITHIN)[:12]
    assert (OPTIONS, found) == PINNED_OPTIONS, (
        f"The code that reads options has changed. If other options are read now, or in another form, raise OPTIONS in "
        f"measures/suite.py. In both cases write ({OPTIONS} or the new number, {found!r}) into PINNED_OPTIONS."
    )


@pytest.mark.parametrize(
    ("kind", "module", "name"),
    [
        ("reasoning", "domains.reasoning", "reasoning_of"),
        ("reasoning", "experiments.measures.reasoning", "SHARES"),
        ("confidence", f"{ASKING}.beliefs", "HOW_LIKELY"),
        ("calculator", "domains.calculator", "continued"),
        ("calculator", "domains.arithmetic", "value"),
        ("paraphrase", "domains.paraphrase", "ASK"),
        ("paraphrase", "domains.paraphrase", "says_the_same"),
        ("paraphrase", "domains.quoting", "block"),
        ("paraphrase", f"{ASKING}.forcing", "answered"),
    ],
)
def test_what_it_rests_on_is_in_it(kind, module, name):
    without = {name.rpartition(".")[2]}
    assert hash_of(kind) != "".join(code_hash(*entry, PLUMBING | without, WITHIN)[:12] for entry in ENTRIES[kind]), (
        module
    )
