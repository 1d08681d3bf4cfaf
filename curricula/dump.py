"""The resolved curriculum: every default written out, as YAML that loads back to an equal one."""

from __future__ import annotations

import yaml

from curricula.schema import Curriculum
from curricula.yaml_core import CoreDumper


def dump_yaml(curriculum: Curriculum) -> str:
    """YAML text of `curriculum` in the schema's key order."""
    return yaml.dump(
        curriculum.model_dump(mode="json"), Dumper=CoreDumper, sort_keys=False, allow_unicode=True, width=110
    )
