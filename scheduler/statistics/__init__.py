"""Statistics that know nothing of orders: intervals, ratios, power, resampling, shrinkage, Gaussian processes."""
