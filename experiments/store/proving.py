"""What is written must be readable: a record that cannot be read is lost."""

from __future__ import annotations

from pydantic import ValidationError

from domains.errors import Boundary, StageError
from experiments.nodes.record import Measurement, TrainingRecord


def proven(found: TrainingRecord | Measurement, boundary: Boundary) -> str:
    """Its JSON, proven readable: JSON has no NaN, and what cannot be read is lost."""
    text = found.model_dump_json()
    try:
        type(found).model_validate_json(text)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StageError(boundary, f"{where} is not a finite number") from error
    return text
