"""The completion's answer is the reference's, as a number or an expression."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import Field

from domains.apart.expressions import serve
from domains.apart.pool import Outcome, pool_of
from domains.apart.worker import Service
from domains.errors import StageError
from domains.example import Example
from domains.rewards.answers import plain, stated
from domains.rewards.base import Mark, Reward, RewardBase, found
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind, always
from domains.rewards.numbers import DENIED, Number, asserted, count, same
from domains.rewards.within import Extract, within

SYMBOLS = re.compile(r"[\\^√π∞]|\*\*|(?<![A-Za-z'])[A-Za-z](?![A-Za-z'])|\b(?:sqrt|sin|cos|tan|log|ln|exp|pi)\b")
LETTERS_OF_NUMBERS = re.compile(r"(?<=\d)[eE][-+]?\d|(?<=\d)\s[mgshl]\Z")
"""Powers of ten, and units of one letter."""
WORDS = re.compile(
    r"(?!sqrt|sin|cos|tan|log|exp)(?<![\\a-zA-Z])[a-zA-Z]{3,}"
    r"|\b(?i:am|an|as|at|be|by|he|if|in|is|it|me|my|no|of|on|or|so|to|we)\b"
)
LONGEST = 60
"""Characters of an expression without LaTeX."""
LISTED = re.compile(r"[(\[{]?-?[\d./]+(?:\s*(?:,\s*and\b|,|\band\b)\s*-?[\d./]+)+[)\]}]?\Z")
FACTORIAL = re.compile(r"\d+!")
LETTERS = re.compile(r"[A-Za-z][A-Za-z' -]*")
ARTICLE = re.compile(r"(?i)(?:the|an|a)\s+(?=\w)")
MEMORY = 4 << 30
"""Bytes of address space for math-verify: ``2^{10^{11}}`` asks for more than machines have."""
READ = 256
"""Reference expressions that are read before anything is trained, of each split."""
MOST = 4
"""Processes side by side, where completions are hard."""


VERSION = Version(2, ("math-verify", "latex2sympy2_extended", "sympy"))


class NumericReward(RewardBase):
    """1 where the completion's last number or expression equals the answer's (by math-verify), else 0."""

    type: Literal["numeric"]
    tolerance: float = Field(0.0, ge=0)
    """Relative tolerance with which decimals are compared; 0: they must be equal."""
    limit: float = Field(2.0, gt=0, le=600)
    """Seconds of processor time for one completion; what takes longer scores 0 and is counted as stopped."""
    extract: Extract | None = None
    """Where the answer stands in a completion: a regular expression with one group; default: the whole completion."""


Kind = Literal["nothing", "number", "list", "expression", "unclear", "words"]
"""`unclear` holds digits and no single number: a sum that was not carried out, several candidates."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a text states, and how it is understood."""

    stated: str
    plain: str
    kind: Kind
    number: Number | None = None

    @property
    def words(self) -> str:
        """For comparison of texts: the case and the article of words do not count, nor brackets around them."""
        bare = self.plain.strip(" \"'`*()[]{}")
        if LETTERS.fullmatch(bare):
            return " ".join(ARTICLE.sub("", bare, count=1).split()).casefold()
        return " ".join(self.plain.split())

    @property
    def prose(self) -> bool:
        """Whether it is a sentence rather than an answer alone."""
        return bool(WORDS.search(self.plain))


@dataclass(frozen=True, slots=True)
class Question:
    """What only math-verify can say: whether two expressions are equal."""

    gold: str
    text: str
    said: str | None = None
    """The answer that was found, where that is known without it."""


def build(spec: NumericReward, train: Sequence[Example]) -> Reward:
    """Equal text is right; plain numbers are compared as exact fractions, the rest by math-verify in another process.

    An unevaluated sum does not count as its value, so that repeating the question ("12+7") earns nothing; neither do
    several candidates, nor a number that is denied ("not 42"). What was found is the number or expression.
    """

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        return judge_all(example.reference, completions, spec.tolerance, spec.limit)

    return within(spec.extract, reward)


def judge_all(gold: str, texts: Sequence[str], tolerance: float, limit: float) -> list[Mark]:
    """A mark for each text; what needs math-verify is asked once, together. StageError where it cannot be asked."""
    wanted = read(gold, reference=True)
    first = [_at_once(wanted, read(text), text.strip() == gold.strip(), tolerance) for text in texts]
    asked = [one for one in dict.fromkeys(first) if isinstance(one, Question)]
    told = dict(zip(asked, _answers(asked, tolerance, limit), strict=True))
    return [told[one] if isinstance(one, Question) else one for one in first]


def judge(gold: str, text: str, tolerance: float = 0.0, limit: float = 2.0) -> Mark:
    """`judge_all` for one text."""
    return judge_all(gold, [text], tolerance, limit)[0]


