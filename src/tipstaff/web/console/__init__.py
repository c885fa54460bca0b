"""The console: pages of those who work on cases, one module for each noun."""
