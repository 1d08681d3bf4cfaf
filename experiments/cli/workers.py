"""From the name of an executor to what makes one: on Ray, or in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from experiments.cli.findings import aside
from experiments.cli.options import ExecutorName

if TYPE_CHECKING:
    from curricula.schema import Resources
    from experiments.executors.base import Executor
    from experiments.store import View


def workers_of(
    name: ExecutorName, resources: Resources, address: str | None, stack: ExitStack
) -> Callable[[View], Executor]:
    """What makes the executor of that name for a view; its cluster is there, and let go of by `stack`.

    Raises ClusterError, and UserError for an address without Ray.
    """
    from domains.errors import UserError
    from experiments.executors.gpus import idle_note, own_gpus
    from experiments.worker.launch import run_node

    if name == "inline":
        if address is not None:
            raise UserError(
                "is only for the executor ray",
                key="--address",
                value=address,
                hint="Leave out --executor inline.",
            )
        from experiments.executors.cpus import check_cpus
        from experiments.executors.inline import InlineExecutor

        check_cpus(resources)
        if resources.gpus:
            from experiments.models.checkpoints import check_gpus

            check_gpus(resources.gpus)
        aside(idle_note(resources.gpus, own_gpus()))
        return lambda view: InlineExecutor(view, resources, run_node)
    from experiments.cli.address import choose

    cluster = choose(address, os.environ)
    # Said before Ray is asked: it may not answer.
    aside(cluster.note)
    from experiments.executors.ray import Connection, RayExecutor

    connection = stack.enter_context(Connection(resources, cluster.address))
    aside(idle_note(resources.gpus, connection.gpus))
    return lambda view: RayExecutor(view, resources, run_node, connection=connection)
