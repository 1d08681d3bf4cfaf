"""Rules that span several keys. Each finding names the key to look at."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.answer_checks import answer_problems, imitation_problems
from curricula.constraint_checks import constraint_problems
from curricula.group_checks import group_problems
from curricula.guard_checks import guard_problems
from curricula.inquiry_checks import inquiry_problems
from curricula.mixing_checks import mixing_problems
from curricula.option_checks import option_problems
from curricula.problem import KeyPath, Problem
from curricula.schema import Curriculum, ScratchModel, SearchSpec
from curricula.search_checks import search_problems
from curricula.secret_checks import secret_problems
from curricula.sense_checks import sense_problems
from curricula.size_checks import size_problems
from curricula.text_checks import template_problems
from curricula.training_checks import training_problems
from curricula.trainings import written
from domains.rewards import called, meant
from domains.spec import DomainSpec
from domains.suggest import did_you_mean

RESERVED = "total"
"""Stands beside the domains' names in every report."""
MOST_ORDERED = 100
"""Beyond it a plan, which looks at every pair and at many draws, takes too long."""


def check(curriculum: Curriculum, *, trains: bool = True) -> list[Problem]:
    """All broken rules, in no particular order. Where nothing `trains`, one domain is enough, and none is ordered."""
    if few := list(_enough_domains(curriculum, trains)):
        return few
    of_domains = (
        _reserved,
        _weights,
        _rewards,
        _chats,
        _decoding,
        *(secret_problems, template_problems, inquiry_problems, answer_problems, option_problems),
    )
    of_training = (
        _too_many,
        _names,
        _merges,
        _given,
        *(group_problems, constraint_problems),
        _explicit,
        _left_out,
        _lengths,
        training_problems,
        mixing_problems,
        guard_problems,
        _primary,
        size_problems,
        *(sense_problems, imitation_problems),
        _search,
    )
    rules = (*of_domains, *of_training) if trains else of_domains
    return [problem for rule in rules for problem in rule(curriculum)]


def _enough_domains(curriculum: Curriculum, trains: bool) -> Iterator[Problem]:
    if not curriculum.domains:
        yield Problem(("domains",), "no domain is defined", hint=f"Define {'two' if trains else 'one'} or more.")
    elif trains and len(curriculum.domains) == 1:
        (only,) = curriculum.domains
        yield Problem(
            ("domains",), "there is nothing to order: only one domain is defined", only, "Define two or more."
        )


def _reserved(curriculum: Curriculum) -> Iterator[Problem]:
    if RESERVED in curriculum.domains:
        yield Problem(("domains", RESERVED), "this name is kept for the mean over all domains", hint="Choose another.")


def _too_many(curriculum: Curriculum) -> Iterator[Problem]:
    schedule, size = curriculum.schedule, len(curriculum.domains)
    free = schedule.order in ("given", "random") and schedule.leave_out != "auto" and not curriculum.baselines.orders
    if size > MOST_ORDERED and not free and schedule.composition != "explicit":
        yield Problem(
            ("domains",),
            f"an order is found for at most {MOST_ORDERED} domains",
            size,
            "Give the order (schedule.order: given) and set baselines.orders to [].",
        )


def _names(curriculum: Curriculum) -> Iterator[Problem]:
    """Every domain that is used is defined."""
    schedule = curriculum.schedule
    used: list[tuple[KeyPath, str]] = [(("stages", name), name) for name in curriculum.stages]
    used += [(("schedule", "given", i), name) for i, name in enumerate(schedule.given or ())]
    if isinstance(schedule.leave_out, tuple):
        used += [(("schedule", "leave_out", i), name) for i, name in enumerate(schedule.leave_out)]
    for i, stage in enumerate(schedule.stages):
        used += [(("schedule", "stages", i, "mixture", name), name) for name in stage.mixture]
    for keys, name in used:
        if name not in curriculum.domains:
            hint = did_you_mean(name, curriculum.domains, name="Defined are")
            yield Problem(keys, "no domain of this name is defined", name, hint)


