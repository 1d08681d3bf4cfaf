"""From what the curriculum says of a domain to its three disjoint splits."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

from domains.errors import DataError
from domains.example import Example, Split, Splits
from domains.examples import version_of
from domains.frozen import fingerprint
from domains.preparation.account import Account
from domains.preparation.bad_rows import BadRows
from domains.preparation.counting import Counting
from domains.preparation.crossings import known_by, twins_of
from domains.preparation.data_cache import Cache, name_of
from domains.preparation.found import Found
from domains.preparation.gold import check_gold
from domains.preparation.items import Item, distinct_items, examples_of, items_of
from domains.preparation.leaks import normal
from domains.preparation.rendering import contents_of, item_of, prompt_of
from domains.preparation.splits import Sizes, cut_items, hashed, item_identity, rows_to_make
from domains.rewards import with_codes as rewards_with_codes
from domains.sources import load_rows, source_files
from domains.sources.mix import shared
from domains.sources.pool import MADE, Pool, Row, Rows, SourceRequest, silent
from domains.spec import DomainSpec
from domains.templates import fields_of

HELD: tuple[Split, ...] = ("validation", "test")
SAY_NOTHING = {"rewards", "metric", "weight", "decoding", "max_tokens"}
"""Keys of a domain that decide nothing of its data; what depends on lengths is in the fit's identity."""
NO_CACHE = Cache(())


@dataclass(frozen=True)
class Fit:
    """How examples are made to fit into the model."""

    fitted: Callable[[Example], Example | None]
    """An example itself, a shorter one, or None where it is to be dropped."""
    identity: str | None
    """Equal where the function is; None: not known, so that nothing is kept."""


@dataclass(frozen=True)
class _Read:
    """Items that were read, and of a mix which part each is from."""

    items: list[Item]
    parts: array[int] = field(default_factory=lambda: array("B"))


def prepare(name: str, spec: DomainSpec, *, validation: int, test: int, seed: int, base: Path) -> Splits:
    """`validation` and `test` items and at least one to train on; the same seed gives the same data anywhere.

    What the domain itself says of their numbers goes first. Relative paths start at `base`. Raises DataError, with
    the key under ``domains.<name>``: see the sources, `splits`, `leaks` and `templates` for what can be wrong.
    """
    return prepare_domain(name, spec, sizes_of(spec, validation, test), seed, base).splits


def sizes_of(spec: DomainSpec, validation: int, test: int) -> Sizes:
    """Items of each split: the domain's own numbers, else evaluation's."""
    return Sizes(spec.validation or validation, spec.test or test, spec.train)


def prepare_domain(
    name: str,
    spec: DomainSpec,
    sizes: Sizes,
    seed: int,
    base: Path,
    *,
    fit: Fit | None = None,
    kept: Cache = NO_CACHE,
    alike: dict[str, Found] | None = None,
    told: Callable[[str, float], None] = silent,
) -> Found:
    """`prepare`, with what is to be said of it. `fit` shortens or drops what is too long; `told` hears of progress.

    What was prepared before is taken from `kept`, and what another domain with the same data gave from `alike`, which
    is added to.
    """
    try:
        content = _content(spec, sizes, seed, fit)
        found = alike.get(content) if alike and content else None
        if found is None:
            key = _key(content, spec, base, kept)
            found = kept.load(key) if key else None
            if found is None:
                found = _prepare(spec, sizes, seed, base, fit, told)
                # Only if the files are still what they were when they were named.
                if key and key == _key(content, spec, base, kept):
                    found = kept.keep(key, found)
            if alike is not None and content:
                alike[content] = found
        coded = spec.model_copy(update={"rewards": rewards_with_codes(spec.rewards, base)})
        check_gold(coded, found.splits, lambda item: _place(spec, item, seed, base))
        return replace(found, notes=tuple(f"{name}: {note}" for note in found.notes))
    except DataError as error:
        raise error.below(f"domains.{name}") from None


def with_codes(name: str, spec: DomainSpec, base: Path) -> DomainSpec:
    """Load the source of users' rewards once, so that the code hashed is the code run.

    Raises DataError, with the key under ``domains.<name>``.
    """
    try:
        return spec.model_copy(update={"rewards": rewards_with_codes(spec.rewards, base)})
    except DataError as error:
        raise error.below(f"domains.{name}") from None


def _content(spec: DomainSpec, sizes: Sizes, seed: int, fit: Fit | None) -> str | None:
    """Fingerprint of all that the data follow from but what their sources hold, blind to the domain's name; None where
    what makes them fit has no identity."""
    if fit and fit.identity is None:
        return None
    said = spec.model_dump(mode="json", exclude=SAY_NOTHING)
    return fingerprint([said, asdict(sizes), seed, fit and fit.identity])


def _key(content: str | None, spec: DomainSpec, base: Path, kept: Cache) -> str | None:
    """The name under which the data are kept; None where they do not come from files alone, or are few."""
    try:
        files = source_files(spec.source, base)
        if not kept.places or files is None or sum(file.stat().st_size for file in files) < kept.least:
            return None
        return content and name_of(content, files)
    except (OSError, DataError):
        # Whoever reads them says it better.
        return None


