"""domains/patterns.py, and every regular expression of ours: none may take more than linear time."""

import re
import threading
import time

import pytest
import regex
from hypothesis import assume, example, given
from hypothesis import strategies as st

from curricula import overrides, text_checks, type_hints, yaml_hints
from curricula.starter import NAME
from curricula.yaml_core import SCALARS
from domains import diversity, patterns
from domains.patterns import compiled, full_match, search
from domains.preparation import leaks
from domains.rewards import answers, creative, numbers, numeric
from domains.sources import paths
from experiments.cli.options import SEEDS
from experiments.store.layout import RUN
from tests.support.growth import grows_too_fast

ENDLESS = r"(?:a|aa)+"
LETTERS = "a" * 60 + "b"


@pytest.mark.slow
@pytest.mark.parametrize("match", [full_match, search])
def test_a_match_without_end_is_stopped(match):
    with pytest.raises(TimeoutError):
        match(compiled(ENDLESS + "c|" + ENDLESS + "$"), LETTERS)


@pytest.mark.slow
def test_other_threads_do_not_use_up_the_time():
    done = threading.Event()
    others = [threading.Thread(target=lambda: [None for _ in iter(done.is_set, True)]) for _ in range(2)]
    for other in others:
        other.start()
    start = time.thread_time()
    with pytest.raises(TimeoutError):
        full_match(compiled(ENDLESS), LETTERS)
    own = time.thread_time() - start
    done.set()
    for other in others:
        other.join()
    assert own > patterns.LIMIT / 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", r"\(missing \) at position 1\)"),
        ("[", "unterminated character set"),
        ("a**", "multiple repeat"),
        ("a{99999999999999}", "repeat count too big"),
        ("(" * 3000 + ")" * 3000, "nested too deeply"),
        ("x_{i}", r"a brace that is no count is written \\\{, got '\{i\}'"),
        ("a{e<=2}b", "a brace that is no count"),
        ("a{1<=e<=2}", "a brace that is no count"),
        ("(?:ab){s<=2:[a-z]}", "a brace that is no count"),
        ("(?x)a{ e }", "a brace that is no count"),
        ("{error}", "a brace that is no count"),
        ("{d", "a brace that is no count"),
    ],
)
def test_what_is_no_expression_is_refused(text, said):
    with pytest.raises(ValueError, match=said) as caught:
        compiled(text)
    assert str(caught.value).startswith("must be a regular expression")


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        (r"x_\{i\}", "x_{i}"),
        (r'{"answer": (\d+)}', '{"answer": 10}'),
        (r"a{2}b{1,}c{,3}", "aabcc"),
        (r"\p{digit}\N{DIGIT ONE}", "71"),
        (r"\\{2}", "\\\\"),
        (r"(?<=^a+)b", None),
    ],
)
def test_braces_that_mean_themselves_and_counts_are_accepted(text, matched):
    assert matched is None or full_match(compiled(text), matched)


QUANTIFIERS = ["", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "*+"]
ATOMS = ["a", "b", "1", " ", ".", r"\d", r"\w", r"\s", r"\W", "[ab]", "[^a]", r"[\w.]", "^", "$", r"\b", r"\Z", "(?=a)"]


def grown(inner):
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map("".join),
        pairs.map("|".join),
        st.tuples(st.sampled_from(["({})", "(?:{})", "(?>{})", "(?i:{})"]), inner, st.sampled_from(QUANTIFIERS)).map(
            lambda parts: parts[0].format(parts[1]) + parts[2]
        ),
    )


@given(st.recursive(st.sampled_from(ATOMS), grown, max_leaves=6), st.text("ab1 _.\nAé", max_size=8))
def test_it_matches_what_re_matches(pattern, text):
    try:
        ours = re.compile(pattern)
    except re.error:
        assume(False)
    for method in ("fullmatch", "search"):
        one, other = getattr(ours, method)(text), getattr(regex.compile(pattern), method)(text)
        assert (one and one.span()) == (other and other.span())


OURS = {
    "creative.FORM": re.compile(creative.FORM).fullmatch,
    "creative.FORM as it is matched": lambda text: full_match(compiled(creative.FORM), text),
    "creative.words": creative.words,
    "answers.stated": answers.stated,
    "answers.plain": answers.plain,
    "answers.LABEL": answers.LABEL.findall,
    "numbers.NUMBER": numbers.NUMBER.findall,
    # All others see at most `answers.LONGEST` characters.
    "numeric.read": numeric.read.__wrapped__,
    "patterns.BRACES": lambda text: list(patterns.BRACES.finditer(text)),
    "diversity.TOKEN": diversity.TOKEN.findall,
    "leaks.normal": leaks.normal,
    "leaks.WORD": leaks.WORD.findall,
    "paths.VARIABLE": lambda text: paths.VARIABLE.sub("", text),
    **{f"yaml_core {name}": re.compile(f"(?:{text})\\Z").match for name, (text, _) in SCALARS.items()},
    "starter.NAME": NAME.fullmatch,
    "options.SEEDS": SEEDS.fullmatch,
    "store.RUN": RUN.fullmatch,
    "overrides.KEY": overrides.KEY.fullmatch,
    "overrides.STEP": overrides.STEP.findall,
    "text_checks.NO_REMARK": text_checks.NO_REMARK.match,
    "text_checks.SEVERAL_WORDS": text_checks.SEVERAL_WORDS.search,
    "type_hints.SPOILT_PAIR": type_hints.SPOILT_PAIR.fullmatch,
    "yaml_hints.COMMENT": yaml_hints.COMMENT.search,
    "yaml_hints.VALUE": yaml_hints.VALUE.match,
}
PIECES = st.text("a1 .,;!?'’-^*/\\{}(+$<eE\né", max_size=4)


@pytest.mark.parametrize("name", OURS)
@given(PIECES, PIECES.filter(bool), PIECES)
@example("", "a", "#")
@example("", " ", "#")
@example("1", ".", "a")
@example("a", " .", "#")
@example("a.", " ", "1")
@example("", "a ", "")
@example("", "a'", "")
@example("", "^", "")
@example("", "1,111", "#")
def test_our_own_expressions_take_linear_time(name, before, pump, after):
    assert not grows_too_fast(OURS[name], before, pump, after)


@pytest.mark.slow
def test_quadratic_time_is_noticed():
    assert grows_too_fast(re.compile("a*a*b").fullmatch, "", "a", "")


OLD_FORM = r"\s*[^\W\d_]+(?:['’-][^\W\d_]+)*(?:[,;:.!?]?\s+[^\W\d_]+(?:['’-][^\W\d_]+)*)*[.!?]\s*"


@pytest.mark.slow
@given(st.text("ab1 .,!?'-\n", max_size=14) | st.from_regex(OLD_FORM, fullmatch=True, alphabet="abé1 .,!?’-\n"))
def test_a_form_that_gives_nothing_back_accepts_the_same(text):
    assert bool(full_match(compiled(creative.FORM), text)) == bool(re.fullmatch(OLD_FORM, text))
