"""How the tables of casework come about, one migration after another."""
