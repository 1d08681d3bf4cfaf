"""domains/suggest.py: a word is found, and text is made of it."""

from __future__ import annotations

import pytest

from domains.suggest import did_you_mean, if_near, nearest

KNOWN = ("steps", "prompts", "it's")


@pytest.mark.parametrize(
    ("word", "near"), [("stepz", "steps"), ("STEPS", "steps"), ("its", "it's"), ("zzz", None), ("", None)]
)
def test_the_nearest_word(word, near):
    assert nearest(word, KNOWN) == near
    assert (if_near(word, KNOWN) is None) == (near is None)


def test_the_text_is_made_of_the_word():
    assert did_you_mean("stepz", KNOWN) == if_near("stepz", KNOWN) == "Did you mean 'steps'?"
    assert did_you_mean("its", KNOWN) == 'Did you mean "it\'s"?'
    assert did_you_mean("zzz", KNOWN, limit=2) == "There are: it's, prompts, …."
    assert did_you_mean("zzz", ()) == ""
