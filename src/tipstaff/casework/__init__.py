"""Casework: what comes of findings, complaints and orders. Pure: no clock, no files, no network."""
