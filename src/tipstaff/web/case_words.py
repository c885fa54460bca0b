"""The words on pages for what happens in cases; `words` has them with all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CASE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "about": {
        "account": "Account",
        "app": "App",
        "site": "Site",
    },
    "happened": {
        "opened": "opened the case",
        "found": "found",
        "complained": "complained",
        "answered": "answered a complaint",
        "ordered": "an order is about it",
        "orderchanged": "an order has changed",
        "traced": "kept what it is recognised by",
        "suspected": "suspected a closed account",
        "claimed": "claimed the case",
        "released": "released the case",
        "noted": "left a note",
        "escalated": "handed the case on",
        "opinionasked": "asked for an opinion",
        "opiniongiven": "gave an opinion",
        "proposed": "proposed",
        "heard": "answered the proposal",
        "decided": "decided",
        "takenback": "took the decision back",
        "confirmed": "confirmed",
        "measurestated": "carries out",
        "lifted": "ends",
        "effectstated": "read back",
        "appealed": "appealed",
        "ruled": "judged the appeal",
        "noticed": "told",
        "erasurebegun": "begins to erase texts",
        "erased": "erased texts",
        "refused": "the ledger refused a statement",
    },
    "source": {
        "finding": "by what was found",
        "complaint": "by a complaint",
        "order": "by an order",
        "suspect": "by a look-alike of a closed account",
    },
    "orderchange": {
        "narrowed": "narrowed",
        "refused": "refused",
        "withdrawn": "withdrawn",
    },
    "signed": {
        "decision": "that decision",
        "result": "the result of the appeal",
    },
    "hearer": {
        "account": "the account holder",
        "readers": "readers",
        "authority": "the authority",
        "complainant": "a complainant",
    },
}
"""The word for each value, by kind."""
