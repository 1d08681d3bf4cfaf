"""What is learned: examples, splits, rewards and entropy profiles. Imports nothing of ours."""
