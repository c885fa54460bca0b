"""Users and their tokens, in SQL, beside casework."""