def _weights(curriculum: Curriculum) -> Iterator[Problem]:
    if not any(spec.weight for spec in curriculum.domains.values()):
        yield Problem(
            ("domains",),
            "the domains' weights must not all be zero",
            hint="Give one domain a positive weight.",
        )
    for name, spec in curriculum.domains.items():
        if not any(reward.weight for reward in spec.rewards):
            yield Problem(
                ("domains", name, "rewards"),
                "the rewards' weights must not all be zero",
                hint="Give one reward a positive weight.",
            )


def _rewards(curriculum: Curriculum) -> Iterator[Problem]:
    for name, spec in curriculum.domains.items():
        found, keys = meant(spec.rewards, spec.metric), ("domains", name, "metric")
        if not found:
            names = {called(reward) for reward in spec.rewards}
            yield Problem(
                keys,
                "must be the name or the type of one of the domain's rewards",
                spec.metric,
                did_you_mean(spec.metric or "", names, name="Its rewards are"),
            )
        elif len(found) > 1:
            yield Problem(
                keys if spec.metric else ("domains", name, "rewards"),
                f"must name one reward for the metric, and {len(found)} are called {called(found[0])!r}",
                hint="Give that one a name of its own, e.g. `name: main`, and write `metric: main`.",
            )
        yield from _scorers(name, spec)


def _chats(curriculum: Curriculum) -> Iterator[Problem]:
    """Of two ways to say what the model is asked, one."""
    for name, spec in curriculum.domains.items():
        if spec.messages and spec.prompt is not None:
            yield Problem(("domains", name, "prompt"), "stands beside `messages`, which says the same", spec.prompt)
        for key in ("messages", "system"):
            if spec.chat == "off" and getattr(spec, key) is not None:
                yield Problem(
                    ("domains", name, key), "is put through the chat template, and `chat` is off", getattr(spec, key)
                )


def _decoding(curriculum: Curriculum) -> Iterator[Problem]:
    """A creative domain's samples are scored as a group: how unlike each other they are counts."""
    for name, spec in curriculum.domains.items():
        how = curriculum.decoding(name)
        if spec.kind == "creative" and (how == "greedy" or how.samples < 2):
            keys: KeyPath = ("domains", name, "decoding") if spec.decoding else ("evaluation", "decoding")
            yield Problem(
                keys,
                f"{name} is creative, and its score is that of a group of at least two samples",
                how if how == "greedy" else how.samples,
                f"Give {name} a decoding of its own, e.g. `decoding: {{samples: 4}}`.",
            )


def _merges(curriculum: Curriculum) -> Iterator[Problem]:
    """Where methods are written: the default leaves out what cannot be done."""
    written = curriculum.baselines
    lora = getattr(curriculum.model, "lora", None)
    if lora is not None and not lora.mergeable:
        rule = "adapters with DoRA or `modules_to_save` cannot be merged"
        for key in ("merges", "interpolate"):
            if getattr(written, key) and key in written.model_fields_set:
                yield Problem(("baselines", key), rule, _plain(getattr(written, key)), "Leave it out.")
        return
    impossible = [method for method in written.merges if method not in curriculum.merges]
    if impossible and "merges" in written.model_fields_set:
        yield Problem(
            ("baselines", "merges"),
            "adapters that a warm-up has trained can only be merged by linear",
            list(written.merges),
            "Write [linear], or leave `model.warmup` out.",
        )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _scorers(name: str, spec: DomainSpec) -> Iterator[Problem]:
    for i, reward in enumerate(spec.rewards):
        if reward.type == "scorer" and spec.source.type != "reasoning_gym":
            yield Problem(
                ("domains", name, "rewards", i, "type"),
                f"the scorer belongs to reasoning_gym tasks, and this domain's source is {spec.source.type}",
                hint="Use exact, numeric or regex.",
            )


