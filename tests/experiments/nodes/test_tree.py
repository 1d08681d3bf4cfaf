"""Schedules share the nodes of their common beginnings, and nothing else."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.schema import ScratchModel
from curricula.stage import Stage, Training
from experiments.nodes.tree import StageNode, base_node, chain, child_node, grow
from tests.support.nodes import SETUP, tree_of

ORDERS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4).map(" ".join), max_size=6)


@pytest.mark.parametrize(("domains", "shared", "unshared"), [(3, 15, 18), (4, 64, 96), (5, 325, 600)])
def test_all_orders_share(domains, shared, unshared):
    tree = tree_of(*(" ".join(order) for order in permutations("abcdef"[:domains])))
    assert tree.stage_runs == shared
    assert tree.unshared == unshared == factorial(domains) * domains
    assert len(tree.nodes) == shared + 1


@given(ORDERS, st.sets(st.integers(0, 3), min_size=1))
def test_parents_stand_before_children_and_nothing_twice(orders, seeds):
    tree = tree_of(*orders, seeds=sorted(seeds))
    seen: set[str] = set()
    for node in tree.nodes:
        assert node.parent is None or node.parent in seen
        assert node.id not in seen
        seen.add(node.id)
    assert tree.stage_runs <= tree.unshared


@given(ORDERS)
def test_the_order_of_schedules_does_not_matter(orders):
    assert set(tree_of(*orders).by_id) == set(tree_of(*reversed(orders)).by_id)


@given(ORDERS)
def test_a_tree_has_one_node_for_each_beginning(orders):
    beginnings = {tuple(order.split()[:end]) for order in orders for end in range(len(order.split()) + 1)}
    assert sorted(node.path for node in tree_of(*orders).nodes) == sorted(beginnings)


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5), min_size=1))
def test_shares_count_by_proportion_and_not_by_order(shares):
    base = base_node(SETUP)
    stage = Stage(mixture=dict(shares), training=Training())
    scaled = Stage(mixture={name: 8 * share for name, share in reversed(shares.items())}, training=Training())
    assert child_node(SETUP, base, scaled, 0).id == child_node(SETUP, base, stage, 0).id


@pytest.mark.parametrize(
    "change", [{"steps": 6}, {"learning_rate": 1e-3}, {"optimizer": "carry"}, {"kl": 0.1}, {"method": "sft"}]
)
def test_every_training_key_counts(change):
    base = base_node(SETUP)
    stage = Stage(mixture={"a": 1}, training=Training(steps=5))
    other = Stage(mixture={"a": 1}, training=Training(**{"steps": 5, **change}))
    assert child_node(SETUP, base, stage, 0).id != child_node(SETUP, base, other, 0).id


def test_seed_model_and_past_count():
    other = SETUP.model_copy(update={"model": ScratchModel(type="scratch", layers=2)})
    stages = [Stage(mixture={name: 1}, training=Training()) for name in "aa"]
    ids = {node.id for setup in (SETUP, other) for seed in (0, 1) for node in chain(setup, stages, seed)}
    assert len(ids) == 2 * (1 + 2 * 2)


def test_slugs_are_readable_unique_and_safe():
    long = " ".join(["domain-with-a-long-name"] * 5)
    tree = tree_of("a b", "b a", long, seeds=(0, 1))
    slugs = [node.slug for node in tree.nodes]
    assert len(set(slugs)) == len(slugs)
    assert max(map(len, slugs)) < 100
    assert slugs[0].startswith("base-")
    assert tree.nodes[2].slug.startswith("s0-a-b-")
    assert not any("/" in slug for slug in slugs)


def test_nodes_come_back_from_their_json():
    for node in tree_of("a b").nodes:
        assert StageNode.model_validate_json(node.model_dump_json()) == node


def test_an_empty_forest():
    tree = grow(SETUP, [], (0,))
    assert tree.nodes == ()
    assert tree.stage_runs == tree.unshared == 0


def test_a_node_knows_how_much_of_each_domain_was_drawn_before_it():
    one, both = (
        Stage(mixture=dict.fromkeys(names, 1.0), training=Training(steps=5, prompts=3)) for names in ("a", "ab")
    )
    nodes = chain(SETUP, (one, both, one), 0)
    assert [node.drawn for node in nodes] == [{}, {}, {"a": 15}, {"a": 23, "b": 7}]


def test_a_tree_makes_its_base_once(monkeypatch):
    """Its fingerprint is of the whole model, and was taken again for every reading of every schedule."""
    made = []
    monkeypatch.setattr("experiments.nodes.tree.base_node", lambda setup: made.append(1) or base_node(setup))
    assert len(tree_of("a b", "b a", "c", seeds=(0, 1)).nodes) == 1 + 2 * 5
    assert len(made) == 1


def test_all_seeds_start_from_one_base():
    tree = tree_of("a", "b a", seeds=(0, 1, 2))
    assert [node.slug for node in tree.nodes if node.stage is None] == [base_node(SETUP).slug]
    assert len({node.parent for node in tree.nodes if node.depth == 1}) == 1
    moved = SETUP.model_copy(update={"model": SETUP.model.model_copy(update={"seed": 1})})
    assert base_node(moved).id != base_node(SETUP).id
