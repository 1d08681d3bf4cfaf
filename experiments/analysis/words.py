"""Numbers as people read them. What is missing, or not a number, is a dash."""

from __future__ import annotations

import math

from domains.interval import Interval

DASH = "–"


def finite(value: float | None) -> float | None:
    """None for None, NaN and infinities."""
    return value if value is not None and math.isfinite(value) else None


def number(value: float | None, digits: int = 3) -> str:
    """``0.712``, below zero ``−0.056``."""
    return DASH if value is None or finite(value) is None else _minus(f"{value:.{digits}f}")


def signed(value: float | None, digits: int = 3) -> str:
    """``+0.031`` or ``−0.031``, with a true minus; what rounds to zero has no sign."""
    if value is None or finite(value) is None:
        return DASH
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0 else ("+" if value > 0 else "−") + text


def span(found: Interval, digits: int = 3) -> str:
    """``0.69 to 0.73``."""
    return DASH if found.ends is None else " to ".join(number(end, digits) for end in found.ends)


def signed_span(found: Interval, digits: int = 3) -> str:
    """``−0.01 to +0.04``."""
    return DASH if found.ends is None else " to ".join(signed(end, digits) for end in found.ends)


def percent(value: float | None) -> str:
    """``+7.1 %``."""
    return DASH if value is None or finite(value) is None else f"{signed(100 * value, 1)} %"


def percent_span(found: Interval) -> str:
    """``+2.0 to +11.9 %``."""
    return DASH if found.ends is None else " to ".join(signed(100 * end, 1) for end in found.ends) + " %"


def chance(value: float | None) -> str:
    """A p value: ``0.036``, ``< 0.001``."""
    return "< 0.001" if finite(value) is not None and value is not None and value < 0.001 else number(value)


def p_words(p: float) -> str:
    """``p = 0.04``, ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def share(value: float | None) -> str:
    """``43 %``."""
    return DASH if value is None or finite(value) is None else _minus(f"{100 * value:.0f} %")


def duration(seconds: float | None) -> str:
    """``4.2 s``, ``3 min 20 s``, ``2 h 05 min``."""
    if seconds is None or finite(seconds) is None:
        return DASH
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    if round(seconds) < 3600:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min"


def count(value: float | None) -> str:
    """``12,345``; below 100, means over seeds that are not whole keep one digit."""
    if value is None or finite(value) is None:
        return DASH
    return f"{value:,.0f}" if float(value).is_integer() or value >= 100 else f"{value:,.1f}"


def _minus(text: str) -> str:
    """A formatted number with a true minus; what rounds to zero has no sign."""
    return text.removeprefix("-") if not any(digit in text for digit in "123456789") else text.replace("-", "−")


def short(text: str, width: int) -> str:
    """Cut to `width` characters with an ellipsis."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"
