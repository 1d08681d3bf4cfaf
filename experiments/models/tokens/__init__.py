"""From an item to tokens: templates, the one way to prompt, and whether all fits."""
