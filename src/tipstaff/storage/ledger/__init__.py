"""A log on disk: its store and its checkpoints in SQLite, its directory."""
