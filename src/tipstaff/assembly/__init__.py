"""The one place where ports meet what they are connected to."""
