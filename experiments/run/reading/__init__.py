"""What the store's records say to the scheduler and to the report. Nothing is trained and nothing is written."""
