"""Groups of domains that are probed together: each rule is broken once."""

from __future__ import annotations

import pytest

from curricula.dump import dump_yaml
from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from tests.support.curriculum_text import GOOD, write

MORE = (
    "  more:\n    kind: structured\n    source: {type: reasoning_gym, task: gcd}\n    rewards:\n      - type: exact\n"
)
THREE = GOOD.replace("  tales:", f"{MORE}  tales:")
AT = "25: schedule.probing.groups"


def grouped(groups, schedule=""):
    return THREE.replace("order: bwt", f"order: bwt\n  probing: {{groups: {groups}}}{schedule}")


BROKEN = [
    (
        grouped("{words: [sums, more]}", "\n  leave_out: [more]"),
        f"{AT}.words[1]: is left out of the schedule, got 'more'. Take it out of the group.",
    ),
    (
        grouped("{words: [sums, more]}") + "baselines: {adaptive: [transfer]}\n",
        f"{AT}: cannot be with adaptive mixing by `transfer`, which goes by what whole stages did to their own domain. "
        "Mix by another rule, or probe each domain by itself.",
    ),
    (
        grouped("{words: [sums, tails]}"),
        f"{AT}.words[1]: no domain of this name is defined, got 'tails'. Did you mean 'tales'?",
    ),
    (
        grouped("{words: [sums, tales], numbers: [more, sums]}"),
        f"{AT}.numbers: sums is in words already, and a domain is probed once, got ['more', 'sums']. "
        "Leave it out of one of them.",
    ),
    (
        grouped("{words: [sums, sums]}"),
        f"{AT}.words: names sums 2 times, got ['sums', 'sums']. Name it once.",
    ),
    (
        grouped("{all: [sums, more, tales]}"),
        f"{AT}.all: holds every domain, so one probe would stand for all and nothing could be ordered, "
        "got ['sums', 'more', 'tales']. Make two groups or more, or leave some domains to their own probes.",
    ),
    (
        grouped("{tales: [sums, more]}"),
        f"{AT}.tales: a domain has this name, so no group can have it, got 'tales'. Choose another.",
    ),
    (
        grouped("{total: [sums, more]}"),
        f"{AT}.total: this name is kept, so no group can have it, got 'total'. Choose another.",
    ),
    (
        grouped("{words: [sums, tales]}") + "stages: {tales: {method: sft}}\n",
        f"{AT}.words: one stage has one method, and its members are trained by several: sums by grpo, tales by sft. "
        "Group domains of one method.",
    ),
    (
        grouped("{words: [sums, tales]}", "\n  leave_out: auto"),
        f"{AT}: cannot be with `leave_out: auto`: a group's probe does not tell which of its members harms. "
        "Probe each domain by itself, or leave domains and their groups out by name.",
    ),
    (
        grouped("{words: [sums, tales]}", "\n  composition: explicit\n  stages: [{mixture: {sums: 1}}]"),
        f"{AT}: is for what finds an order, and the composition is explicit. "
        "Leave it out: explicit stages need no probes.",
    ),
    (grouped("{words: []}"), f"{AT}.words: must have at least 1 entry, got []."),
]


@pytest.mark.parametrize(("text", "line"), BROKEN)
def test_each_rule_names_the_group_and_what_to_do(tmp_path, text, line):
    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(file)
    assert str(caught.value).startswith(f"{file}:{line}")
    assert "\n" not in str(caught.value)


FINE = ["{words: [tales, sums]}", "{words: [tales], numbers: [more, sums]}", "{one: [sums]}"]


@pytest.mark.parametrize("groups", FINE)
def test_groups_that_can_be_probed_are_taken_and_written_back(tmp_path, groups):
    curriculum = load_curriculum(write(tmp_path, grouped(groups)))
    assert load_curriculum(write(tmp_path, dump_yaml(curriculum))) == curriculum


def test_without_groups_nothing_is_written_of_them(tmp_path):
    assert "groups" not in dump_yaml(load_curriculum(write(tmp_path, THREE)))


def test_what_is_gone_says_what_it_was(tmp_path):
    file = write(tmp_path, GOOD.replace("order: bwt", "order: bwt\n  probing: {joint: true, stable: 0.9}"))
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(file)
    line = "20: schedule.probing.stable: ended adaptive probing, which is no more, got 0.9. Leave it out."
    assert str(caught.value) == f"{file}:{line}"
