"""Many comparisons in one report: which of their p values still count.

One pair, the primary one, is named before anything is measured and tested at 5 % as it stands. The rest is corrected by
Holm, at 5 % where the primary pair is significant and at 1 % where it is not (a fallback procedure, after Wiens and
Dmitrienko 2005, Journal of Biopharmaceutical Statistics 15(6)). Pairs with the untrained base ask whether training did
anything at all, which hardly ever needs a fine test: of that 1 % they have a half to themselves, so that it is not
drowned by the number of rivals. So a report holds a false claim of a difference with a
probability of at most 6 %, however its pairs depend on each other: where the primary pair differs in truth only Holm's
5 % can err, and where it does not 5 % are its own and 1 % those of the rest. Claims of equivalence are a second family,
corrected alike.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scheduler.statistics.intervals import holm

ALPHA = 0.05
"""Corrected p values up to this are claims."""
PRICE = 5.0
"""What the others' p values are multiplied by, beside Holm's correction, where the primary pair is not significant."""
PRICED = ", at 1 % in all since the first pair is open,"
"""The same in words, after for how many they are corrected."""


def priced(primary: float | None) -> bool:
    """Whether the others pay `PRICE`; `primary`: the first pair's p value, None where it has none."""
    return primary is not None and primary > ALPHA


def adjusted(p_values: Sequence[float | None], with_base: Collection[int] = ()) -> tuple[float | None, ...]:
    """The p values to be held against `ALPHA`; the first is the primary pair's. None: there is none, nor a risk.

    `with_base`: places of the pairs whose baseline is the untrained base.
    """
    if not p_values:
        return ()
    primary, rest = p_values[0], {at: p for at, p in enumerate(p_values) if at and p is not None}
    if not priced(primary):
        found = holm(rest)
    else:
        groups = [{at: p for at, p in rest.items() if (at in with_base) == base} for base in (True, False)]
        price = PRICE * sum(map(bool, groups))
        found = {at: min(1.0, price * p) for group in groups for at, p in holm(group).items()}
    return (primary, *(found.get(at) for at in range(1, len(p_values))))