def unscorable(answers: Iterable[str], limit: float) -> str | None:
    r"""The first answer that holds neither a number nor an expression, nor a name in ``\text{…}``; None where all do.

    Of expressions, math-verify reads the first `READ`: plain numbers take microseconds, these milliseconds.
    """
    hard: list[str] = []
    for answer in answers:
        one = read(answer, reference=True)
        named = one.kind == "words" and "\\text" in one.stated
        if one.kind in ("nothing", "words", "unclear") and not named and (one.kind != "unclear" or one.prose):
            return answer
        if one.kind != "number" and not named and len(hard) < READ:
            hard.append(answer)
    outcomes = _ask([Question(text, text) for text in map(stated, hard)], 0.0, limit)
    return next((answer for answer, one in zip(hard, outcomes, strict=True) if one.stopped or not one.value[2]), None)


@lru_cache(maxsize=4096)
def read(text: str, *, reference: bool = False) -> Read:
    """What `text` states. Never raises; linear in the text. A reference's "5!" is a factorial, a model's joy over 5."""
    answer = stated(text)
    bare = plain(answer)
    if reference and FACTORIAL.fullmatch(answer):
        return Read(answer, answer, "expression")
    return Read(answer, bare, *_understood(answer, bare))


def _understood(answer: str, bare: str) -> tuple[Kind, Number | None]:
    if not bare:
        return "nothing", None
    if is_symbolic(bare):
        return ("nothing" if DENIED.search(re.split(r"[$\\]", answer, maxsplit=1)[0]) else "expression"), None
    if not (numbers := count(bare)):
        return ("words" if re.search(r"\w", bare) else "nothing"), None
    if numbers > 1 and "=" not in bare and not WORDS.search(bare) and LISTED.fullmatch(bare):
        return "list", None
    number = asserted(bare)
    return ("number" if number else "unclear"), number


def is_symbolic(bare: str) -> bool:
    """LaTeX, or a short expression with powers or variables rather than a sentence with numbers in it."""
    if "\\" in bare:
        return True
    letters = LETTERS_OF_NUMBERS.sub("", bare)
    return len(bare) <= LONGEST and bool(SYMBOLS.search(letters)) and not WORDS.search(bare)


def _at_once(gold: Read, said: Read, equal: bool, tolerance: float) -> Mark | Question:
    """The mark, where it takes no parser."""
    if said.kind == "nothing":
        return Mark(0.0, None)
    if equal or gold.words == said.words:
        return Mark(1.0, said.number.text if said.number else said.stated)
    if gold.number and said.number:
        return Mark(float(same(gold.number, said.number, tolerance)), said.number.text)
    letters = len(gold.words) == len(said.words) == 1 and (gold.words + said.words).isalpha()
    if letters or gold.kind in ("nothing", "words"):
        # Words and letters are the same text or another one.
        return Mark(0.0, said.number.text if said.number else said.stated)
    return _question(gold, said) or Mark(0.0, None)


def _question(gold: Read, said: Read) -> Question | None:
    """What math-verify is asked; None where the text holds nothing to be compared."""
    wanted = gold.number.plain if gold.number else gold.stated
    if said.number:
        # Of a sentence only the number: as a formula, "the answer is 2" would be a product of letters.
        return Question(wanted, said.number.plain if said.prose else said.stated, said.number.text)
    if gold.kind == "list" and (listed := LISTED.search(said.plain)):
        return Question(wanted, listed[0], listed[0])
    asked = said.kind == "expression" or (said.kind == "list" and not gold.number)
    return Question(wanted, said.stated) if asked else None


def _answers(asked: Sequence[Question], tolerance: float, limit: float) -> list[Mark]:
    return [_mark(one, outcome) for one, outcome in zip(asked, _ask(asked, tolerance, limit), strict=True)]


def _mark(asked: Question, outcome: Outcome) -> Mark:
    if outcome.stopped:
        return Mark(0.0, None, stopped=True)
    right, parsed, _ = outcome.value
    return Mark(float(right), asked.said or found(parsed or ""))


def _ask(asked: Sequence[Question], tolerance: float, limit: float) -> list[Outcome]:
    """Outcomes that hold a value or were stopped. A process that died of a text was stopped by it."""
    if not asked:
        return []
    outcomes = pool_of(Service(serve, memory=MEMORY, name="numeric"), MOST).run(
        [[one.gold, one.text, tolerance] for one in asked], limit
    )
    if failed := next((one.failure for one in outcomes if one.failure), None):
        raise StageError("reward", f"math-verify cannot be asked: {failed}")
    return [Outcome(stopped=True) if one.died else one for one in outcomes]


KIND = RewardKind(
    spec=NumericReward,
    version=VERSION,
    compares=always,
    build=build,
    packages=("math-verify",),
    unreadable=lambda spec, answers: unscorable(answers, spec.limit),
)
