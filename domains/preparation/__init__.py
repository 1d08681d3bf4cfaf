"""From rows to a domain's splits: rendered, filtered, split, compared, tried on the rewards, and kept."""
