"""Webhooks: what platforms are told of what happens, as it happens."""
