"""Settings for all tests."""

from __future__ import annotations

import functools
import gc
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from experiments.store import Store
from tests.support import disk, warm
from tests.support.commands import TINY, stagewise, variant, within

# Time is measured in benchmarks/: on a busy machine a deadline fails tests of correct code. Examples are the same on
# every machine, so that a red run says that the code changed: more of them would find something once, and then cost
# everybody's time. HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("stagewise", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=20)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "stagewise"))

# As a stage has it (`resources.cpus`), and before numpy and torch are loaded: two threads on a model of a few thousand
# weights take three times the work of one, most of it waiting for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell without job control starts background commands deaf to Ctrl-C, and so would be every process started here.
signal.signal(signal.SIGINT, signal.default_int_handler)

disk.wait_for_none()
disk.write_to_memory()

# Collection makes what stays, so that there is no garbage to look for; see `pytest_collection_finish`.
gc.disable()

ARMS = "orders: [], compositions: [sequential], random_orders: 0"
NONE = (
    "joint_tuned: false, joint_probes: false, joint_weighted: false, joint_budgets: [], merges: [], interpolate: false"
)
FEW = (("{random_orders: 1}", f"{{{ARMS}, {NONE}}}"), ("seeds: [0, 1]", "seeds: [0]"))


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run of tiny.yaml on Ray: trained once for the whole run of pytest, never changed.

    Tests that go on from it take a copy (`begun`).
    """

    def run(store: Path) -> None:
        ended = stagewise("run", TINY, "--store", store)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    return once(tmp_path_factory, "tiny-store", run)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tiny.yaml with one seed and two arms: a base, two probes, one stage more and joint training."""
    return once(tmp_path_factory, "few", lambda folder: variant(folder, *FEW)) / TINY.name


@pytest.fixture(scope="session")
def few_store(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an undisturbed run of `few` without Ray, never changed either."""

    def run(store: Path) -> None:
        ended = within("run", few, "--store", store, "--executor", "inline")
        assert ended.returncode == 0, ended.stdout + ended.stderr

    return once(tmp_path_factory, "few-store", run)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store in a folder."""
    return Store.open(str(tmp_path / "store"))


def once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """A folder that is filled once for the whole run of pytest, however many processes it has."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, done = shared / name, shared / f"{name}.done"
    with FileLock(shared / f"{name}.lock"):
        if not done.exists():
            folder.mkdir()
            fill(folder)
            done.touch()
    return folder


@pytest.fixture(autouse=True, scope="module")
def without_torch() -> Iterator[None]:
    """`make quick` loads torch in one process; each further one that did would take as long as hundreds of tests."""
    yield
    if "NO_TORCH" in os.environ and "torch" in sys.modules:
        pytest.fail("this file's tests, or a file that was collected with it, load torch: name it in TORCH, Makefile.")


def pytest_runtest_setup() -> None:
    """A stage sets the threads that its curriculum names, for its process: every test after it had taken up to seven
    times the work."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`make quick` does not even load files whose tests are all slow: that takes as long as many of its tests."""
    if config.option.markexpr != "not slow" or not collection_path.is_file():
        return None
    return "\npytestmark = pytest.mark.slow" in collection_path.read_text("utf-8") or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no worker is left alone with it at the end; before all others what mostly
    waits, for Ray's processes."""

    def place(item: pytest.Item) -> tuple[bool, ...]:
        rooms = item.path.parts
        return item.get_closest_marker("slow") is None, "whole" not in rooms, "executors" not in rooms

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Every training collects garbage first, and would go through all modules and tests each time: half of a second."""
    gc.collect()
    gc.freeze()
    gc.enable()
    # At each step of a training it looks through all that is installed for PEFT: a twentieth of the time.
    if imports := sys.modules.get("accelerate.utils.imports"):
        imports._is_package_available = functools.cache(imports._is_package_available)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Before the first test, since what a process is copied from must be as new."""
    with warm.copied():
        return (yield)
