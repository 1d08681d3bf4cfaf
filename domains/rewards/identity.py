"""What decides a reward's scores, as a value that identities of nodes and of measurements can hold."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import version


@dataclass(frozen=True, slots=True)
class Version:
    """The version of a reward's code. Every reward has one as `VERSION`.

    `number` is raised by hand whenever a change of code may change a score or a parsed answer, and only then: a hash
    of the source would train everything again for the sake of a comment. tests/domains/test_reward_identity.py holds a
    hash of the code beside the number and fails where one changes without the other.
    """

    number: int
    libraries: tuple[str, ...] = ()
    """Distributions whose judgement is the score; their installed versions count."""
    python: bool = False
    """Whether it runs programs, whose results follow from the interpreter: its minor version counts then. Of that,
    later releases mend faults only."""

    def content(self) -> dict[str, object]:
        """Number and libraries' versions, JSON values only. Reads metadata, imports nothing."""
        libraries = {name: version(name) for name in sorted(self.libraries)}
        own = {"python": "{}.{}".format(*sys.version_info)} if self.python else {}
        return {"number": self.number, "libraries": libraries, **own}
