"""One stage of training, by TRL."""
