"""What the curriculum itself leaves out, and so how long its own schedules are."""

from __future__ import annotations

from curricula.schema import Curriculum


def known_left_out(curriculum: Curriculum) -> tuple[str, ...]:
    """Domains that the curriculum itself leaves out: by name, or by not naming them in `given`."""
    spec = curriculum.schedule
    named = set() if isinstance(spec.leave_out, str) else set(spec.leave_out)
    if spec.order == "given" and spec.given is not None:
        named |= set(curriculum.domains) - set(spec.given)
    return tuple(name for name in curriculum.domains if name in named)


def probe_span(curriculum: Curriculum, steps: int) -> int:
    """Steps of the whole that a probe of so many is the beginning of, where one rate is laid over all stages."""
    kept = [domain for domain in curriculum.domains if domain not in known_left_out(curriculum)]
    return max(steps, sum(curriculum.stage_training(domain).steps for domain in kept))
