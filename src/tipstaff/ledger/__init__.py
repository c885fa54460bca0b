"""The ledger: signed statements in a Merkle log that anyone can audit.

*Every statement is checked against those before it, and every tree contains every earlier tree.*

Read in this order: `statement` (what is signed), `table` and `registration` (what is accepted), `tree` and
`tiles` (what is hashed), `checkpoint` and `receipt` (what is promised), `log` (the writer), `audit` (the
reader that believes nobody). The formats are in docs/ledger.md.
"""
