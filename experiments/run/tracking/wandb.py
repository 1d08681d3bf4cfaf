"""Weights & Biases, offline unless WANDB_MODE says otherwise: `wandb sync` uploads what lies in `wandb/`."""

from __future__ import annotations

import os

from experiments.run.tracking.entry import Entry


class WeightsAndBiases:
    """A `Tracker`."""

    def tell(self, entry: Entry) -> None:
        """See `Tracker`."""
        import wandb

        run = wandb.init(
            project=entry.project,
            group=entry.group,
            name=entry.title,
            job_type="stage",
            config=dict(entry.settings),
            mode=os.environ.get("WANDB_MODE", "offline"),
            reinit="create_new",
            settings=wandb.Settings(silent=True, console="off"),
        )
        try:
            for step, value in entry.curve:
                run.log({entry.measure: value}, step=step)
            run.summary.update(dict(entry.values))
        finally:
            run.finish()
