"""Actions: one use case a module, each in one transaction; and the ports to what they need."""
