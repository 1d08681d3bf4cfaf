"""What a trial's parameters say to people: only what means something in its composition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from curricula.schema import SearchComposition
from scheduler.composing.compositions.kind import Freedom
from scheduler.composing.compositions.table import KINDS
from scheduler.search.keys import DROP, DROPPED, LEAVE_OUT, LENGTH, METHOD, ORDER, REPAIR, REPAIRED, key_of, parameter

FREEDOM = {LENGTH: "lengths", METHOD: "methods", REPAIRED: REPAIR, DROPPED: DROP}
"""Choice → what a composition heeds, where that has another name."""


def meant(params: Mapping[str, Any]) -> dict[str, Any]:
    """`readable` parameters without those that the composition does not heed, and ``repair: "0.1 of sums"`` in place of
    a share and its domain, which mean nothing where the share is 0 or the domain is left out."""
    found = {name: value for name, value in params.items() if _heeded(params.get("composition"), key_of(name).choice)}
    for share, domain in ((REPAIR, REPAIRED), (DROP, DROPPED)):
        if share in found and domain in found:
            name = found.pop(domain)
            given = 0.0 if found.get(parameter(LEAVE_OUT, name)) else found[share]
            found[share] = f"{given:g} of {name}" if given else given
    return found


def _heeded(composition: SearchComposition | None, choice: str) -> bool:
    """Of a search with one composition all that there is to choose is heeded."""
    if composition is None:
        return True
    kind, freedom = KINDS[composition], FREEDOM.get(choice, choice)
    if choice == ORDER:
        return kind.order is not None
    return freedom not in get_args(Freedom) or freedom in kind.heeds
