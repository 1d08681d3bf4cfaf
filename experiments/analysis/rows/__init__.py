"""The run's records as the report's rows and tables."""
