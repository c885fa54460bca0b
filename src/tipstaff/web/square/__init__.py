"""The pages of square: what readers, authors and account holders meet."""
