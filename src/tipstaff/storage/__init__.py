"""What is kept: the ledger in SQLite; later casework and the square."""
