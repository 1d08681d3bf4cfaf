"""Which code workers import: the driver's stagewise, whatever the folder holds in which the command was started."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Any

from ray.job_config import JobConfig

ROOT = Path(__file__).parents[3]
"""Where `domains`, `curricula`, `scheduler` and `experiments` lie."""


class _Settled(list[str]):
    """A search path that Ray cannot lengthen.

    Ray appends the driver's working directory, and its workers put each entry in front of all others: in a repository
    with an `experiments` or a `datasets` of its own they would then import those in place of ours. Ray has no setting
    for it.
    """

    def extend(self, _: object) -> None:
        """Adds nothing."""


def job_config() -> Any:
    """For `ray.init`: workers search our code where the driver has it, and the working directory not at all.

    Installed packages are found anyway, and in front of the standard library their folder would hide parts of it.
    """
    installed = str(ROOT) in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return JobConfig(_py_driver_sys_path=_Settled([] if installed else [str(ROOT)]))
