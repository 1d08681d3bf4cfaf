"""The benchmark of one draw's luck and of few items, small."""

from __future__ import annotations

import json

import pytest

from benchmarks import luck

ASKED = (*luck.DRAWS, *luck.FEW)

pytestmark = pytest.mark.slow


def test_a_small_one_holds_every_rate_and_what_counts_nothing_errs_more(capsys):
    found = luck.main(["--simulations", "6"])
    *table, line = capsys.readouterr().out.strip().splitlines()
    assert json.loads(line) == found
    keys = [key for key in found if key.startswith("false")]
    assert keys == [f"false_{name}{end}" for name in ASKED for end in ("", "_plain")]
    for name in ASKED:
        counted, plain = (list(found[f"false_{name}{end}"].values()) for end in ("", "_plain"))
        assert sum(counted) < sum(plain)
    assert any(row.startswith("| creative, 1 an item | ") for row in table)
