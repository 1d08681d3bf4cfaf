"""What rewards and the paraphraser need where they run: a sandbox, a key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curricula.schema import Curriculum


def check_ready(curriculum: Curriculum, file: Path) -> None:
    """Raises DataError, with file and line, where a reward or the paraphraser lacks what it needs."""
    from curricula.loader import at_line
    from domains.endpoints import key_of
    from domains.errors import DataError
    from domains.rewards import check_ready as ready

    checks: dict[str, Callable[[], object]] = {
        f"domains.{name}.rewards[{at}].type": partial(ready, reward)
        for name, spec in curriculum.domains.items()
        for at, reward in enumerate(spec.rewards)
    }
    if (who := curriculum.evaluation.paraphraser) is not None:
        checks["evaluation.paraphraser.key_env"] = partial(key_of, who)
    for key, check in checks.items():
        try:
            check()
        except DataError as error:
            raise at_line(error, file, key) from error
