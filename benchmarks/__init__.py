"""What the figures in README and docs come from. Each benchmark prints JSON and a ratio against a peer."""
