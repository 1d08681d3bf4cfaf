"""Every error that a person may see.

    StagewiseError                something went wrong; exit code 1
    ├── UserError                 the user can mend it; exit code 2
    │   ├── CurriculumError       the YAML
    │   ├── DataError             a data file, a column, a split
    │   ├── ModelError            a model id or path
    │   ├── StoreError            the place where results are kept
    │   └── ClusterError          Ray: address, resources
    └── StageError                one stage failed; says at which boundary

One line each, of several that were found at once one line after the other: ``file:line: key: rule, got value. Hint.``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from domains.secrets import held_by, redacted

Boundary = Literal["data", "model", "reward", "training", "evaluation", "store", "worker"]


class StagewiseError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 1


class UserError(StagewiseError):
    """A mistake of the user's: where it is, which rule it breaks, what was found, how to mend it."""

    exit_code = 2

    def __init__(
        self,
        rule: str,
        *,
        file: str | None = None,
        line: int | None = None,
        key: str | None = None,
        value: object = None,
        hint: str | None = None,
    ) -> None:
        self.rule, self.file, self.line, self.key, self.value, self.hint = rule, file, line, key, value, hint
        self.more: tuple[UserError, ...] = ()
        """Those that were found with it; see `together`."""
        super().__init__(self.render())

    @property
    def every(self) -> tuple[UserError, ...]:
        """This one, and those that were found with it."""
        return (self, *self.more)

    def render(self) -> str:
        """The one line: ``file:line: key: rule, got value. Hint.``"""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        head = ": ".join(part for part in (place, self.key, self.rule) if part)
        hidden = any(held_by(place) for place in (self.key, self.file) if place)
        shown = "…" if hidden else redacted(shorten(self.value), None)
        got = "" if self.value is None else f", got {shown}"
        hint = f" {self.hint}" if self.hint else ""
        return f"{head.removesuffix('.') if not got else head}{got}.{hint}".replace("\n", " ")

    def below(self, key: str, otherwise: str = "") -> Self:
        """The same error, and those found with it, its key below this one; `otherwise`: what is at fault below it where
        nothing was named."""
        inner = self.key or otherwise
        place = f"{key}.{inner}" if inner else key
        found = type(self)(self.rule, file=self.file, line=self.line, key=place, value=self.value, hint=self.hint)
        found.more = tuple(one.below(key, otherwise) for one in self.more)
        return found

    def advised(self, more: str) -> Self:
        """The same error with `more` behind its hint."""
        hint = f"{self.hint} {more}" if self.hint else more
        return type(self)(self.rule, file=self.file, line=self.line, key=self.key, value=self.value, hint=hint)

    def located(self, *, file: str | None = None, line: int | None = None, key: str | None = None) -> Self:
        """The same error, and those found with it, with the place filled in where it was missing."""
        found = type(self)(
            self.rule,
            file=self.file or file,
            line=self.line or line,
            key=self.key or key,
            value=self.value,
            hint=self.hint,
        )
        found.more = tuple(one.located(file=file, line=line, key=key) for one in self.more)
        return found


def together(errors: Sequence[UserError]) -> UserError:
    """The first of some errors, which names all of them: a person mends them in one go."""
    first, *more = errors
    first.more = tuple(more)
    return first


class CurriculumError(UserError):
    """The curriculum's YAML breaks a rule."""


class DataError(UserError):
    """A data source, column, template or split does not hold what is needed."""


class ModelError(UserError):
    """The model cannot be loaded or does not fit the curriculum."""


class StoreError(UserError):
    """The store cannot be read, written, or was made by an incompatible version."""


class ClusterError(UserError):
    """The Ray cluster cannot be reached or is too small."""


class StageError(StagewiseError):
    """One stage failed, at a named boundary. The other branches of the tree go on."""

    def __init__(self, boundary: Boundary, cause: str) -> None:
        self.boundary, self.cause = boundary, cause
        super().__init__(boundary, cause)

    def __str__(self) -> str:
        return " ".join(f"{self.boundary}: {self.cause}".split())


def shorten(value: object, limit: int = 60) -> str:
    """``repr`` of a value, cut to `limit` characters so that an error stays one line."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
