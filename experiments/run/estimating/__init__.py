"""What a run will take, before it starts: time, questions to models, room on the disk."""
