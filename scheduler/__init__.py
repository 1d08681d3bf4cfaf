"""Which order, and why. Pure: numpy and scipy only, no models and no cluster."""
