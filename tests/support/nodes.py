"""Cheap nodes with real consequences, and ways to run and kill whole drivers.

A stage "trains" by hashing its parent's weights with its own domain and steps, so that any loss, repetition or
mix-up of nodes changes every number after it. What else a stage does is in its domain's name:

    slow          takes a fifth of a second
    fails         raises StageError
    crashes       raises something unforeseen
    silent        ends without a record
    dies          kills its own worker each time
    dies_once     kills its own worker the first time
    unmeasured    trains, and fails to be measured
    imports       imports a module that nothing here has imported
    pulls         says that it waits, and does until the file `go` appears beside the store
"""

from __future__ import annotations

import hashlib
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from curricula.schema import Evaluation, Resources, ScratchModel
from curricula.stage import Schedule, Stage, Training
from domains.errors import StageError
from experiments.executors.base import Executor, Work
from experiments.executors.inline import InlineExecutor
from experiments.measures.suite import suite_of
from experiments.nodes.record import DomainScore, Measurement, Record, TrainingRecord
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, StageTree, grow
from experiments.store import Store, View
from tests.support import warm
from tests.support.paths import ROOT, untold
from tests.support.records import recorded

SETUP = Setup(model=ScratchModel(type="scratch"), domains={}, evaluation=Evaluation())


def tree_of(*orders: str, seeds: Sequence[int] = (0,), steps: int = 5) -> StageTree:
    """The tree of some orders, each written as words: ``tree_of("a b c", "b a")``."""
    schedules = [
        Schedule(
            name=order,
            role="order",
            stages=tuple(Stage(mixture={word: 1.0}, training=Training(steps=steps)) for word in order.split()),
        )
        for order in orders
    ]
    return grow(SETUP, schedules, seeds)


def arithmetic(work: Work) -> None:
    """The `run_node` of these tests."""
    note(work.store, f"start {work.node.slug}")
    behave(work)
    store = Store.open(work.store)
    weights = train(store, work)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "weights.txt").write_text(weights, "ascii")
        record = record_of(work.node, weights)
        store.commit(work.node, work.setup, training_of(record), Path(folder))
    if work.node.label == "unmeasured":
        raise StageError("evaluation", "no answer")
    keep(store, work.node, work.setup, record)
    note(work.store, f"done {work.node.slug}")


def measured_only(work: Work) -> None:
    """A `run_node` that finds weights and measures them."""
    note(work.store, f"measured {work.node.slug}")
    store = Store.open(work.store)
    with store.checkpoint(work.node) as folder:
        weights = Path(folder, "weights.txt").read_text("ascii")
    keep(store, work.node, work.setup, record_of(work.node, weights))


def train(store: Store, work: Work) -> str:
    """New weights from the parent's."""
    if work.parent is None:
        return digest(f"base {work.node.seed}")
    with store.checkpoint(work.parent) as folder:
        before = Path(folder, "weights.txt").read_text("ascii")
    return digest(f"{before} {work.node.label} {work.node.seed}")


def behave(work: Work) -> None:
    """Do what the stage's domain is named after."""
    marker = Path(work.store, f"{work.node.id}.died")
    match work.node.label:
        case "slow":
            time.sleep(0.2)
        case "fails":
            raise StageError("training", "the loss became NaN at step 3")
        case "crashes":
            raise ZeroDivisionError("division by zero")
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "dies_once" if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case "imports":
            import colorsys

            assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
        case "pulls":
            wait_for(lambda: Path(work.store, "go").exists(), seconds=60)


def silent(work: Work) -> None:
    """A `run_node` that forgets to commit."""
    note(work.store, f"start {work.node.slug}")


def record_of(node: StageNode, weights: str = "00" * 32) -> Record:
    """A record whose scores follow from the weights."""
    items = tuple(byte / 255 for byte in bytes.fromhex(weights)[:4])
    return recorded(node, {"test": {"a": DomainScore(items=items)}})


def view_of(store: Store, setup: Setup = SETUP) -> View:
    """What an executor is made for."""
    return View(store, setup)


def leave(store: Store, node: StageNode, setup: Setup, record: Record, folder: Path) -> None:
    """What a worker leaves: weights in `folder` with their record, then a measurement without outputs."""
    store.commit(node, setup, training_of(record), folder)
    keep(store, node, setup, record)


def keep(store: Store, node: StageNode, setup: Setup, record: Record) -> None:
    """A measurement without outputs."""
    with tempfile.TemporaryDirectory() as empty:
        store.keep(node, measurement_of(record, setup), Path(empty))


def training_of(record: Record) -> TrainingRecord:
    """The half of a record that training makes."""
    return TrainingRecord(**record.model_dump(exclude={"scores"}), checkpoint="")


def measurement_of(record: Record, setup: Setup = SETUP) -> Measurement:
    """The half of a record that is measured."""
    return Measurement(
        node=record.node,
        suite=suite_of(setup).id,
        scores=record.scores,
        outputs={},
        seconds=record.cost.eval_seconds,
        provenance=record.provenance,
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def note(store: str, line: str) -> None:
    """Append a line to the store's log; short appends are atomic."""
    with Path(store, "attempts.log").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def attempts(store: Store, verb: str = "start") -> Counter[str]:
    """How often each node (slug) started, or was done."""
    log = Path(store.url, "attempts.log")
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    return Counter(line.split()[1] for line in lines if line.startswith(verb))


def results(store: Store, tree: StageTree) -> dict[str, object]:
    """What must be equal to the bit however a tree was run: records and weights."""
    found: dict[str, object] = {}
    for node in tree.nodes:
        with store.checkpoint(node) as folder:
            weights = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        found[node.slug] = (store.record(node, suite_of(SETUP).id), weights)
    return found


def uninterrupted(folder: Path, tree: StageTree) -> dict[str, object]:
    """The results of the same tree run inline in another store, in one go."""
    store = Store.open(str(folder))
    outcome = InlineExecutor(view_of(store), Resources(), arithmetic).run(tree, ignore)
    assert outcome.complete
    return results(store, tree)


def ignore(*_: object) -> None:
    """A `watch` that does nothing."""


def drive(url: str, executor: str, orders: Sequence[str], seeds: Sequence[int], address: str = "") -> None:
    """What a driver process does: exit code 0 if the whole tree is done, 1 if not, 130 if interrupted."""
    store = Store.open(url)
    runner: Executor = InlineExecutor(view_of(store), Resources(), arithmetic)
    if executor == "ray":
        from experiments.executors.ray import RayExecutor

        runner = RayExecutor(view_of(store), Resources(), arithmetic, address or None)
    try:
        outcome = runner.run(tree_of(*orders, seeds=seeds), ignore)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        runner.close()
    raise SystemExit(0 if outcome.complete else 1)


def start_driver(
    store: Store, executor: str, orders: Sequence[str], seeds: Sequence[int] = (0,), address: str = ""
) -> warm.Warm:
    """`drive` in a process of its own."""
    return warm.start(worker_environment(), drive, store.url, executor, orders, seeds, address)


def worker_environment() -> dict[str, str]:
    """The environment in which a driver's workers find this module."""
    return {**untold(os.environ), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def wait_for(condition: Callable[[], bool], seconds: float = 200, driver: warm.Warm | None = None) -> None:
    """Wait until something is so; a test fails that waits in vain, or whose driver ends before."""
    end = time.monotonic() + seconds
    while not condition():
        if driver is not None and driver.poll() is not None and not condition():
            raise AssertionError(f"the driver ended: {driver.said}")
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.02)
