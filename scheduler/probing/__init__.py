"""Which stages are trained to learn about domains, before and while an order is chosen."""
