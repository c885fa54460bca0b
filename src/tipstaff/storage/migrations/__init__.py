"""How migrations are run, whatever they make."""
