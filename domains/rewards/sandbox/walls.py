"""What a program in the sandbox sees: an interpreter with its library, and an empty scratch folder.

bubblewrap gives it namespaces of its own (users, processes, network, mounts, host name, IPC), so there is no network,
no other process and no other file. There is no /proc and of /dev only what holds nothing.
"""

from __future__ import annotations

import platform
import shutil
import sys
import sysconfig
from functools import cache
from pathlib import Path

from domains.errors import DataError
from domains.rewards.sandbox.limits import MEGABYTE, Limits

INSTALL = "Install it, e.g. `apt install bubblewrap`."
SCRATCH = "/scratch"
INSIDE = Path(__file__).parent / "inside"
ENVIRONMENT = {
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    "PATH": "/nowhere",
    "LC_ALL": "C.UTF-8",
    # Sets of text are in the same order every time.
    "PYTHONHASHSEED": "0",
}


def walled(limits: Limits, script: str, job: int, seccomp: int, *more: int) -> list[str]:
    """The command that runs one of the scripts in `inside/` behind walls.

    File descriptors: `job` is a file that says what to do, `seccomp` one that holds the filter, `more` what else the
    script is told.
    """
    scratch = ["--size", str(limits.scratch * MEGABYTE), "--tmpfs", SCRATCH, "--chdir", SCRATCH]
    start = f"import sys; sys.path.insert(0, '/'); from inside.{script} import main; main()"
    python = [_interpreter(), "-s", "-S", "-P", "-B", "-X", "utf8", "-c", start]
    # The scratch folder is a mount of its own, so the root can be sealed after it.
    return [*_walls(), *scratch, "--remount-ro", "/", "--seccomp", str(seccomp), *python, *map(str, (job, *more))]


@cache
def _walls() -> tuple[str, ...]:
    """All but the scratch folder. Raises DataError where there is no bubblewrap."""
    bwrap = shutil.which("bwrap")
    if platform.system() != "Linux" or bwrap is None:
        raise DataError("runs code in a sandbox, and this machine has no bubblewrap", hint=INSTALL)
    walls = [bwrap, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv"]
    walls += ["--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--cap-drop", "ALL"]
    for name, value in ENVIRONMENT.items():
        walls += ["--setenv", name, value]
    for place in _libraries():
        walls += ["--symlink", str(place.readlink()), str(place)] if place.is_symlink() else _seen(place)
    for place in _python():
        walls += _seen(place)
    packages = Path(sysconfig.get_path("stdlib")) / "site-packages"
    if packages.is_dir():
        walls += ["--tmpfs", str(packages), "--remount-ro", str(packages)]
    for device in ("null", "zero", "urandom", "random"):
        walls += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    return (*walls, "--ro-bind", str(INSIDE), "/inside", "--symlink", SCRATCH, "/tmp")


def _seen(place: Path) -> list[str]:
    return ["--ro-bind", str(place), str(place)]


def _interpreter() -> str:
    """The file that runs, not the virtual environment's link to it."""
    return str(Path(sys.executable).resolve())


def _python() -> list[Path]:
    """The interpreter, its library and its own shared objects, wherever it is installed."""
    library = Path(sysconfig.get_path("stdlib"))
    shared = Path(sysconfig.get_config_var("LIBDIR") or "/nowhere").glob("libpython3*.so*")
    return [Path(_interpreter()), library, *shared]


def _libraries() -> list[Path]:
    """Where the system's shared objects and its loader are."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or f"{platform.machine()}-linux-gnu"
    places = [Path("/usr/lib64"), Path("/usr/lib") / multiarch, Path("/lib64"), Path("/lib")]
    if not Path("/lib").is_symlink():
        places[-1:] = [Path("/lib") / multiarch]
    return [place for place in places if place.exists()]
