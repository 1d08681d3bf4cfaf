"""What every stage cost every domain, and whether that is real: from kept answers to cells with verdicts."""
