"""The command line. Each command is a module here; it imports what it needs when it is called."""
