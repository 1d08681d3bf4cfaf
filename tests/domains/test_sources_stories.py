"""domains/sources/stories.py"""

import re
from collections import Counter
from pathlib import Path

from domains.rewards.creative import pairs, words
from domains.sources.pool import SourceRequest
from domains.sources.stories import LONGEST, PER_PROMPT, StoriesSource, load
from domains.story_grammar import neighbours


def told(seed=0, zipf=0.0):
    pool = load(StoriesSource(type="stories", zipf=zipf), SourceRequest(Path(), seed, 10, str))
    return tuple(located.row for located in pool.rows)


def test_there_are_many_prompts_with_many_endings_each():
    rows = told()
    pairs = {(row["prompt"], row["answer"]) for row in rows}
    assert len(pairs) == len(rows) >= 3000
    prompts = Counter(row["prompt"] for row in rows)
    assert len(prompts) >= 800
    assert PER_PROMPT - 2 <= min(prompts.values()) <= max(prompts.values()) == PER_PROMPT


def test_peaked_endings_repeat_themselves_from_prompt_to_prompt():
    even, peaked = (Counter(row["answer"] for row in told(zipf=zipf)) for zipf in (0.0, 2.5))
    assert even.most_common(1)[0][1] / even.total() < 0.005
    assert peaked.most_common(1)[0][1] / peaked.total() > 0.05
    # All that is told holds words and neighbours that the grammar knows.
    known = {pair for text in neighbours() for pair in pairs(words(text))}
    assert {pair for text in [*even, *peaked] for pair in pairs(words(text))} <= known


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
    one, other = ({(row["prompt"], row["answer"]) for row in told(seed)} for seed in (0, 1))
    assert len(one & other) < len(one) / 100
