"""Casework in SQL: SQLite by default, PostgreSQL when outgrown."""
