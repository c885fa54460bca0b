"""Users, their tokens, and links, in SQL, beside casework."""
