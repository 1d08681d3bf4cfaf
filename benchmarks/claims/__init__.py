"""The ten claims of the seed, each held against what a finished run recorded; nothing is trained or asked."""
