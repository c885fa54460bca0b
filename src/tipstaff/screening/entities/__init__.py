"""Entities: things in a text that have a form, such as links, wallets, contact accounts and sums.

A finder is a pure function from the original text of one field to its hits, in order and without overlap.
None reads anything but the text and tables of this package; none follows what it finds; none raises.
`many` finds the same in many texts at once, and looks only where something may begin.
"""

from __future__ import annotations

from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.finders import FINDERS

__all__ = ["FINDERS", "Entity"]
