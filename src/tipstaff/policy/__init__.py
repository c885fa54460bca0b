"""Policies as data: provisions, signals, rules and examples, parsed and checked, not run."""
