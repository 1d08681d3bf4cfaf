"""Rewards: a score in [0, 1] and the answer that was found. One file per reward; table.py names them all."""

from domains.rewards.base import Mark, Reward
from domains.rewards.before import check_ready, with_codes
from domains.rewards.guard import score_group
from domains.rewards.kind import RewardKind
from domains.rewards.lent import Lent
from domains.rewards.mix import build_mix, build_reward
from domains.rewards.naming import called, meant, primary
from domains.rewards.table import KINDS, MIX_VERSION, RewardSpec, kind_of, reward_identity

__all__ = [
    "KINDS",
    "MIX_VERSION",
    "Lent",
    "Mark",
    "Reward",
    "RewardKind",
    "RewardSpec",
    "build_mix",
    "build_reward",
    "called",
    "check_ready",
    "kind_of",
    "meant",
    "primary",
    "reward_identity",
    "score_group",
    "with_codes",
]
