"""Trackio, where TRACKIO_DIR says: `trackio show` reads it."""

from __future__ import annotations

from experiments.run.tracking.entry import Entry


class Trackio:
    """A `Tracker`."""

    def tell(self, entry: Entry) -> None:
        """See `Tracker`."""
        import trackio

        run = trackio.init(
            project=entry.project,
            # A name that is there would be gone on with.
            name=f"{entry.group}, {entry.title}, {entry.slug[-8:]}",
            group=entry.group,
            config=dict(entry.settings),
            embed=False,
            # Of this machine now, which is not when the stage trained.
            auto_log_cpu=False,
            auto_log_gpu=False,
        )
        for step, value in entry.curve:
            run.log({entry.measure: value}, step=step)
        run.log(dict(entry.values), step=entry.steps)
        run.finish()
