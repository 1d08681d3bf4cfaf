"""The phases of a run, and what they rest on."""
