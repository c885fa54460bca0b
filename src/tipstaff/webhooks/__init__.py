"""Webhooks on the wire: what is sent to addresses that others have chosen."""
