"""Texts that YAML takes for something else, and the one line that each must get."""

from __future__ import annotations

TEXTS = [
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: Question #1 {question}",
        ),
        "c.yaml:7: domains.sums.prompt: is cut off by a comment (#1 {question}), got 'Question'. What follows "
        "' #' is a comment: text that holds it must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: Solve this.   # mine",
        ),
        "c.yaml:7: domains.sums.prompt: is cut off by a comment (# mine), got 'Solve this.'. What follows ' "
        "#' is a comment: text that holds it must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: #1 {question}",
        ),
        "c.yaml:7: domains.sums.prompt: must be text, but nothing is written here. What follows ' #' is a "
        "comment: text that holds it must stand in quotes.",
    ),
    (
        (
            "      - type: exact",
            "      - type: regex\n        pattern: .* #### (\\d+)",
        ),
        "c.yaml:10: domains.sums.rewards[0].pattern: is cut off by a comment (#### (\\d+)), got '.*'. What "
        "follows ' #' is a comment: text that holds it must stand in quotes.",
    ),
    (
        (
            "{type: reasoning_gym, task: chain_sum}",
            "{type: file, path: x.csv, pattern: {final: answer ~ #### (.+)}}",
        ),
        "c.yaml:7: this is not valid YAML: expected ',' or '}', but got '<scalar>'. A bracket is not closed. "
        "What follows ' #' is a comment: text that holds it must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: {question} = ",
        ),
        "c.yaml:7: this is not valid YAML: expected <block end>, but found '<scalar>'. Text that starts with "
        "{ must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: [INST] {question} [/INST]",
        ),
        "c.yaml:7: this is not valid YAML: expected <block end>, but found '{'. Text that starts with [ must "
        "stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            '    kind: structured\n    prompt: "Q" {question}',
        ),
        "c.yaml:7: this is not valid YAML: expected <block end>, but found '{'. All of a text stands within "
        "its quotes.",
    ),
    (
        (
            "    kind: structured",
            '    kind: structured\n    prompt: "Q {question}',
        ),
        "c.yaml:7: this is not valid YAML: found unexpected end of stream. A quote is not closed.",
    ),
    (
        (
            "    kind: structured",
            '    kind: structured\n    prompt: "\\d {question}"',
        ),
        "c.yaml:7: this is not valid YAML: found unknown escape character 'd'. Within double quotes \\ begins "
        "an escape: take single quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: Q: {question}",
        ),
        "c.yaml:7: this is not valid YAML: mapping values are not allowed here. Text that holds ': ' must "
        "stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: **Q** {question}",
        ),
        "c.yaml:7: this is not valid YAML: expected alphabetic or numeric character, but found '*'. Text that "
        "starts with * must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: @user {question}",
        ),
        "c.yaml:7: this is not valid YAML: found character '@' that cannot start any token. Text that starts "
        "with @ must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: | Q {question}",
        ),
        "c.yaml:7: this is not valid YAML: expected a comment or a line break, but found 'Q'. Text that "
        "starts with | must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: - Q {question}",
        ),
        "c.yaml:7: this is not valid YAML: sequence entries are not allowed here. Text that starts with - "
        "must stand in quotes.",
    ),
    (
        (
            "    kind: structured",
            '    kind: structured\n    prompt: {"question": "{question}"}',
        ),
        "c.yaml:7: domains.sums.prompt: must be text, got {'question': '{question}'}. Text that starts with { "
        "or holds ': ' must stand in quotes, and braces that are no field's are doubled: {{ and }}.",
    ),
    (
        (
            "    kind: structured",
            '    kind: structured\n    prompt: \'{"question": "{question}"}\'',
        ),
        "c.yaml:7: domains.sums.prompt: a template's braces must hold a field's name, got '{\"question\": "
        '"{question}"}\'. Braces that belong to the text are doubled, {{ and }}; in single ones stands a '
        "field's name.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: '{\"question\": 3} {question}'",
        ),
        "c.yaml:7: domains.sums.prompt: a template's braces must hold a field's name, got '{\"question\": 3} "
        "{question}'. Braces that belong to the text are doubled, {{ and }}; in single ones stands a field's "
        "name.",
    ),
    (
        (
            "    kind: structured",
            "    kind: structured\n    prompt: 'a {question'",
        ),
        "c.yaml:7: domains.sums.prompt: a template's braces must pair (expected '}' before end of string), "
        "got 'a {question'. Braces that belong to the text are doubled, {{ and }}; in single ones stands a "
        "field's name.",
    ),
    (
        (
            "  steps: 10",
            "  steps:\t10",
        ),
        "c.yaml:17: this is not valid YAML: found character '\\t' that cannot start any token. Write a space "
        "in place of the tab.",
    ),
    (
        (
            "  steps: 10",
            "  steps: 10\t# ten",
        ),
        "c.yaml:17: this is not valid YAML: found character '\\t' that cannot start any token. Write a space "
        "in place of the tab.",
    ),
    (
        (
            "  steps: 10",
            "  steps: 10\t",
        ),
        "c.yaml:17: this is not valid YAML: found character '\\t' that cannot start any token. Remove the tab "
        "at the line's end.",
    ),
    (
        (
            "  steps: 10",
            "  steps: 10\n  \tprompts: 3",
        ),
        "c.yaml:18: this is not valid YAML: found character '\\t' that cannot start any token. Indent with "
        "spaces, not tabs.",
    ),
    (
        (
            "  steps: 10",
            "  steps: 10\n    prompts: 3",
        ),
        "c.yaml:18: this is not valid YAML: mapping values are not allowed here. The line before has a value "
        "already: indent this one like it, or put text over several lines in quotes.",
    ),
    (
        (
            "  steps: 10",
            "  steps:10\n  prompts: 3",
        ),
        "c.yaml:18: this is not valid YAML: mapping values are not allowed here. Look at the line before: a "
        "key and its value need a colon and a space between.",
    ),
    (
        (
            "  steps: 10",
            "  steps:10",
        ),
        "c.yaml:16: training: must be a mapping, got 'steps:10'. Write `steps: 10`, with a space after the colon.",
    ),
    (
        (
            "  steps: 10",
            "  steps = 10",
        ),
        "c.yaml:16: training: must be a mapping, got 'steps = 10'. Write `steps: 10`, with a space after the colon.",
    ),
    (
        (
            "model:\n  type: scratch",
            "model: Qwen/Qwen3-0.6B",
        ),
        "c.yaml:2: model: must be a mapping, got 'Qwen/Qwen3-0.6B'. Write `model: {type: pretrained, id: "
        "Qwen/Qwen3-0.6B}`.",
    ),
    (
        (
            "    rewards:\n      - type: exact",
            "    rewards: exact",
        ),
        "c.yaml:8: domains.sums.rewards: must be a list, got 'exact'. Write `- type: exact`.",
    ),
    (
        (
            "      - type: exact",
            "      - exact",
        ),
        "c.yaml:9: domains.sums.rewards[0]: must be a mapping, got 'exact'. Write `- type: exact`.",
    ),
    (
        (
            "      - type: exact",
            "      type: exact",
        ),
        "c.yaml:8: domains.sums.rewards: must be a list, got {'type': 'exact'}. Begin each entry with a dash: `- `.",
    ),
]
