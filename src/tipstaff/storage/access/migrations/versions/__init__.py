"""Each migration of users and tokens, in a module of its own."""
