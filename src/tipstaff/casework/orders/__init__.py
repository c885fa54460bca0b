"""Orders: formal instructions of authorities, beside the cases that they lead to. Pure."""
