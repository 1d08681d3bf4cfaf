r"""Where a text states its answer, and that answer in plain writing.

The first of these that a text holds: the last ``\boxed{…}``, the last ``<answer>…</answer>``, what stands after the
last ``####``, what stands after the last "answer is", "answer:" or "A:". Else its last `TAIL` characters. What stands
in ``<think>…</think>`` states nothing.
"""

from __future__ import annotations

import re

TAIL = 200
"""Characters from the end that are read where no answer is marked."""
LONGEST = 500
"""Characters of a marked answer, or of a formula without prose; what is longer is cut."""
PROSE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,}\s[a-zA-Z]{2,}")
SIGNS = str.maketrans("−﹣－–×÷\u00a0\u202f\u2009’", "----*/   '")
"""Other writings of what a keyboard has."""
BOX = re.compile(r"\\f?boxed\s*\{")
TAG = re.compile(r"(?i)<(/?)answer>")
HASHES = re.compile(r"####+[ \t:]*(?=[^\s#])")
NUMERIC = re.compile(r"[-+*$€£(\[\\{.\d]")
LABEL = re.compile(r"(?i)\banswer(?:\s+is|\s+was|\s*[:=])(?:[ \t:*]|\s)*|^[ \t]*(?:A|Ans)[ \t]*:[ \t]*", re.MULTILINE)
SENTENCE_END = re.compile(r"(?<=[\w)}$%\]])[.!?](?=\s|$)|\b(?:because|since)\b")
BOLD = re.compile(r"(?<![\w)*])\*\*([^*\n]{1,200})\*\*(?![\w(*])")
REMARK = re.compile(r"(?<=[\w%])\s{1,9}\((?=[^()]{0,99}[A-Za-z]{2})[^()\s]{1,99}\s[^()]{1,99}\)\s{0,9}\Z")
WORDLESS = re.compile(r"[\s,;$]*(?:and|or)?[\s,;$]*")

UNWRAPPED = re.compile(r"\\(?:text|mathrm|mathbf|textbf|textit|mbox|operatorname)\s?\{([^{}]*)\}")
FRACTION = re.compile(r"(?P<whole>\d?)\s?\\[dtc]?frac\s?(?:\{(-?\d+)\}|(\d))\s?(?:\{(\d+)\}|(\d))")
SPACING = re.compile(r"\\(?:left|right|displaystyle|[,!;:()\[\] ])|\$|\^\{?\\circ\}?|°")
PLAIN = {"{,}": ",", "\\%": "%", "\\$": "", "\\times": "*", "\\cdot": "*", "\\div": "/", "\\-": "-", "~": " "}


def stated(text: str) -> str:
    """The answer as it is written; "" where there is none."""
    text = _after_thought(text.translate(SIGNS))
    for marked in (_boxed, _tagged, _hashed, _labelled):
        found = marked(text)
        if found is not None:
            return _trimmed(found[:LONGEST])
    return _trimmed(_tail(text))


def plain(answer: str) -> str:
    r"""`answer` without LaTeX's and Markdown's dress where it wears no more than that: ``\frac{1}{2}`` is 1/2."""
    answer = BOLD.sub(r"\1", answer)
    for written, meant in PLAIN.items():
        answer = answer.replace(written, meant)
    answer = UNWRAPPED.sub(r" \1 ", answer)
    answer = FRACTION.sub(_fraction, answer)
    answer = REMARK.sub("", SPACING.sub("", answer).strip())
    return answer.strip().rstrip(".!?").strip()


def _after_thought(text: str) -> str:
    """After the last thought; before one that has no end."""
    begun, _, said = text.rpartition("</think>")
    return said if begun else text.partition("<think>")[0]


def _boxed(text: str) -> str | None:
    """The last box; with those that it is listed with, as a list. None without one that is closed."""
    found: list[str] = []
    start = len(text)
    for box in reversed(list(BOX.finditer(text))):
        end = _closing(text, box.end())
        if end is None or (found and not WORDLESS.fullmatch(text, end + 1, start)):
            break
        if text[box.end() : end] not in found:
            found.insert(0, text[box.end() : end])
        start = box.start()
    return ", ".join(found) if found else None


def _closing(text: str, start: int) -> int | None:
    """Where the brace that was opened before `start` is closed."""
    depth = 1
    for at in range(start, min(len(text), start + LONGEST)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
    return None


def _tagged(text: str) -> str | None:
    tags = list(TAG.finditer(text))
    if len(tags) < 2 or tags[-1][1] != "/" or tags[-2][1]:
        return None
    return text[tags[-2].end() : tags[-1].start()]


def _hashed(text: str) -> str | None:
    """The line after the last ``####``; a heading of words is none, unless nothing comes after it."""
    for found in reversed(list(HASHES.finditer(text))):
        line, _, rest = text[found.end() :].partition("\n")
        if NUMERIC.match(line) or not rest.strip():
            return line.rstrip("# ")
    return None


def _labelled(text: str) -> str | None:
    """The sentence after the last label; of one that is followed by digits or LaTeX, if there is one."""
    found = [_sentence(text[label.end() : label.end() + LONGEST]) for label in LABEL.finditer(text)]
    with_value = [each for each in found if re.search(r"[\d\\]", each)]
    return (with_value or found)[-1] if found else None


def _sentence(text: str) -> str:
    line = text.lstrip().partition("\n")[0]
    end = SENTENCE_END.search(line)
    return line[: end.start()] if end and end.start() else line


def _tail(text: str) -> str:
    """The end of the text, from the beginning of a word."""
    text = text.strip()
    if len(text) <= TAIL or (len(text) <= LONGEST and not PROSE.search(text)):
        return text
    return text[-TAIL:].partition(" ")[2] or text[-TAIL:]


def _trimmed(answer: str) -> str:
    answer = answer.strip()
    return answer.rstrip(".").strip() if answer.endswith(".") and not answer.endswith("\\.") else answer


def _fraction(found: re.Match[str]) -> str:
    above, below = found[2] or found[3], found[4] or found[5]
    if int(below) == 0 or int(above) % int(below) == 0:
        return found[0]
    return f"{found['whole']} {above}/{below} " if found["whole"] else f"{above}/{below}"
