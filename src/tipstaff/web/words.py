"""The words on pages for what is a value elsewhere: one for each, as English has it.

A template writes `{{ measure.kind | label("measure") }}`. What stands here is translated as what stands in
templates is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tipstaff.config.shown import settings_told
from tipstaff.web.case_words import CASE_WORDS
from tipstaff.web.ledger_words import LEDGER_WORDS
from tipstaff.web.staff_words import EVENTS, OPERATIONS, PERMISSIONS, ROLES

LABELS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "measure": {
            "warn": "warning",
            "hold_content": "hold of content",
            "restrict_posting": "restriction of posting",
            "suspend_updates": "suspension of updates",
            "block_content": "block of content",
            "close_account": "closing of the account",
            "suspend_app": "suspension of the app",
            "block_links": "block of links",
        },
        "verb": {
            "warn": "Warn",
            "restrict_posting": "Restrict posting",
            "suspend_updates": "Suspend updates",
            "block_content": "Block content",
            "close_account": "Close account",
            "suspend_app": "Suspend app",
            "block_links": "Block links",
        },
        "standing": {
            "open": "open",
            "in hearing": "in hearing",
            "to be decided: the hearing is over": "hearing over: decide",
            "dismissed": "dismissed",
            "decided": "decided",
            "carried out": "carried out",
            "appealed against": "appealed against",
            "appeal upheld": "appeal refused",
            "appeal reversed": "appeal granted",
            "refused by the ledger": "refused by the ledger",
        },
        "stage": {
            "open": "open",
            "hearing": "in hearing",
            "decided": "decided",
            "appealed": "appealed against",
            "closed": "closed",
        },
        "reason": {
            "fraud": "Fraud",
            "promotion": "Forbidden promotion",
            "hidden_advertising": "Hidden advertising",
            "impersonation": "Impersonation",
            "other": "Something else",
        },
        "outcome": {
            "upheld": "upheld",
            "dismissed": "dismissed",
            "abusive": "made in bad faith",
        },
        "result": {
            "upheld": "the decision stands",
            "reversed": "reversed",
            "varied": "varied",
        },
        "hearing": {
            "held": "heard",
            "waived": "not heard, with reasons",
            "not_due": "no hearing was due",
        },
        "waiver": {
            "order": "an order",
            "grave_harm": "grave harm",
        },
        "kind": {
            "account": "account",
            "app": "app",
            "site": "site",
        },
        "seen": {
            "applied": "in effect",
            "failed": "failed",
            "drifted": "drifted",
            "lifted": "lifted",
            "owed": "owed",
            "refused by the ledger": "refused by the ledger",
        },
        "trace": {
            "handle": "handle",
            "name": "name",
            "contact": "contact",
            "link": "link",
            "text": "text",
            "app": "app",
        },
        "language": {
            "en": "English",
            "zh": "中文",
        },
        "verdict": {
            "violation": "violation",
            "review": "for review",
            "permitted": "permitted",
            "none": "nothing found",
        },
        "state": {
            "in_force": "in force",
            "shadow": "in shadow",
            "retired": "retired",
        },
        "comparison": {
            "newly_caught": "newly caught",
            "newly_let_through": "newly let through",
            "changed_outcome": "another outcome",
        },
        "signal": {
            "lexicon": "terms",
            "pattern": "patterns",
            "entity": "entities",
            "domains": "links to listed domains",
            "blocked": "links to blocked domains",
            "fact": "fact of the post",
            "union": "sum of signals",
            "near": "one near another",
            "apart": "one far from another",
            "quoted": "in quotation marks",
            "learned": "learned score",
        },
        "decided": {
            "taken": "with measures",
            "nothing": "dismissed",
        },
        "reported": {
            "in time": "in time",
            "late": "late",
        },
        "period": {
            "7": "7 days",
            "30": "30 days",
            "90": "13 weeks",
            "365": "52 weeks",
        },
        "scope": {
            "content": "content",
            "account": "accounts",
            "app": "apps",
            "site": "sites",
        },
        "change": {
            "narrowed": "narrowed",
            "refused": "refused",
            "withdrawn": "withdrawn",
        },
        "order": {
            "refused by the ledger": "refused by the ledger",
            "never confirmed": "never confirmed",
            "erased": "erased",
            "entered wrongly: order N takes its place": "entered wrongly: order N takes its place",
            "not on the ledger yet": "not on the ledger yet",
            "waits for a second person": "waits for a second person",
            "an amendment waits for a second person": "an amendment waits for a second person",
            "reported": "reported",
            "overdue": "overdue",
            "in force": "in force",
            "narrowed": "narrowed",
            "refused": "refused",
            "withdrawn": "withdrawn",
            "order N takes its place": "order N takes its place",
            "needs nobody: the order was never confirmed": "needs nobody: the order was never confirmed",
            "replaced by amendment N": "replaced by amendment N",
            "lapsed: nobody had confirmed it when its reasons were erased": "lapsed, and erased",
        },
        "left": {
            "untold": "Its case is about to be told of the order.",
            "undecided": "It is to be decided.",
            "unlogged": "It is decided, and can be taken back still.",
            "unconfirmed": "It is decided, and waits for a second person.",
            "unseen": "It is decided, and was not seen to be so on the host yet.",
        },
        "profile": {
            "handle": "Handle",
            "name": "Display name",
            "bio": "About itself",
            "verified": "Verified",
            "publisher": "Publisher",
            "url": "Address",
            "scopes": "May do, for those who use it",
        },
        "app_scope": {
            "profile": "read the profile",
            "publish": "publish posts",
            "followers": "read who follows",
        },
        "verified": {"yes": "yes", "no": "no"},
        "actor": {"machine": "machine", "platform": "platform"},
        "audience": {
            "account": "the account",
            "readers": "readers",
        },
        "tab": {
            "pending": "To be decided",
            "mine": "Mine",
            "due": "With a deadline",
            "escalated": "Escalated",
            "complaints": "Complaints",
            "waiting": "For a second person",
            "all": "All",
        },
        "show": {
            "pending": "to be decided",
            "waiting": "for a second person",
            "all": "all cases",
        },
        "due": {
            "any": "has one",
            "overdue": "is over",
            "24": "within a day",
            "72": "within three days",
            "168": "within a week",
        },
        "claim": {
            "mine": "by me",
            "nobody": "by nobody",
        },
        "act": {
            "claim": "Claim",
            "release": "Release",
            "escalate": "Escalate",
            "dismiss": "Dismiss",
            "warn": "Warn",
        },
        "acted": {
            "claim": "claimed",
            "release": "released",
            "escalate": "escalated",
            "dismiss": "dismissed",
            "warn": "warned",
        },
        "direction": {
            "apply": "takes effect",
            "lift": "ends",
        },
        **LEDGER_WORDS,
        **CASE_WORDS,
        "permission": PERMISSIONS,
        "role": ROLES,
        "operation": OPERATIONS,
        "event": EVENTS,
        "setting": settings_told(),
    }
)
"""The word for each value, by kind."""

DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "claimed": "The case is yours.",
        "filter-saved": "The filter is kept.",
        "filter-removed": "The filter is gone.",
        "released": "The case is open to others again.",
        "note": "The note is kept.",
        "escalation": "The case was handed on.",
        "question": "They were asked.",
        "opinion": "Your opinion is kept.",
        "answered": "The answer was sent.",
        "proposed": "It is proposed, and the subject was told.",
        "decided": "The case is decided.",
        "confirm": "It is confirmed.",
        "confirm-result": "The result is confirmed.",
        "take-back": "The decision was taken back.",
        "judge": "The appeal is judged.",
        "published": "The post is published.",
        "published-found": "The post is published. Something was found in it, and reviewers look at it.",
        "published-unseen": "The post is published. It could not be looked at now; the log says so.",
        "heard": "Your answer is kept. Whoever decides reads it first.",
        "appealed": "Your appeal is kept. Somebody else than who decided judges it.",
        "entered": "The order is entered. Another person confirms it.",
        "confirmed": "It is confirmed.",
        "amended": "The amendment is signed. Another person confirms it.",
        "policy-shadow": "The version is in shadow.",
        "policy-adopt": "The version is in force.",
        "policy-retire": "The version is retired.",
        "followed": "You follow this account.",
        "unfollowed": "You follow this account no longer.",
        "complained": "Your complaint was received.",
        "password": "Your password was changed; your other sessions have ended.",
        "second-removed": "You have no second factor any more.",
        "passkey": "The passkey is yours; your other sessions have ended.",
        "passkey-removed": "The passkey was removed.",
        "token-revoked": "The token was revoked.",
        "user-made": "They are brought in. Give them a first password, so that they can log in.",
        "user-changed": "It was changed; their logins have ended.",
        "user-stopped": "They are stopped: they may nothing any more.",
        "user-unlocked": "They can log in at once.",
        "second-forgotten": "Their second factor was forgotten.",
        "webhook-tested": "Something was sent on trial: what comes of it stands below in a moment.",
        "webhook-enabled": "It is sent what it is owed.",
        "webhook-disabled": "It is sent nothing any more; what happens meanwhile waits.",
        "replayed": "It is sent again.",
        "replayed-since": "What has happened since then is sent again.",
        "webhook-removed": "The webhook was removed.",
        "session-ended": "The session has ended.",
        "sessions-ended": "All other sessions have ended.",
    }
)
"""What was just done, by the word that a query has for it."""
