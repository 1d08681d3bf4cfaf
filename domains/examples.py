"""Many examples in little memory: JSON lines, from which an example is made when it is asked for."""

from __future__ import annotations

import json
import mmap as mmap_module
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from mmap import mmap
from typing import overload

from domains.example import Example
from domains.frozen import canonical_again, canonical_json, fingerprint_joined

Buffer = bytes | bytearray | mmap
_VALUE = json.JSONDecoder().raw_decode


class Examples(Sequence[Example]):
    """A sequence of examples over a buffer of JSON lines, which is never changed.

    An example as an object takes about three times the memory of its line; four hundred thousand of them are a
    gigabyte. To make one takes some microseconds.
    """

    def __init__(self, lines: Buffer, starts: array[int], ends: array[int], version: str | None = None) -> None:
        """`starts` and `ends` are offsets into `lines`, one of each an example; `version` is theirs, if it is known."""
        self._lines, self._starts, self._ends, self.version = lines, starts, ends, version

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Examples:
        """These examples, read once."""
        lines, ends = bytearray(), array("Q")
        for example in examples:
            lines += example.model_dump_json().encode()
            ends.append(len(lines))
        return cls(lines, array("Q", [0, *ends[:-1]]) if ends else array("Q"), ends)

    @classmethod
    def read(cls, lines: Buffer, ends: array[int], version: str) -> Examples:
        """Of a file that holds one a line, whose ends and version are known."""
        return cls(lines, array("Q", [0, *(end + 1 for end in ends[:-1])]) if ends else array("Q"), ends, version)

    def line(self, at: int) -> bytes:
        """The JSON of one example."""
        return bytes(self._lines[self._starts[at] : self._ends[at]])

    def texts(self, at: int) -> tuple[str, str]:
        """Prompt and answer of one example, which stand first in its line: a fifth of the time that all of it takes."""
        line = self.line(at).decode()
        prompt, end = _VALUE(line, len('{"prompt":'))
        answer, _ = _VALUE(line, end + len(',"answer":'))
        return prompt, answer

    def take(self, places: Iterable[int]) -> Examples:
        """Those at these places, in this order; the lines are shared."""
        places = list(places)
        starts, ends = (array("Q", map(offsets.__getitem__, places)) for offsets in (self._starts, self._ends))
        return Examples(self._lines, starts, ends)

    def rest(self) -> None:
        """Nobody reads them for now: lines that stand in a file need not stay in memory."""
        if isinstance(self._lines, mmap) and hasattr(mmap, "madvise"):
            self._lines.madvise(mmap_module.MADV_DONTNEED)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, at: int) -> Example: ...
    @overload
    def __getitem__(self, at: slice) -> Examples: ...
    def __getitem__(self, at: int | slice) -> Example | Examples:
        if isinstance(at, slice):
            return Examples(self._lines, self._starts[at], self._ends[at])
        return Example.model_validate_json(self.line(at))

    def __iter__(self) -> Iterator[Example]:
        return map(self.__getitem__, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(other) != len(self):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


def rest(examples: Sequence[Example]) -> None:
    """`Examples.rest`, where they are such."""
    if isinstance(examples, Examples):
        examples.rest()


def texts_of(examples: Sequence[Example], at: int) -> tuple[str, str]:
    """Prompt and answer of one example."""
    if isinstance(examples, Examples):
        return examples.texts(at)
    return examples[at].prompt, examples[at].answer


def lines_of(examples: Sequence[Example]) -> Iterator[bytes]:
    """Each example's JSON."""
    if isinstance(examples, Examples):
        return map(examples.line, range(len(examples)))
    return (example.model_dump_json().encode() for example in examples)


def version_of(examples: Sequence[Example]) -> str:
    """Fingerprint of the examples in their order."""
    if isinstance(examples, Examples):
        if examples.version is None:
            examples.version = fingerprint_joined(map(canonical_again, lines_of(examples)))
        return examples.version
    return fingerprint_joined(map(canonical_json, examples))


def taken(examples: Sequence[Example], places: Iterable[int]) -> Sequence[Example]:
    """The examples at these places, in this order."""
    return examples.take(places) if isinstance(examples, Examples) else tuple(examples[at] for at in places)


def kept(examples: Sequence[Example], keep: Callable[[Example], bool]) -> Sequence[Example]:
    """Those that `keep` keeps; the very same sequence where it keeps all."""
    places = [at for at, example in enumerate(examples) if keep(example)]
    return examples if len(places) == len(examples) else taken(examples, places)
