"""The YAML that docs/clusters.md tells people to send to a cluster is what the cluster takes.

The fields are those of RayJob, `ray.io/v1`, in the CRD of KubeRay 1.7.0, frozen in tests/support/ray_job.py.
"""

from __future__ import annotations

import copy
import re
from importlib.metadata import version
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from tests.support.paths import ROOT
from tests.support.ray_job import RAY_JOB

TEXT = (ROOT / "docs" / "clusters.md").read_text("utf-8")
JOBS = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)]
VALIDATOR = Draft202012Validator(RAY_JOB)


def test_there_is_a_job_and_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(RAY_JOB)
    assert [job["kind"] for job in JOBS] == ["RayJob"]


@pytest.mark.parametrize("job", JOBS)
def test_the_page_s_job_is_valid(job: dict[str, Any]) -> None:
    VALIDATOR.validate(job)


@pytest.mark.parametrize("job", JOBS)
def test_it_runs_the_pinned_ray(job: dict[str, Any]) -> None:
    assert job["spec"]["rayClusterSpec"]["rayVersion"] == version("ray")


WRONG: list[tuple[str, Any, str]] = [
    ("apiVersion", "ray.io/v1alpha1", "was expected"),
    ("spec.entrypoint", None, "'entrypoint' is a required property"),
    ("spec.entryPoint", "true", "'entryPoint' was unexpected"),
    ("spec.rayClusterSpec.headGroupSpec", None, "'headGroupSpec' is a required property"),
    ("spec.rayClusterSpec.headGroupSpec.rayStartParams.num-cpus", 0, "0 is not of type 'string'"),
    ("spec.rayClusterSpec.headGroupSpec.template.spec.containers", None, "'containers' is a required property"),
    ("spec.rayClusterSpec.workerGroupSpecs.0.maxReplicas", None, "'maxReplicas' is a required property"),
    ("spec.rayClusterSpec.workerGroupSpecs.0.replicas", "4", "'4' is not of type 'integer'"),
    (
        "spec.rayClusterSpec.workerGroupSpecs.0.template.spec.containers.0.resources.limits.memory",
        "128 GB",
        "does not match",
    ),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_what_kuberay_would_refuse_is_refused(path: str, value: Any, said: str) -> None:
    """None: the key is left out."""
    job = copy.deepcopy(JOBS[0])
    *parents, last = path.split(".")
    place = job
    for key in parents:
        place = place[int(key) if key.isdigit() else key]
    place.pop(last) if value is None else place.update({last: value})
    with pytest.raises(ValidationError, match=re.escape(said)):
        VALIDATOR.validate(job)