def _given(curriculum: Curriculum) -> Iterator[Problem]:
    """`order: given` and `given` come together, and `given` holds each domain that is trained once."""
    schedule = curriculum.schedule
    keys: KeyPath = ("schedule", "given")
    if schedule.order != "given":
        if schedule.given is not None:
            yield Problem(keys, f"is only for `order: given`, and the order is {schedule.order}", list(schedule.given))
        return
    trained = [name for name in curriculum.domains if name not in _left(curriculum)]
    if schedule.given is None:
        yield Problem(
            ("schedule", "order"),
            "`order: given` needs the order itself",
            hint=f"Add `given: [{', '.join(trained)}]`.",
        )
    elif set(schedule.given) <= set(curriculum.domains) and sorted(schedule.given) != sorted(trained):
        yield Problem(
            keys,
            "must hold each domain that is trained once",
            list(schedule.given),
            f"The domains are {', '.join(trained)}.",
        )


def _explicit(curriculum: Curriculum) -> Iterator[Problem]:
    """`composition: explicit` and `stages` come together; mixtures are shares."""
    schedule = curriculum.schedule
    if schedule.composition == "explicit" and not schedule.stages:
        yield Problem(
            ("schedule", "composition"), "`composition: explicit` needs stages", hint="Add `schedule.stages`."
        )
    if schedule.composition != "explicit" and schedule.stages:
        yield Problem(
            ("schedule", "stages"),
            f"is only for `composition: explicit`, and the composition is {schedule.composition}",
            hint="To change one domain's stage, use the top-level key `stages`.",
        )
    for i, stage in enumerate(schedule.stages):
        keys: KeyPath = ("schedule", "stages", i, "mixture")
        for name, share in stage.mixture.items():
            if share < 0:
                yield Problem((*keys, name), "a share must not be negative", share)
            if share > 0 and name in _left(curriculum):
                yield Problem((*keys, name), "this domain is in `leave_out`, so no stage may train on it", share)
        if not any(share > 0 for share in stage.mixture.values()):
            yield Problem(keys, "the shares must not sum to zero", stage.mixture)


def _left_out(curriculum: Curriculum) -> Iterator[Problem]:
    left = _left(curriculum)
    if len(set(left)) != len(left):
        yield Problem(("schedule", "leave_out"), "must name each domain once", list(left))
    if set(curriculum.domains) <= set(left):
        yield Problem(("schedule", "leave_out"), "leaves out every domain, so nothing is trained", list(left))


def _left(curriculum: Curriculum) -> tuple[str, ...]:
    """The domains that the YAML leaves out by name."""
    left = curriculum.schedule.leave_out
    return left if isinstance(left, tuple) else ()


def _lengths(curriculum: Curriculum) -> Iterator[Problem]:
    """With a from-config model, completions leave room for the prompt."""
    if not isinstance(curriculum.model, ScratchModel):
        return
    context = curriculum.model.context
    asked: list[tuple[KeyPath, int | None]] = [(keys, one.max_tokens) for keys, one in written(curriculum)]
    asked += [(("domains", name), spec.max_tokens) for name, spec in curriculum.domains.items()]
    for keys, length in asked:
        if length is not None and length >= context:
            yield Problem((*keys, "max_tokens"), f"must be less than the model's context ({context})", length)


def _primary(curriculum: Curriculum) -> Iterator[Problem]:
    """Whether there are such arms only a scheduler knows; before anything is trained, experiments/run asks it."""
    pair = curriculum.comparison.primary
    if pair is not None and pair.arm == pair.baseline:
        yield Problem(("comparison", "primary"), "an arm cannot be compared with itself", pair.arm)


def _search(curriculum: Curriculum) -> Iterator[Problem]:
    """Only where `search` says something: a curriculum that is never searched need not be fit for it."""
    if curriculum.search != SearchSpec():
        yield from search_problems(curriculum)
