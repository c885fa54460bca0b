"""Pages for people: the console of those who work on cases, and square for those who publish and read."""
