"""The demo: an invented world on `square`, and the story that is told on it."""
