"""The HTTP API: handlers parse, call one action, and render. One module for each noun."""
