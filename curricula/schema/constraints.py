"""What an order must keep besides scoring well."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domains.frozen import Frozen

Loss = Annotated[float, Field(ge=0, le=1)]
Entropy = Annotated[float, Field(ge=0, le=100)]
SURE = 0.8
"""How probable it has to be that a limit is kept, unless another number is written."""


class Constraints(Frozen):
    """Limits that the planned order keeps, as far as probes foretell; among the orders that do, it is the best one."""

    loss: Loss | dict[str, Loss] | None = Field(None, exclude_if=lambda limit: limit is None)
    """The most that all stages after a domain's own may take from its score: a number for every trained domain, or
    domain → number. null: no limit."""
    entropy: Entropy | dict[str, Entropy] | None = Field(None, exclude_if=lambda limit: limit is None)
    """The least entropy of a domain's own samples where its stage begins, in nats per token: a number for every trained
    creative domain, or domain → number. null: no limit."""
    sure: float = Field(SURE, ge=0.5, lt=1, exclude_if=lambda share: share == SURE)
    """How probable it must be, by the probes, that the order keeps a limit; 0.5: as likely as not."""
