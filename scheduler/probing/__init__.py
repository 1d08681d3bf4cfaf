"""Which stages are trained to learn about domains before an order is chosen."""
