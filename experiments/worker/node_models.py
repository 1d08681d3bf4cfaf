"""The models that measuring a node may ask: its own, and the base model; each is loaded when it is first asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from experiments.models.checkpoints import load_checkpoint
from experiments.models.subjects.local import LocalModel
from experiments.nodes.tree import StageNode, base_node
from experiments.nodes.warmup import base_beneath_adapters
from experiments.worker.bench import Bench, boundary
from experiments.worker.train import Model


@dataclass(frozen=True)
class NodeModels:
    """Raises StageError("model") where one cannot be loaded."""

    bench: Bench
    trained: Model | None
    """The node's own, where it is at hand."""

    @cached_property
    def own(self) -> LocalModel:
        """The node's."""
        return self._local(self.trained) if self.trained else self._loaded(self.bench.work.node)

    @cached_property
    def base(self) -> LocalModel:
        """The base model, which is none of the base node's own: beneath the node's adapters where it is there."""
        setup = self.bench.work.setup
        beneath = base_beneath_adapters(setup.model, setup.domains)
        return self.own.without_adapters() if beneath else self._loaded(base_node(setup))

    @property
    def reader(self) -> LocalModel:
        """The base model, or the node's own where it is that."""
        return self.own if self.bench.work.node.parent is None else self.base

    def _loaded(self, node: StageNode) -> LocalModel:
        setup = self.bench.work.setup
        with boundary("model"), self.bench.store.checkpoint(node) as place:
            return self._local(load_checkpoint(setup.model, place, setup.weights, trainable=False))

    def _local(self, model: Model) -> LocalModel:
        work = self.bench.work
        return LocalModel.placed(*model, work.setup.evaluation.batch, work.resources.gpus)
