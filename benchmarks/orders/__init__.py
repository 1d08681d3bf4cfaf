"""Every order of a curriculum's domains, trained: the ground truth that planners and searchers are judged by."""
