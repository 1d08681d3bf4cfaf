"""How the files of a store are called.

<store>/store.json                             the layout's format
<store>/nodes/<slug>/spec.json                 what to run: node and setup
<store>/nodes/<slug>/record.json               what training left, written last: that it is there and whole is success
<store>/nodes/<slug>/freed.json                in place of record.json: what training left whose weights were pruned
<store>/nodes/<slug>/attempt-<id>/…            the weights that the record names
<store>/nodes/<slug>/measured-<suite>.json     what one suite found of these weights, written last
<store>/nodes/<slug>/outputs-<id>/<task>.jsonl.gz  what the model said, for any measurement to come
<store>/nodes/<slug>/error.json                what went wrong last, until training or measuring succeeds
<store>/nodes/<slug>/progress.json             how far a running node is
<store>/nodes/<slug>/claim-<n>.json            which command works on it, by its lease; the highest number counts
<store>/nodes/<slug>/halfway.json              what there is of a stage that is being trained; gone once it is finished
<store>/nodes/<slug>/halfway-<id>/…            the files that it names
<store>/data/<domain>-<split>-<version>.jsonl  prepared examples, one a line
<store>/examined/<model>/<suite>.json          what a model that somebody else made said on one domain
<store>/leases/<id>.json                        a command that uses the store now
<store>/<run>/…                                report.json and whatever else a run writes
"""

from __future__ import annotations

import re

from domains.example import Split
from experiments.nodes.tree import StageNode

FREED = "freed.json"
HALFWAY = "halfway.json"
RUN = re.compile(r"[a-z0-9][a-z0-9_-]*-[0-9a-f]{8}")
"""How a run's folder is called: the curriculum's name and eight digits of its fingerprint."""


def of_node(node: StageNode, name: str) -> str:
    """A file or folder of a node."""
    return f"nodes/{node.slug}/{name}"


def measured(suite: str) -> str:
    """The file in a node's folder that holds what a suite found."""
    return f"measured-{suite}.json"


def of_data(domain: str, split: Split, version: str) -> str:
    """The file of a split's prepared examples."""
    return f"data/{domain}-{split}-{version[:16]}.jsonl"