def data_versions(splits: Mapping[Split, Sequence[Example]]) -> dict[Split, str]:
    """Fingerprint of each split's examples in their order."""
    return {split: version_of(items) for split, items in splits.items()}


def _prepare(
    spec: DomainSpec,
    sizes: Sizes,
    seed: int,
    base: Path,
    fit: Fit | None,
    told: Callable[[str, float], None],
) -> Found:
    if spec.kind == "structured" and spec.prompt is not None and not fields_of(spec.prompt):
        raise DataError(
            "holds no field, so that all prompts are the same",
            key="prompt",
            value=spec.prompt,
            hint="Write a field's name in single braces, e.g. {question}; doubled ones are text.",
        )
    account = Account()
    need = rows_to_make(sizes, sizes.train or MADE)

    def prompt(row: Row) -> str:
        return normal(prompt_of(spec, row))

    bad = BadRows(account, skips=spec.on_bad_row == "skip")
    request = SourceRequest(base, seed, need, prompt, bad, account.leave_out, told)
    pool = load_rows(spec.source, request)
    sizes = Sizes(sizes.validation, sizes.test, sizes.train or pool.limit)
    read = partial(_read, spec, seed=seed, account=account, fit=fit, bad=bad, counting=Counting())
    found = read(pool.rows)
    told("Splitting", 0.0)
    items = distinct_items(found.items)
    account.duplicates = len(found.items) - len(items)
    if not items:
        raise DataError("no row of the data can be used", key="source", hint=account.first)
    key = item_identity(items, spec.kind, sizes)
    known = {item.identity(key) for item in items}
    held: dict[Split, Sequence[Item] | None] = {"validation": None, "test": None}
    for split in HELD:
        rows = getattr(pool, split)
        if rows is not None:
            rows_given = read(rows).items
            given = {item.identity(key): item for item in rows_given}
            account.duplicates += len(rows_given) - len({item.text for item in rows_given})
            _check_unknown(given, known, split)
            held[split] = list(given.values()) if pool.layout == "regions" else hashed(given.values(), key)
    splits = cut_items(items, key, sizes, seed, pool.layout, held, pool.name, _chooser(pool, found.parts))
    if sizes.train is None and pool.shares is None:
        account.alike = len(items) - sum(len(splits[split]) for split in splits if held.get(split) is None)
    twins = {split: twins_of(items) for split, items in splits.items()}
    return Found({split: examples_of(items) for split, items in splits.items()}, twins, account.notes())


def _chooser(pool: Pool, parts: Sequence[int]) -> Callable[[Iterator[Item], int | None], list[Item]] | None:
    """How a mix takes its training items; None for a source that is no mix."""
    shares = pool.shares
    if shares is None:
        return None
    return lambda items, limit: shared(items, lambda item: parts[item.at], shares, limit)


def _read(
    spec: DomainSpec, rows: Rows, *, seed: int, account: Account, fit: Fit | None, bad: BadRows, counting: Counting
) -> _Read:
    """Rendered rows that fit. `bad` is told of a row that cannot be rendered. Raises DataError for those that are not
    skipped, and where places of options are counted from 1."""
    parts = array("B")

    def fitting() -> Iterator[Example]:
        for example, part in _examples(spec, rows, bad, counting):
            fitted = fit.fitted(example) if fit else example
            if fitted is None:
                account.dropped += 1
                continue
            account.taken += 1
            account.truncated += fitted is not example
            parts.append(part)
            yield fitted

    try:
        found = items_of(fitting(), seed, partial(known_by, partial(contents_of, spec)))
    except DataError:
        # Rows that were bad before may be why, as of a file none of whose rows can be read.
        bad.refuse()
        raise
    counting.check()
    bad.refuse()
    return _Read(found, parts)


def _examples(spec: DomainSpec, rows: Rows, bad: BadRows, counting: Counting) -> Iterator[tuple[Example, int]]:
    """Rendered rows, and of a mix the part that each is from; a DataError names the place."""
    form = spec.option_form
    for row, place, part in rows:
        if form is not None:
            counting.see(form, row, place, part)
        try:
            example = item_of(spec, row, place)
        except DataError as error:
            bad(error)
            if bad.all_bad:
                return
            continue
        yield example, part


def _check_unknown(given: Mapping[bytes, Item], known: set[bytes], split: Split) -> None:
    """Raise DataError where held-out items that the source gives are `known` from its training rows."""
    if both := [item for key, item in given.items() if key in known]:
        raise DataError(
            f"{len(both)} of {len(given)} {split} items occur in the training data, the first",
            key=f"source.{split}",
            value=both[0].example.prompt,
            hint="Remove them from one of the two.",
        )


def _place(spec: DomainSpec, item: Example, seed: int, base: Path) -> str | None:
    """Where the row of an item stands; its source is read once more for that."""
    with suppress(DataError):
        pool = load_rows(spec.source, SourceRequest(base, seed, 1, str, lambda error: None))
        held = (rows for rows in (pool.rows, pool.validation, pool.test) if rows is not None)
        return next((place for rows in held for row, place, _ in rows if row == item.fields), None)
    return None
