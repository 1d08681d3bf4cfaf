"""What an unknown key most likely means: another tool's word, a key of another place, or a slip of the keyboard."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from curricula.problem import KeyPath, dotted
from curricula.schema_lookup import known_keys, members_with, section_of
from curricula.synonyms import Synonym, synonyms
from domains.listed import listed
from domains.suggest import did_you_mean, nearest

DEEPEST = 5
MOST_TYPES = 3


@dataclass(frozen=True)
class Guess:
    """A hint, and the key beside the unknown one that it says was meant."""

    hint: str
    meant: str | None = None


def guess(keys: KeyPath, value: object, data: object) -> Guess:
    """What is meant by the unknown key at `keys`, under which `value` is written."""
    word, known = str(keys[-1]), known_keys(keys[:-1], data)
    elsewhere = _elsewhere(keys, word, data)
    if found := _synonym(word, value):
        told = _told(*found, known)
        return Guess(f"{told.hint} {elsewhere}".strip(), told.meant)
    if elsewhere:
        return Guess(elsewhere)
    section = None if word == "type" else section_of(word)
    if section not in (None, keys[:-1]):
        return Guess(f"It stands {f'under `{dotted(section)}`' if section else 'at the top of the file'} here.")
    return Guess(did_you_mean(word, known, name="Known keys are", limit=20), nearest(word, known))


def _elsewhere(keys: KeyPath, word: str, data: object) -> str:
    """Which other members of a union have the key, e.g. `split` those sources that are from the hub; "" for none."""
    types = [f"`type: {name}`" for name in members_with(keys[:-1], word, data)[:MOST_TYPES]]
    return f"It is a key of {listed(types)}." if types else ""


def _synonym(word: str, value: object) -> tuple[str, Synonym] | None:
    """The first of a key and the keys under it that another tool has, as it is written."""
    for path in _chains((word,), value):
        for start in range(len(path)):
            if synonym := synonyms().get(".".join(path[start:])):
                return ".".join(path), synonym
    return None


def _chains(path: tuple[str, ...], value: object) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(value, dict) and len(path) < DEEPEST:
        for key, below in value.items():
            yield from _chains((*path, str(key)), below)


def _told(word: str, synonym: Synonym, known: Collection[str]) -> Guess:
    if not synonym.key:
        return Guess(synonym.note)
    last = synonym.key.rpartition(".")[2]
    beside = last if last in known else None
    return Guess(
        f"`{word}` of {listed(synonym.tools)} is `{beside or synonym.key}` here. {synonym.note}".strip(), beside
    )
