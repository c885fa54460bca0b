"""The policies that ship with Tipstaff: one folder each."""
