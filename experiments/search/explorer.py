"""The search itself: asks for trials, hands their stages to an executor, and tells the study what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import optuna

from experiments.executors.base import State
from experiments.nodes.tree import StageNode, StageTree, base_node
from experiments.run.job import Job
from experiments.run.noted import let_go, note
from experiments.search.adaptive_trial import next_mixture
from experiments.search.asking import SearchTask, next_trial
from experiments.search.lock import Check
from experiments.search.running_trial import RunningTrial, cause, levels_of, mean_scores, stages_in_all
from experiments.search.telling import Teller
from scheduler.composing.compositions.table import KINDS
from scheduler.search.space import suggest
from scheduler.search.trial_history import MIXTURES, tell_scores
from scheduler.search.tried import schedule_of_trial, seed_of_trial


class Explorer:
    """One process at work on one study. Its `feed` lets an executor's tree grow trial by trial, stage by stage.

    A stage's nodes join when the stage before has ended and the pruner lets the trial go on. With one
    trial at a time, what is told depends on the study and the nodes alone: killed and started again, a search goes
    the same way.
    """

    def __init__(
        self, job: Job, study: optuna.Study, task: SearchTask, teller: Teller, slots: Callable[[], int], check: Check
    ) -> None:
        self._job, self._study, self._task = job, study, task
        self._teller, self._slots, self._check = teller, slots, check
        self._weights = {name: spec.weight for name, spec in task.curriculum.domains.items()}
        self._running: dict[int, RunningTrial] = {}
        self._ends: dict[str, State] = {}
        self._joined: set[str] = set()

    def begin(self) -> StageTree:
        """The base model, and the first stages of the first trials."""
        base = base_node(self._job.setup)
        self._joined.add(base.id)
        return StageTree((base, *self._go_on()))

    def feed(self, node: StageNode, state: State) -> Sequence[StageNode]:
        """See `Feed`."""
        self._ends[node.id] = state
        return self._go_on()

    def status(self) -> str:
        """How the search stands, in a line."""
        return self._teller.status(len(self._running))

    def _go_on(self) -> list[StageNode]:
        """Take every trial as far as it gets now, begin others in place of those that ended; the nodes that join."""
        joining: list[StageNode] = []
        while (running := self._movable()) or (running := self._begin()):
            if self._ended(running):
                self._advance(running)
            if running.number in self._running:
                joining += [node for node in running.nodes if node.id not in self._joined]
                self._joined |= {node.id for node in running.nodes}
        if joining:
            note(self._job, joining, tried=True)
        return joining

    def _movable(self) -> RunningTrial | None:
        """The first trial whose stage has ended."""
        ordered = (self._running[number] for number in sorted(self._running))
        return next((running for running in ordered if self._ended(running)), None)

    def _ended(self, running: RunningTrial) -> bool:
        return all(node.id in self._ends for node in running.nodes)

    def _begin(self) -> RunningTrial | None:
        """Another trial, if there is room for one."""
        while len(self._running) < self._slots():
            self._check()
            found = next_trial(self._study, self._task, self._running)
            if found is None:
                return None
            trial, reported = found
            try:
                self._running[trial.number] = self._begun(trial, reported)
            except ValueError as error:
                self._teller.refuse(trial, str(error))
                continue
            return self._running[trial.number]
        return None

    def _begun(self, trial: optuna.Trial, reported: int) -> RunningTrial:
        """A trial from its first stage on. ValueError where nothing can be trained."""
        curriculum, order = self._task.curriculum, self._task.order
        choice, seed = suggest(trial, curriculum, order), seed_of_trial(trial, curriculum)
        count = stages_in_all(choice, curriculum)
        if KINDS[choice.composition].by_round and not trial.user_attrs.get(MIXTURES):
            first = next_mixture(
                self._job.view, curriculum, choice, (), [base_node(self._job.setup)], self._task.measured
            )
            trial.set_user_attr(MIXTURES, [first])
        schedule = schedule_of_trial(trial, curriculum, order)
        return RunningTrial(
            trial, choice, seed, schedule, levels_of(self._job.setup, schedule, (seed,)), count, reported
        )

    def _grow(self, running: RunningTrial) -> None:
        """Of adaptive mixing: choose the stage that is to begin, by all before it; unless a trial before chose it."""
        mixtures = list(running.trial.user_attrs.get(MIXTURES, ()))
        if not KINDS[running.choice.composition].by_round or len(mixtures) >= running.stage:
            return
        ends = [base_node(self._job.setup), *(level.ends[0] for level in running.levels)]
        mixtures.append(
            next_mixture(self._job.view, self._task.curriculum, running.choice, mixtures, ends, self._task.measured)
        )
        running.trial.set_user_attr(MIXTURES, mixtures)
        running.schedule = schedule_of_trial(running.trial, self._task.curriculum, self._task.order)
        running.levels = levels_of(self._job.setup, running.schedule, (running.seed,))

    def _advance(self, running: RunningTrial) -> None:
        """A stage has ended: on to the next one, or the trial's end."""
        self._check()
        if any(self._ends[node.id] != "done" for node in running.nodes):
            self._teller.fail(running, cause(self._job.view, running.nodes))
            let_go(self._job, running.nodes)
            del self._running[running.number]
            return
        scores = mean_scores(self._job.view, running.ends)
        total = sum(weight * scores[name] for name, weight in self._weights.items()) / sum(self._weights.values())
        if running.stage > running.reported:
            tell_scores(running.trial, running.stage, scores)
            running.trial.report(total, running.stage)
        if running.last:
            self._teller.complete(running, scores, total)
        # Reported before the last report, it was let go on then.
        elif running.stage >= running.reported and running.trial.should_prune():
            self._teller.prune(running, scores)
        else:
            running.stage += 1
            self._grow(running)
            return
        del self._running[running.number]
