"""How the tables of square come about, one migration after another."""
