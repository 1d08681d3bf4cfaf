"""domains/errors.py"""

from __future__ import annotations

import pickle

import pytest

from domains.errors import CurriculumError, DataError, StageError, StoreError, UserError, shorten


def test_all_parts_make_one_line() -> None:
    error = CurriculumError(
        "unknown key", file="a.yaml", line=12, key="domains.sums.sorce", value="x", hint="Did you mean 'source'?"
    )
    assert str(error) == "a.yaml:12: domains.sums.sorce: unknown key, got 'x'. Did you mean 'source'?"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UserError("must be there"), "must be there."),
        (DataError("is empty", file="d.csv"), "d.csv: is empty."),
        (DataError("a\nb", value="c\nd"), "a b, got 'c\\nd'."),
        (StoreError("too long", value="x" * 500), f"too long, got '{'x' * 58}…."),
    ],
)
def test_missing_parts_leave_no_trace(error: UserError, line: str) -> None:
    assert str(error) == line


def test_a_place_is_filled_in_where_it_was_missing() -> None:
    found = DataError("is empty", key="column", value=3).located(file="c.yaml", line=7, key="domains.sums")
    assert isinstance(found, DataError)
    assert str(found) == "c.yaml:7: column: is empty, got 3."


def test_a_stage_error_crosses_processes() -> None:
    error = pickle.loads(pickle.dumps(StageError("reward", "domain sums: NaN")))
    assert (error.boundary, error.cause, str(error)) == ("reward", "domain sums: NaN", "reward: domain sums: NaN")


def test_exit_codes_tell_mistakes_from_failures() -> None:
    assert (UserError.exit_code, StageError.exit_code) == (2, 1)


def test_shorten_keeps_short_values() -> None:
    assert shorten("abc") == "'abc'"
    assert len(shorten(list(range(1000)), 20)) == 20
