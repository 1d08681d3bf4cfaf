"""Work that may hang, crash or print, done in processes apart from the trainer's."""
