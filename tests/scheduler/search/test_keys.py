"""Names of the search's parameters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.path_text import order_text, path_of
from scheduler.search.keys import LEAVE_OUT, LENGTH, METHOD, Key, key_of
from tests.support.scheduler import DOMAIN_NAMES


@given(st.sampled_from([LENGTH, LEAVE_OUT, METHOD, "replay", "order"]), st.none() | DOMAIN_NAMES)
def test_a_name_is_taken_apart_as_it_was_made(choice, domain):
    assert key_of(Key(choice, domain).text) == Key(choice, domain)


@given(st.lists(DOMAIN_NAMES, unique=True))
def test_different_paths_have_different_texts(path):
    assert path_of(order_text(path)) == tuple(path)
