"""Settings, in one typed place."""
