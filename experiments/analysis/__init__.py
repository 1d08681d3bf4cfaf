"""From records to comparisons, costs, predictions and the report's data."""
