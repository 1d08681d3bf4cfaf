"""Several sources with shares in one domain: ``{type: mix, parts: [{share: 0.7, source: …}, {share: 0.3, …}]}``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field

from domains.errors import DataError
from domains.frozen import Frozen
from domains.sources.kind import SourceBase, SourceKind
from domains.sources.pool import Pool, Rows, Shares, SourceRequest
from domains.sources.table import PLAIN, PlainSource

KINDS = {kind.name: kind for kind in PLAIN}
Thing = TypeVar("Thing")


class MixPart(Frozen):
    """One source of a mix."""

    share: float = Field(gt=0, le=1e6)
    """Share of the domain's training items that come from this source, relative to the other parts' shares."""
    source: PlainSource


class MixSource(SourceBase):
    """Several sources. The domain's templates must fit the rows of all; shares are of the training items."""

    type: Literal["mix"]
    parts: tuple[MixPart, ...] = Field(min_length=2, max_length=100)


def load(spec: MixSource, request: SourceRequest) -> Pool:
    """The rows of all parts, one after the other.

    Raises DataError where some parts hold out test (or validation) items of their own and others do not.
    """
    pools = [_part(number, part, request) for number, part in enumerate(spec.parts)]
    total = sum(part.share for part in spec.parts)
    limits = [pool.limit for pool in pools if pool.limit is not None]
    return Pool(
        rows=_joined([pool.rows for pool in pools]),
        name=", ".join(pool.name for pool in pools),
        validation=_held([pool.validation for pool in pools], "validation"),
        test=_held([pool.test for pool in pools], "test"),
        limit=sum(limits) if len(limits) == len(pools) else None,
        shares=tuple(part.share / total for part in spec.parts),
    )


def files_of(spec: MixSource, base: Path) -> list[Path] | None:
    """The files of all parts; None where one does not read local files alone."""
    found: list[Path] = []
    for part in spec.parts:
        files = KINDS[part.source.type].files
        own = None if files is None else files(part.source, base)
        if own is None:
            return None
        found += own
    return found


def placed(spec: MixSource, base: Path) -> MixSource:
    """With absolute paths in its parts."""
    return spec.model_copy(update={"parts": tuple(_placed(part, base) for part in spec.parts)})


def _placed(part: MixPart, base: Path) -> MixPart:
    place = KINDS[part.source.type].placed
    return part if place is None else part.model_copy(update={"source": place(part.source, base)})


def _part(number: int, part: MixPart, request: SourceRequest) -> Pool:
    def bad(error: DataError) -> None:
        request.bad(error.below(f"source.parts.{number}", "source"))

    try:
        pool = KINDS[part.source.type].load(part.source, replace(request, bad=bad))
    except DataError as error:
        raise error.below(f"source.parts.{number}", "source") from None
    if pool.layout == "regions":
        raise DataError("running text must be a domain's only source", key=f"source.parts.{number}.source")
    return pool


def _joined(parts: Sequence[Rows]) -> Rows:
    for number, rows in enumerate(parts):
        try:
            for located in rows:
                yield located._replace(part=number)
        except DataError as error:
            raise error.below(f"source.parts.{number}", "source") from None


def _held(parts: Sequence[Rows | None], split: str) -> Rows | None:
    given = [rows for rows in parts if rows is not None]
    if given and len(given) < len(parts):
        raise DataError(
            f"all parts or none must have {split} rows of their own",
            key="source.parts",
            value=f"{len(given)} of {len(parts)}",
        )
    return _joined(given) if given else None


def apportioned(shares: Shares, total: int) -> list[int]:
    """Whole counts that sum to `total`, each within one of its share: by largest remainders, earlier parts first."""
    exact = [Fraction(share) * total / sum(map(Fraction, shares)) for share in shares]
    counts = [int(one) for one in exact]
    by_rest = sorted(range(len(shares)), key=lambda part: (counts[part] - exact[part], part))
    for part in by_rest[: total - sum(counts)]:
        counts[part] += 1
    return counts


def shared(items: Iterable[Thing], part_of: Callable[[Thing], int], shares: Shares, limit: int | None) -> list[Thing]:
    """The first items of each part, as many as its share of `limit` is; without a limit, as many as there are.

    The order stays. Raises DataError where a part has too few.
    """
    found = list(items)
    there = Counter(map(part_of, found))
    if limit is None:
        limit = _most(shares, there)
    wanted = apportioned(shares, limit)
    for part, number in enumerate(wanted):
        if there[part] < number:
            raise DataError(
                f"part {part + 1} has {there[part]} training items, and its share of {limit} is {number}",
                key=f"source.parts.{part}.share",
                value=shares[part],
                hint="Lower the share or the domain's `train`, or give more data.",
            )
    return list(_first(found, part_of, wanted))


def _first(items: Iterable[Thing], part_of: Callable[[Thing], int], wanted: Sequence[int]) -> Iterator[Thing]:
    taken: Counter[int] = Counter()
    for item in items:
        part = part_of(item)
        if taken[part] < wanted[part]:
            taken[part] += 1
            yield item


def _most(shares: Shares, there: Counter[int]) -> int:
    """The largest total that every part has enough for."""
    whole = sum(map(Fraction, shares))
    most = min(int((there[part] + 1) * whole / Fraction(share)) for part, share in enumerate(shares))
    return next(
        total
        for total in count(most, -1)
        if all(there[part] >= number for part, number in enumerate(apportioned(shares, total)))
    )


KIND = SourceKind(spec=MixSource, load=load, files=files_of, placed=placed)
