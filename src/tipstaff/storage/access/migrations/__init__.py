"""The migrations of users and tokens."""
