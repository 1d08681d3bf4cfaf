"""Mistakes in a curriculum, and the one line that each must get."""

from __future__ import annotations

from domains.rewards import KINDS
from tests.support.bad_texts import TEXTS

SOURCE = "    source:\n      type: stories"
UNKNOWN = [
    (
        ("task:", "tsk:"),
        "c.yaml:7: domains.sums.source.tsk: unknown key, got 'chain_sum'. Did you mean 'task'?",
    ),
    (
        (SOURCE, "    sorce:\n      type: stories"),
        "c.yaml:12: domains.tales.sorce: unknown key, got {'type': 'stories'}. Did you mean 'source'?",
    ),
    (
        ("type: scratch", "type: scratch\n  lora: {rank: 8}"),
        "c.yaml:4: model.lora: unknown key, got {'rank': 8}. It is a key of `type: pretrained`.",
    ),
    (
        ("steps: 10", "steps: 10\n  stepz: 11\n  nix: 3"),
        "c.yaml:18: training.stepz: unknown key, got 11. Did you mean 'steps'? (1 more)",
    ),
    (
        ("seeds: [0, 1]", "stages:\n  tales: {step: 4}"),
        "c.yaml:21: stages.tales.step: unknown key, got 4. Did you mean 'steps'?",
    ),
    (
        ("      - type: exact", "      - type: exact\n        wait: 1"),
        "c.yaml:10: domains.sums.rewards[0].wait: unknown key, got 1. Did you mean 'weight'?",
    ),
]
CHOICES = [
    (
        ("type: stories", "type: story"),
        "c.yaml:13: domains.tales.source.type: must be one of reasoning_gym, file, hub, stories, "
        "mix, got 'story'. Did you mean 'stories'?",
    ),
    (
        ("type: exact", "type: exactly"),
        f"c.yaml:9: domains.sums.rewards[0].type: must be one of {', '.join(KINDS)}, got 'exactly'. "
        "Did you mean 'exact'?",
    ),
    (
        ("order: bwt", "order: alphabetical"),
        "c.yaml:19: schedule.order: must be one of bwt, bwt_entropy, entropy, greedy, given, random, reverse, "
        "got 'alphabetical'.",
    ),
    (
        ("kind: creative", "kind: creativ"),
        "c.yaml:11: domains.tales.kind: must be one of structured, creative, got 'creativ'. Did you mean 'creative'?",
    ),
    (
        ("order: bwt", "order:"),
        "c.yaml:19: schedule.order: must be one of bwt, bwt_entropy, entropy, greedy, given, random, reverse, "
        "but nothing is written here.",
    ),
    (
        ("order: bwt", "leave_out: autoo"),
        "c.yaml:19: schedule.leave_out: must be one of none, auto, or a list, got 'autoo'. Did you mean 'auto'?",
    ),
]
MISSING = [
    (("name: demo\n", ""), "c.yaml:1: name: this key is required. Add it."),
    (
        ("    kind: creative\n", ""),
        "c.yaml:10: domains.tales.kind: this key is required. One of: structured, creative.",
    ),
    (
        ("type: stories", "typ: stories"),
        "c.yaml:12: domains.tales.source.type: this key is required. One of: file, hub, mix, reasoning_gym, stories.",
    ),
    (
        ("      - type: creative", "      - type: regex"),
        "c.yaml:15: domains.tales.rewards[0].pattern: this key is required. Add it.",
    ),
    (("type: scratch", "type: pretrained"), "c.yaml:2: model.id: this key is required. Add it."),
    (
        ("    rewards:\n      - type: creative\n", ""),
        "c.yaml:10: domains.tales.rewards: this key is required. Say what marks the answers, e.g. `rewards: "
        "[{type: exact}]` for what is right or wrong, `[{type: creative}]` for texts.",
    ),
]
TYPES = [
    (
        ("steps: 10", "steps: '10'"),
        "c.yaml:17: training.steps: must be a whole number, got '10'. Write digits only, without quotes.",
    ),
    (
        ("steps: 10", "steps: 1e1"),
        "c.yaml:17: training.steps: must be a whole number, got 10.0. Write digits only, without quotes.",
    ),
    (
        ("steps: 10", "steps: true"),
        "c.yaml:17: training.steps: must be a whole number, got True. Write digits only, without quotes.",
    ),
    (
        ("steps: 10", "steps:"),
        "c.yaml:17: training.steps: must be a whole number, but nothing is written here. "
        "Write a value, or leave the key out.",
    ),
    (
        ("steps: 10", "learning_rate: fast"),
        "c.yaml:17: training.learning_rate: must be a number, got 'fast'.",
    ),
    (("name: demo", "name: 12"), "c.yaml:1: name: must be text, got 12. Put it in quotes."),
    (("seeds: [0, 1]", "seeds: 3"), "c.yaml:20: seeds: must be a list, got 3. Write [a, b]."),
    (
        (SOURCE, "    source: stories"),
        "c.yaml:12: domains.tales.source: must be a mapping, got 'stories'. "
        "Write `type: stories` on the next line, indented.",
    ),
    (
        ("type: exact", "type: exact\n        strip: yes"),
        "c.yaml:10: domains.sums.rewards[0].strip: must be true or false, got 'yes'. "
        "Write true or false, without quotes.",
    ),
    (
        ("    kind: structured", "    kind: structured\n    prompt: {question}"),
        "c.yaml:7: domains.sums.prompt: must be text, got {'question': None}. "
        "Text that starts with { or holds ': ' must stand in quotes.",
    ),
    (
        ("order: bwt", "leave_out: [3]"),
        "c.yaml:19: schedule.leave_out[0]: must be text, got 3. Put it in quotes.",
    ),
]
LIMITS = [
    (("steps: 10", "steps: 0"), "c.yaml:17: training.steps: must be greater than 0, got 0."),
    (("steps: 10", "steps: -5"), "c.yaml:17: training.steps: must be greater than 0, got -5."),
    (
        ("steps: 10", "rollouts: 1"),
        "c.yaml:17: training.rollouts: must be at least 2, got 1. GRPO compares the completions of one prompt.",
    ),
    (("order: bwt", "replay: 1"), "c.yaml:19: schedule.replay: must be less than 1, got 1."),
    (("order: bwt", "lr_decay: 1.5"), "c.yaml:19: schedule.lr_decay: must be at most 1, got 1.5."),
    (
        ("order: bwt", "constraints: {loss: {tales: 2}}"),
        "c.yaml:19: schedule.constraints.loss.tales: must be at most 1, got 2.",
    ),
    (
        ("order: bwt", "constraints: {entropy: {tale: 2}}"),
        "c.yaml:19: schedule.constraints.entropy.tale: no domain of this name is defined, got 'tale'. Did you mean "
        "'tales'?",
    ),
    (
        ("order: bwt", "order: greedy\n  constraints: {loss: 0.1}"),
        "c.yaml:20: schedule.constraints: is kept by `order: bwt` and `order: bwt_entropy` alone, and the order is "
        "greedy. Write `order: bwt`, or leave it out.",
    ),
    (("seeds: [0, 1]", "seeds: []"), "c.yaml:20: seeds: must have at least 1 entry, got []."),
    (("seeds: [0, 1]", "seeds: [1, 1]"), "c.yaml:20: seeds: must be distinct, got [1, 1]."),
    (
        ("type: scratch", "type: scratch\n  hidden_size: 90"),
        "c.yaml:4: model.hidden_size: must be divisible by 2 × heads (8), got 90.",
    ),
    (
        ("name: demo", "name: My Demo"),
        "c.yaml:1: name: must be at most 64 lower-case letters, digits, '-' and '_', and start with a "
        "letter or digit, got 'My Demo'.",
    ),
    (
        ("  sums:", "  1st:"),
        "c.yaml:5: domains.1st: a domain's name must be at most 32 letters, digits, '-' and '_', and "
        "start with a letter, got '1st'.",
    ),
]
NUMBERS = [
    (
        ("steps: 10", "learning_rate: .inf"),
        "c.yaml:17: training.learning_rate: a number must be finite and of sensible size, got '.inf'.",
    ),
    (
        ("steps: 10", "learning_rate: .nan"),
        "c.yaml:17: training.learning_rate: a number must be finite and of sensible size, got '.nan'.",
    ),
    (
        ("steps: 10", "kl: 1e999"),
        "c.yaml:17: training.kl: a number must be finite and of sensible size, got '1e999'.",
    ),
]
SYNTAX = [
    (
        ("  tales:", "  sums:"),
        "c.yaml:10: domains.sums: is written twice, first on line 5. Keep one of the two.",
    ),
    (
        ("seeds: [0, 1]", "name: again"),
        "c.yaml:20: name: is written twice, first on line 1. Keep one of the two.",
    ),
    (
        ("seeds: [0, 1]", "\tseeds: [0, 1]"),
        "c.yaml:20: this is not valid YAML: found character '\\t' that cannot start any token. "
        "Indent with spaces, not tabs.",
    ),
    (
        ("seeds: [0, 1]", "seeds: [0, 1"),
        "c.yaml:20: this is not valid YAML: expected ',' or ']', but got '<stream end>'. A bracket is not closed.",
    ),
    (
        ("name: demo", "name: demo: again"),
        "c.yaml:1: this is not valid YAML: mapping values are not allowed here. "
        "Text that holds ': ' must stand in quotes.",
    ),
    (
        ("seeds: [0, 1]", "seeds: &s [0, 1]"),
        "c.yaml:20: anchors and aliases are not allowed, got '&s'. Write the value out where it is used; "
        "text that starts with & must stand in quotes.",
    ),
    (
        ("seeds: [0, 1]", "seeds: *s"),
        "c.yaml:20: anchors and aliases are not allowed, got '*s'. Write the value out where it is used; "
        "text that starts with * must stand in quotes.",
    ),
    (
        ("seeds: [0, 1]", "seeds: !!python/object/apply:os.system [ls]"),
        "c.yaml:20: YAML tags are not allowed, got 'tag:yaml.org,2002:python/object/apply:os.system'. Leave it out; "
        "text that starts with ! must stand in quotes.",
    ),
    (
        ("seeds: [0, 1]", "---\nseeds: [0, 1]"),
        "c.yaml:20: must be one YAML document. Remove the '---' and what follows.",
    ),
    (("seeds: [0, 1]", "? [a, b]\n: 3"), "c.yaml:20: a key must be text."),
]
BOUNDS = [
    (
        ("seeds: [0, 1]", "seeds: [0, 1]\nsearch: {lr_decay: [0]}"),
        "c.yaml:21: search.lr_decay: must be greater than 0 and at most 1, got [0].",
    ),
    (
        ("seeds: [0, 1]", 'seeds: [0, 1]\ndescription: "\\ud800"'),
        "c.yaml:21: description: text must be whole characters, without half surrogate pairs.",
    ),
]
ONE_LINE = [*TEXTS, *BOUNDS, *UNKNOWN, *CHOICES, *MISSING, *TYPES, *LIMITS, *NUMBERS, *SYNTAX]
WHOLE_FILES = [
    (
        '{"prompt": "a"}\n{"prompt": "b"}\n',
        "c.yaml:2: this is not valid YAML: expected '<document start>', but found '{'. A file holds one mapping. "
        "JSON lines are data: name their file in a domain's `source`.",
    ),
    (
        '{\n\t"name": "demo"\n}',
        "c.yaml:2: this is not valid YAML: found character '\\t' that cannot start any token. "
        "Indent with spaces, not tabs.",
    ),
    ("- 1\n- 2\n", "c.yaml:1: must be a mapping with the keys name, model and domains, and this is a list."),
    (
        "hello",
        "c.yaml:1: must be a mapping with the keys name, model and domains, and this is a single value.",
    ),
    ("", "c.yaml: is empty. `stagewise init NAME` writes a file to begin with."),
    ("# only a comment\n", "c.yaml: is empty. `stagewise init NAME` writes a file to begin with."),
    (b"a: 1\n\x93\xff\x00", "c.yaml:2: must be a text file in UTF-8, got b'\\x93\\xff\\x00'."),
    (b"a: 1\n\x00\x01", "c.yaml:2: must be a text file, and this is binary, got '\\x00'."),
    ("a: [" * 5000, "c.yaml:1: must not be nested deeper than 24 levels."),
    ("[" * 5000, "c.yaml:1: must not be nested deeper than 24 levels."),
    (
        "".join(f"k{i}: 1\n" for i in range(60_000)),
        "c.yaml:5000: must not hold more than 10,000 keys and values.",
    ),
    ("a: 1\n" * 2_000_000, "c.yaml: must not be larger than 1 MB, got '10,000,000 bytes'."),
    (
        "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(9000)),
        "c.yaml:1: anchors and aliases are not allowed, got '&a'. Write the value out where it is used; "
        "text that starts with & must stand in quotes.",
    ),
]
