"""domains/sources/stories.py"""

import re
from collections import Counter
from pathlib import Path

from domains.sources.pool import Request
from domains.sources.stories import LONGEST, PER_PROMPT, StoriesSource, load


def told(seed=0):
    return load(StoriesSource(type="stories"), Request(Path(), seed, 10, str)).rows


def test_there_are_many_prompts_with_many_endings_each():
    rows = told()
    pairs = {(row["prompt"], row["answer"]) for row in rows}
    assert len(pairs) == len(rows) >= 3000
    prompts = Counter(row["prompt"] for row in rows)
    assert len(prompts) >= 800
    assert set(prompts.values()) == {PER_PROMPT}


def test_endings_are_short_lower_case_sentences():
    for row in told():
        assert re.fullmatch(r"The [a-z]+ [a-z]+ ", row["prompt"])
        assert re.fullmatch(r"[a-z]+( [a-z]+){1,5}\.", row["answer"])
        assert len(row["answer"]) <= LONGEST


def test_endings_begin_with_the_right_article():
    assert not [
        row["answer"] for row in told() if re.search(r"\ba [aeiou]|\ban [^aeiou]", row["answer"].split(" in ")[0])
    ]


def test_another_seed_tells_other_stories():
    same = sum(a == b for a, b in zip(told(0), told(1), strict=True))
    assert same < len(told()) / 100
