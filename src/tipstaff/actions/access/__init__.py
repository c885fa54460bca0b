"""Who may do what: permissions, who asks, and the one way through which people reach the actions."""
