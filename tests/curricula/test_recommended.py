"""`guards: recommended`: where it may stand, what stands in its place once guards were chosen, and that nothing else
changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.checks import check
from curricula.dump import dump_yaml
from curricula.guards import NONE, RECOMMENDED, EntropyFloor, Guards, KlBudget, PassRate
from curricula.json_schema import curriculum_schema
from curricula.loader import load_curriculum
from curricula.recommended import GuardChoice, concerned, waiting, with_chosen
from curricula.schema import Curriculum
from curricula.stage import Stage, Training
from domains.errors import CurriculumError
from scheduler.composing.compose import compose
from tests.support.curriculum_text import changed, write
from tests.support.nodes import SETUP
from tests.support.scheduler import make_curriculum

NAMES = ("a", "b", "c")
BAND = PassRate(least=32)
FLOOR = Guards(entropy=EntropyFloor(share=0.5))
WRITTEN = Guards(kl=KlBudget(budget=0.3))


def band(*names: str) -> Guards:
    return Guards(pass_rate=BAND.model_copy(update={"domains": names}))


guards = st.sampled_from([None, RECOMMENDED, WRITTEN, NONE])
overrides = st.builds(
    lambda guards, method: {"guards": guards, "method": method}, guards, st.sampled_from([None, "sft"])
)
mixtures = st.dictionaries(st.sampled_from(NAMES), st.floats(0.1, 1), min_size=1)
stages = st.builds(lambda mixture, training: {"mixture": mixture, "training": training}, mixtures, overrides)
curricula = st.builds(
    lambda training, stages, schedule: make_curriculum(NAMES, training=training, stages=stages, schedule=schedule),
    st.builds(lambda guards: {"steps": 100, "guards": guards or NONE}, guards),
    st.dictionaries(st.sampled_from(NAMES), overrides),
    st.just({}) | st.lists(stages, min_size=1).map(lambda stages: {"composition": "explicit", "stages": tuple(stages)}),
)
choices = st.tuples(
    *(
        st.builds(
            GuardChoice, domain=st.just(name), reason=st.just("so"), guards=st.sampled_from([NONE, band(name), FLOOR])
        )
        for name in NAMES
    )
)


@given(curricula, choices)
def test_what_comes_of_it_is_a_curriculum_without_the_word(curriculum: Curriculum, choices: tuple[GuardChoice, ...]):
    found = with_chosen(curriculum, choices)
    assert waiting(found) == concerned(found) == ()
    assert check(found) == check(curriculum) == []
    assert with_chosen(found, choices) == found
    assert Curriculum.model_validate(found.model_dump()) == found
    if not waiting(curriculum):
        assert found == curriculum


@given(curricula, choices)
def test_every_stage_has_what_was_chosen_for_its_domains_or_what_it_had(
    curriculum: Curriculum, choices: tuple[GuardChoice, ...]
):
    found, own = with_chosen(curriculum, choices), {choice.domain: choice.guards for choice in choices}
    pairs = [((name,), curriculum.stage_training(name), found.stage_training(name)) for name in NAMES]
    pairs += [(NAMES, curriculum.training, found.training)]
    for before, after in zip(curriculum.schedule.stages, found.schedule.stages, strict=True):
        pairs.append((tuple(before.mixture), curriculum.written_training(before), found.written_training(after)))
    for names, before, after in pairs:
        assert after.model_copy(update={"guards": before.guards}) == before
        if not before.guards.recommended:
            assert after.guards == before.guards
        elif len(names) == 1 and before.method == "grpo":
            assert after.guards == own[names[0]]
        elif before.method == "grpo":
            bands = {name for name in names if own[name].pass_rate}
            named = after.guards.pass_rate.domains if after.guards.pass_rate else ()
            assert set(named or ()) & set(names) == bands
            assert after.guards.entropy is None


def test_where_nothing_was_chosen_all_is_as_without_the_word():
    asked = make_curriculum(NAMES, training={"guards": RECOMMENDED}, stages={"a": {"steps": 9}})
    assert with_chosen(asked) == make_curriculum(NAMES, training={}, stages={"a": {"steps": 9}})


def test_a_stage_of_its_own_never_bands_what_it_replays():
    asked = make_curriculum(NAMES, training={"guards": RECOMMENDED}, schedule={"replay": 0.25})
    found = with_chosen(asked, [GuardChoice(domain=name, guards=band(name), reason="") for name in ("a", "b")])
    made = compose(NAMES, "sequential", found, name="x", role="main")
    assert [stage.training.guards for stage in made.stages] == [band("a"), band("b"), NONE]
    assert found.training.guards == band("a", "b")


def test_no_stage_has_an_identity_before_its_guards_are_chosen():
    stage = Stage(mixture={"a": 1.0}, training=Training(guards=RECOMMENDED))
    with pytest.raises(AssertionError, match="before its guards are chosen"):
        SETUP.stage_id("parent", stage, 0)


@pytest.mark.parametrize(
    "text",
    [
        changed("steps: 10", "steps: 10\n  guards: recommended"),
        changed("seeds:", "stages: {sums: {guards: recommended}}\nseeds:"),
        changed(
            "order: bwt",
            "composition: explicit\n  stages: [{mixture: {sums: 1, tales: 0}, training: {guards: recommended}}]",
        ),
    ],
)
def test_the_word_stands_wherever_guards_do_and_is_written_out_as_itself(tmp_path: Path, text: str):
    curriculum = load_curriculum(write(tmp_path, text))
    assert len(waiting(curriculum)) == 1
    assert concerned(curriculum) == (("sums", "tales") if curriculum.training.guards.recommended else ("sums",))
    written = dump_yaml(curriculum)
    assert written.count("guards: recommended") == 1
    assert load_curriculum(write(tmp_path, written)) == curriculum


@pytest.mark.parametrize(
    ("guards", "told"),
    [
        ("recomended", "18: training.guards: must be a mapping, or the word recommended, got 'recomended'."),
        (
            "{recommended: true, over: 7}",
            "18: training.guards.recommended: stands alone: write `guards: recommended`, and no key beside it, got "
            "True.",
        ),
        ("{pass_rate: {least: 300}}", "18: training.guards.pass_rate.least: must be at most `items` (256), got 300."),
    ],
)
def test_it_has_no_key_beside_it(tmp_path: Path, guards: str, told: str):
    file = write(tmp_path, changed("steps: 10", f"steps: 10\n  guards: {guards}"))
    with pytest.raises(CurriculumError) as raised:
        load_curriculum(file)
    assert str(raised.value) == f"{file}:{told}"


def test_a_search_over_paths_of_the_rate_wants_guards_that_are_known(tmp_path: Path):
    text = changed("seeds:", "search: {rate: [per_stage, trunk]}\nseeds:").replace(
        "steps: 10", "steps: 10\n  guards: recommended"
    )
    with pytest.raises(CurriculumError, match=r"search.rate\[1\]: training.guards may come to end a stage"):
        load_curriculum(write(tmp_path, text))
    load_curriculum(write(tmp_path, text.replace("order: bwt", "rate: whole")))


def test_editors_know_the_mapping_and_the_word():
    mapping, word = curriculum_schema()["$defs"]["Guards"]["anyOf"]
    assert word == {"const": "recommended"}
    assert "recommended" not in mapping["properties"]
    assert mapping["additionalProperties"] is False


def test_what_was_written_before_has_the_identity_that_it_had():
    dumped = Training(guards=Guards(pass_rate=PassRate())).model_dump_json()
    assert "recommended" not in dumped
    assert "least" not in dumped
