"""What KubeRay takes as a RayJob, as a frozen JSON Schema of the parts that our documents write.

Fields, types and what is required are those of `ray.io/v1` in KubeRay 1.7.0
(helm-chart/kuberay-operator/crds/ray.io_rayjobs.yaml). Strict: a key that is not among them is refused. Of a pod only
what belongs to its containers and volumes is here, and a volume is whatever has a name.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
COUNT = {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}
YES_OR_NO = {"type": "boolean"}
TEXTS = {"type": "object", "additionalProperties": TEXT}
QUANTITY = {
    "type": ["integer", "string"],
    "pattern": r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
}


def record(required: tuple[str, ...] = (), **fields: dict[str, Any]) -> dict[str, Any]:
    """An object of these fields and no others."""
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


def rows(each: dict[str, Any]) -> dict[str, Any]:
    """A list of them."""
    return {"type": "array", "items": each}


QUANTITIES = {"type": "object", "additionalProperties": QUANTITY}
CONTAINER = record(
    ("name",),
    name=TEXT,
    image=TEXT,
    imagePullPolicy=TEXT,
    command=rows(TEXT),
    args=rows(TEXT),
    workingDir=TEXT,
    env=rows(record(("name",), name=TEXT, value=TEXT, valueFrom={"type": "object"})),
    resources=record(limits=QUANTITIES, requests=QUANTITIES),
    volumeMounts=rows(record(("mountPath", "name"), mountPath=TEXT, name=TEXT, readOnly=YES_OR_NO, subPath=TEXT)),
)
VOLUME = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
POD = record(
    metadata={"type": "object"},
    spec=record(
        ("containers",),
        containers=rows(CONTAINER),
        initContainers=rows(CONTAINER),
        volumes=rows(VOLUME),
        nodeSelector=TEXTS,
        restartPolicy=TEXT,
        serviceAccountName=TEXT,
        tolerations=rows({"type": "object"}),
    ),
)
HEAD = record(
    ("template",),
    enableIngress=YES_OR_NO,
    labels=TEXTS,
    rayStartParams=TEXTS,
    resources=TEXTS,
    serviceType=TEXT,
    template=POD,
)
WORKERS = record(
    ("groupName", "maxReplicas", "minReplicas", "template"),
    groupName=TEXT,
    idleTimeoutSeconds=COUNT,
    labels=TEXTS,
    maxReplicas=COUNT,
    minReplicas=COUNT,
    numOfHosts=COUNT,
    rayStartParams=TEXTS,
    replicas=COUNT,
    resources=TEXTS,
    suspend=YES_OR_NO,
    template=POD,
)
CLUSTER = record(
    ("headGroupSpec",),
    enableInTreeAutoscaling=YES_OR_NO,
    headGroupSpec=HEAD,
    headServiceAnnotations=TEXTS,
    rayVersion=TEXT,
    suspend=YES_OR_NO,
    workerGroupSpecs=rows(WORKERS),
)
JOB = record(
    ("entrypoint", "rayClusterSpec"),
    activeDeadlineSeconds=COUNT,
    backoffLimit=COUNT,
    entrypoint=TEXT,
    entrypointNumCpus={"type": "number"},
    entrypointNumGpus={"type": "number"},
    entrypointResources=TEXT,
    jobId=TEXT,
    metadata=TEXTS,
    rayClusterSpec=CLUSTER,
    runtimeEnvYAML=TEXT,
    shutdownAfterJobFinishes=YES_OR_NO,
    submissionMode=TEXT,
    suspend=YES_OR_NO,
    ttlSecondsAfterFinished=COUNT,
)
"""The schema itself asks for neither `entrypoint` nor `rayClusterSpec`; without them our page would start nothing."""
RAY_JOB = record(
    ("apiVersion", "kind", "metadata", "spec"),
    apiVersion={"const": "ray.io/v1"},
    kind={"const": "RayJob"},
    metadata=record(("name",), name=TEXT, namespace=TEXT, labels=TEXTS, annotations=TEXTS),
    spec=JOB,
)
