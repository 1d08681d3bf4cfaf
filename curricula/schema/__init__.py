"""What a curriculum may say. Unknown keys are refused; every field's docstring reaches the JSON Schema."""

from curricula.compositions import Composition, SearchComposition
from curricula.schema.comparison import ComparisonSpec, Pair
from curricula.schema.constraints import Constraints
from curricula.schema.curriculum import Curriculum
from curricula.schema.evaluation import Evaluation, Inquiry, Metric
from curricula.schema.model import Adapter, Lora, Model, PretrainedModel, ScratchModel, Warmup
from curricula.schema.resources import Resources
from curricula.schema.schedule import (
    Adaptive,
    Baselines,
    ExplicitStage,
    MixingRule,
    Objective,
    Probing,
    Rehearsal,
    ScheduleSpec,
)
from curricula.schema.search import SamplerName, SearchSpec
from curricula.stage import OrderName

__all__ = [
    "Adapter",
    "Adaptive",
    "Baselines",
    "ComparisonSpec",
    "Composition",
    "Constraints",
    "Curriculum",
    "Evaluation",
    "ExplicitStage",
    "Inquiry",
    "Lora",
    "Metric",
    "MixingRule",
    "Model",
    "Objective",
    "OrderName",
    "Pair",
    "PretrainedModel",
    "Probing",
    "Rehearsal",
    "Resources",
    "SamplerName",
    "ScheduleSpec",
    "ScratchModel",
    "SearchComposition",
    "SearchSpec",
    "Warmup",
]
