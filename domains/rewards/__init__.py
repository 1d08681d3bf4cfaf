"""Rewards: a score in [0, 1] and the answer that was found. One file per reward; table.py names them all."""

from domains.rewards.base import Mark, Reward
from domains.rewards.before import check_ready, unreadable, with_codes
from domains.rewards.guard import score_group
from domains.rewards.lent import Lent
from domains.rewards.mix import build_mix, build_reward
from domains.rewards.naming import called, meant, primary
from domains.rewards.table import BORROWERS, BUILDERS, MIX_VERSION, PLACES, VERSIONS, RewardSpec, reward_identity

__all__ = [
    "BORROWERS",
    "BUILDERS",
    "MIX_VERSION",
    "PLACES",
    "VERSIONS",
    "Lent",
    "Mark",
    "Reward",
    "RewardSpec",
    "build_mix",
    "build_reward",
    "called",
    "check_ready",
    "meant",
    "primary",
    "reward_identity",
    "score_group",
    "unreadable",
    "with_codes",
]
