"""What a study is told of its trials: values, scores, costs and causes; and the line that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import optuna
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as State

from curricula.limits import limits_of
from curricula.schema import Curriculum
from curricula.search_checks import search_seeds, searched_domains
from experiments.nodes.tree import base_node
from experiments.run.job import Job
from experiments.search.asking import SearchTask
from experiments.search.limits import beyond
from experiments.search.running_trial import Levels, RunningTrial, cost, levels_of
from scheduler.composing.choice import own_choice
from scheduler.composing.compose import schedule_fingerprint
from scheduler.search.keys import ORDER
from scheduler.search.meant import meant
from scheduler.search.orders import readable
from scheduler.search.space import params_of
from scheduler.search.trial_history import REPEATS
from scheduler.search.tried import schedule_of_trial, seed_of_trial

Say = Callable[[str], None]
SPEAKING = (ORDER, "composition")
WORDS = {State.COMPLETE: "done", State.PRUNED: "pruned", State.FAIL: "failed"}


class Teller:
    """Ends trials, and keeps count of what they cost.

    A trial is charged for the stage runs that neither the probes nor a trial told before it has, and what counts is
    the completions of these: whatever else is in the store, and however often the search was killed.
    """

    def __init__(self, job: Job, study: optuna.Study, task: SearchTask, say: Say) -> None:
        self._job, self._study, self._task, self._say = job, study, task, say
        self._spent = set(task.spent)
        self._rollouts = 0
        self._ended: Counter[State] = Counter()
        self._best: tuple[float, int] | None = None
        self._own = _unsaid(task.curriculum)
        for trial in study.get_trials(deepcopy=False):
            if trial.state.is_finished():
                self._charge(self._trained(trial))
                self._count(trial, trial.state, trial.value)

    def complete(self, running: RunningTrial, scores: Mapping[str, float], total: float) -> None:
        """All stages are done: `total` is the trial's value."""
        self._note(running, scores)
        over = self._note_limits(running)
        self._study.tell(running.trial, total)
        self._end(running.trial, State.COMPLETE, f"{total:.4f}{over}", total)

    def prune(self, running: RunningTrial, scores: Mapping[str, float]) -> None:
        """It cannot win any more; its value is the last one reported."""
        self._note(running, scores)
        self._study.tell(running.trial, state=State.PRUNED)
        self._end(running.trial, State.PRUNED, f"pruned after stage {running.stage} of {running.count}")

    def fail(self, running: RunningTrial, cause: str) -> None:
        """A stage failed."""
        self._note(running, {})
        self.refuse(running.trial, cause)

    def refuse(self, trial: optuna.Trial, cause: str) -> None:
        """A trial for which nothing can be trained, or no more."""
        trial.set_user_attr("cause", cause)
        self._study.tell(trial, state=State.FAIL)
        self._end(trial, State.FAIL, f"failed: {cause}")

    def status(self, running: int) -> str:
        """How the search stands, in a line."""
        counts = [f"{self._ended[state]} {word}" for state, word in WORDS.items() if self._ended[state]]
        counts += [f"{running} running"] if running else []
        first, *others = search_seeds(self._task.curriculum)
        alike = f" with seed {first}:" if others else ""
        best = f"; best{alike} {self._best[0]:.4f} (trial {self._best[1]})" if self._best else ""
        return f"{', '.join(counts) or 'none yet'} of {self._task.trials} trials{best}; {self._rollouts:,} completions"

    def _note(self, running: RunningTrial, scores: Mapping[str, float]) -> None:
        runs, rollouts = self._charge(running.levels[: running.stage])
        trial = running.trial
        if scores:
            trial.set_user_attr("scores", dict(scores))
            trial.set_user_attr("worst", min(scores.values()))
        trial.set_user_attr("schedule", schedule_fingerprint(running.schedule))
        trial.set_user_attr("stage_runs", runs)
        trial.set_user_attr("rollouts", rollouts)

    def _note_limits(self, running: RunningTrial) -> str:
        """What of the curriculum's limits the trial breaks, also in words."""
        if not limits_of(self._task.curriculum):
            return ""
        ends = [base_node(self._job.setup), *(level.ends[0] for level in running.levels)]
        records = [self._job.view.record(node) for node in ends]
        found = beyond(self._task.curriculum, running.schedule, records)
        for name, value in found.items():
            # A trial that was killed on the way here keeps what was noted, which is the same.
            if name not in running.trial.constraints:
                running.trial.set_constraint(name, value)
        return "".join(f", {name} {value:.3f} beyond its limit" for name, value in found.items() if value > 0)

    def _end(self, trial: optuna.Trial, state: State, words: str, value: float | None = None) -> None:
        self._count(trial, state, value)
        told = meant(readable(trial.params))
        chosen = ", ".join(_chosen(name, one) for name, one in told.items() if self._own.get(name) != one)
        repeats = trial.user_attrs.get(REPEATS)
        again = f"trial {repeats} with seed {seed_of_trial(trial, self._task.curriculum)}"
        how = again if repeats is not None else chosen or "as the curriculum has it"
        self._say(f"trial {trial.number}: {words}  ({how})")

    def _count(self, trial: optuna.Trial | FrozenTrial, state: State, value: float | None) -> None:
        self._ended[state] += 1
        broken = any(over > 0 for over in trial.constraints.values())
        again = REPEATS in trial.user_attrs  # Another seed is another luck, and its score no rival of the first's.
        if state != State.COMPLETE or value is None or broken or again:
            return
        if self._best is None or value > self._best[0]:
            self._best = value, trial.number

    def _charge(self, levels: Levels) -> tuple[int, int]:
        runs, rollouts = cost(levels, self._spent)
        self._rollouts += rollouts
        return runs, rollouts

    def _trained(self, trial: FrozenTrial) -> Levels:
        """The stages that a finished trial ran; a failed one's last did not reach its report."""
        try:
            schedule = schedule_of_trial(trial, self._task.curriculum, self._task.order)
        except ValueError:
            return ()
        reached = max(trial.intermediate_values, default=0) + (trial.state == State.FAIL)
        return levels_of(self._job.setup, schedule, (seed_of_trial(trial, self._task.curriculum),))[:reached]


def _unsaid(curriculum: Curriculum) -> dict[str, Any]:
    """Choices that need no words: the curriculum's own values. Order and composition are always said."""
    own = params_of(own_choice(curriculum, searched_domains(curriculum), "sequential"), curriculum)
    return {name: value for name, value in readable(own).items() if name not in SPEAKING}


def _chosen(name: str, value: object) -> str:
    """Orders and compositions speak for themselves; other values need their names."""
    return str(value) if name in SPEAKING else f"{name} {value}"
