"""Screening what is sent, many requests at a time, and keeping what is found."""
