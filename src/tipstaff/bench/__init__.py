"""Measured runs: what Tipstaff does in a second, beside what plainer means do with the same input."""
