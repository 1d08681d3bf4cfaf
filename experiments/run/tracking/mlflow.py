"""MLflow, where MLFLOW_TRACKING_URI says: the curriculum is the experiment, schedules are tags of runs."""

from __future__ import annotations

from experiments.run.tracking.entry import Entry


class MLflow:
    """A `Tracker`, by MLflow's client alone: nothing of a run that is active in this process is touched."""

    def tell(self, entry: Entry) -> None:
        """See `Tracker`."""
        from mlflow import MlflowClient
        from mlflow.entities import Metric, Param

        client = MlflowClient()
        found = client.get_experiment_by_name(entry.project)
        experiment = found.experiment_id if found else client.create_experiment(entry.project)
        tags = {"schedule": entry.group, "stagewise.run": entry.run}
        run = client.create_run(experiment, run_name=f"{entry.group}, {entry.title}", tags=tags)
        at = run.info.start_time
        points = [(entry.measure, value, step) for step, value in entry.curve]
        points += [(tag, value, entry.steps) for tag, value in entry.values.items()]
        name = run.info.run_id
        metrics = [Metric(key, value, at, step) for key, value, step in points]
        params = [Param(key, str(value)) for key, value in entry.settings.items()]
        client.log_batch(name, metrics=metrics, params=params)
        client.set_terminated(name)
