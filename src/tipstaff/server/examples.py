"""Examples for the schema: one for each field by its name, of which those of bodies are composed.

The same noun has the same name everywhere, so that it is told once. Where a name stands for several things,
`Struct.field` goes before it. A field that is optional in what is sent is in the example only if it is named
so; one that has an example of its own (`Meta(examples=…)`) needs none here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_ENTRY: Final = "0b" * 32
_REFERENCE: Final = f"crypto-promotion@1.4.0+{'7c' * 32}"
_AT: Final = "2026-12-01T09:10:00+00:00"
_LATER: Final = "2026-12-08T09:10:00+00:00"
_SUBJECT: Final = "square/account/moonharbor"
_POST: Final = "p2"
_SAID: Final = "这是新闻报道。"
_KEY: Final = "AAECAwQFBgcICQoLDA0ODw"

EXAMPLES: Final[Mapping[str, object]] = {
    # numbers and names of things
    "number": 1, "case": 1, "decision": 1, "version": 7, "index": 0, "position": 41,
    "order": "bureau 2026/41", "id": "3f9a5c1c9a310b2d",
    "DeliveryView.id": "evt_2f1c7be06a554c3e9f390f9a5c1c9a31", "Cited.id": "trading-2026",
    "PostVerdict.id": "p1", "PostView.id": _POST, "MeasureLine.id": "1-1", "NoticeLine.id": "1-1",
    "OwnComplaint.id": "1-2", "RelyingParty.id": "tipstaff.example", "KeyUser.id": _KEY,
    "Descriptor.id": _KEY, "entry": _ENTRY, "reference": "2026/41", "PolicyVersion.reference": _REFERENCE,
    "PolicyVersion.version": "1.4.0", "corrects": None, "corrected_by": None, "session": "3f9a5c1c9a310b2d",
    # people
    "by": "alice", "claimed_by": "alice", "confirmed_by": "bob", "judged_by": "carol", "asked": None,
    "entered_by": "chen", "user": "alice", "name": "alice", "OwnPasskey.name": "phone",
    "RelyingParty.name": "Tipstaff", "KeyUser.displayName": "alice",
    "PolicyVersion.name": "crypto-promotion", "ComplaintView.by": "square/reader/rae",
    "VisitView.by": "token 0f9a5c1c9a312f1c", "roles": "reviewer", "permissions": "cases:read",
    "queues": None, "reader": None, "holds": _SUBJECT, "locked_until": None,
    # times
    "at": _AT, "opened_at": _AT, "entered_at": _AT, "made_at": _AT, "arrived_at": _AT, "since": _AT,
    "start": None, "until": _LATER, "deadline": _LATER, "ends": _LATER, "expires": _LATER,
    "appeal_until": _LATER, "failing_since": None, "older_until": None, "due": None, "used": None,
    "iat": 1_796_115_000, "OwnSession.seen": _AT, "ms": 84,
    # what it is about
    "subject": _SUBJECT, "StatementView.subject": _SUBJECT, "about": f"{_SUBJECT}/{_POST}",
    "on": f"{_SUBJECT}/{_POST}", "targets": _SUBJECT, "post": _POST, "posts": _POST, "CaseLine.posts": 2,
    "Comparison.posts": 200, "OutlookView.posts": 1, "sponsored": 0, "account": "moonharbor",
    "host": "square", "accounts": "moonharbor", "apps": "moonwallet", "profile": {"name": "Moon Harbor"},
    "images": "https://square.example/i/1.png", "followers": 5200, "shared": "phone", "whole": False,
    "authority": "bureau", "basis": "im-2014", "scope": "account", "territory": "CN", "cases": {_SUBJECT: 1},
    "CaseLine.complaints": 1, "attachment": None,
    # what was found
    "policy": _REFERENCE, "policies": _REFERENCE, "rule": "token-sale", "rules": "token-sale",
    "rules_before": "token-sale", "rules_after": "token-sale", "provision": "trading-2026", "severity": 4,
    "score": 90, "exempted_by": "quoted-warning", "signal": "coins", "field": "text", "matched": "bitcoin",
    "DraftPassage.text": "bitcoin", "Evidence.text": "bitcoin", "DraftPassage.start": 8,
    "DraftPassage.end": 15, "Evidence.start": 8, "end": 15,
    "evidence": {"signal": "coins", "field": "text", "start": 8, "end": 15},
    "title": "Soliciting to token sales", "explanation": "It asks readers to buy tokens.",
    "summary": "no licence", "citation": "Notice on trading, article 1", "instrument": "Notice on trading",
    "article": "1", "jurisdiction": "CN", "source": "https://example.org/notice", "old": _REFERENCE,
    "Comparison.new": _REFERENCE, "before": 12, "after": 14, "newly_caught": 3, "newly_let_through": 1,
    "changed_outcome": 0,
    # what is said
    "text": _SAID, "Draft.text": "稳赚不赔，加我 bitcoin", "Question.text": "算招揽吗？",
    "WantedProposal.text": "拟警告：招揽读者买币", "reasons": "招揽读者买币",
    "Wanted.reasons": "招揽读者买币", "answer": "成立，已恢复。", "answers": _SAID, "heard": _SAID,
    "told": "内容已恢复。", "reason": "fraud", "RefusedPost.reason": "the host does not show it",
    "CaseView.refusals": [], "OrderView.refusals": [], "CaseView.suspected": [],
    "OrderView.text": "关闭该帐号。", "ReportView.text": "已全部执行。",
    "PostView.text": "稳赚不赔，加我 bitcoin", "Judgement.answer": "成立，已恢复。", "audience": "account",
    # how it stands
    "stage": "decided", "standing": "carried out", "OrderView.standing": "in force",
    "OrderLine.standing": "in force", "AmendmentView.standing": "in force", "change": "narrowed",
    "kind": "block_content", "StatementView.kind": "decision", "direction": "apply", "seen": "applied",
    "hearing": "held", "outcome": "upheld", "result": "reversed", "SecondFactor.enrolled": True,
    "confirmed": 1, "next": None, "OwnSession.this": True, "WebhookView.active": True,
    "events": "decision.recorded", "NewWebhook.events": "decision.recorded", "measures": "warn",
    # logins
    "password": "seven lamps by the river", "new": "a bridge of eleven stones", "code": "123456",
    "OwnToken.scopes": ["cases:read"], "ShownToken.shown": "tipstaff_0f9a5c1c9a312f1c_k7wqm2xpk7wqm2xp",
    "csrf": "5c" * 32, "recovery_codes": "k7wq-m2xp", "recovery_codes_left": 10,
    "Enrolling.secret": "JBSWY3DPEHPK3PXP", "uri": "otpauth://totp/Tipstaff:alice?secret=JBSWY3DPEHPK3PXP",
    "challenge": _KEY, "rpId": "tipstaff.example", "rawId": _KEY, "clientDataJSON": _KEY,
    "attestationObject": _KEY, "authenticatorData": _KEY, "signature": _KEY, "userHandle": _KEY, "alg": -8,
    "attestation": "none", "residentKey": "required", "userVerification": "required", "type": "public-key",
    # links, webhooks, the ledger, the trail
    "path": f"/v1/links/{_KEY}", "page": f"https://tipstaff.example/links/{_KEY}",
    "VisitView.path": "/v1/cases/1", "operation": "readCase", "status": 200,
    "Health.status": "ready", "address": "192.0.2.7", "url": "https://hooks.example.org/tipstaff",
    "description": "our own records", "trouble": "",
    "ShownWebhook.secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "body": '{"type": "decision.recorded"}',
    "DeliveryView.type": "decision.recorded", "error": "", "replayed": 2, "statements": 42,
    "issuer": "square.example/log", "kid": "0f9a5c1c9a31", "claims": {"case": 1, "number": 1},
    "media_type": "text/plain", "location": None, "digest": _ENTRY, "signed": "0oRDoQEn",
}  # fmt: skip
"""An example of each field; of a list, of one in it, or all of it."""

TEXTS: Final[Mapping[str, str]] = {
    "readLedger": "square.example/log\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    "readMetrics": 'tipstaff_answers_total{operation="readCase",status="200"} 12.0\n',
    "exportAccount": f'{{"subject":"{_SUBJECT}"}}\n{{"posts":{{"id":"{_POST}"}}}}\n',
}
"""What is answered, where that is text and no JSON."""

BINARY: Final = {"application/octet-stream", "application/cose"}
"""What is answered with bytes, of which no text is an example."""


class Composer:
    """Composes examples of bodies by their schemas. Raises `LookupError` where a field has no example."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def fill(self, operation: dict[str, Any]) -> None:
        """Give the bodies of an operation examples, but for those that have some."""
        for media in operation.get("requestBody", {}).get("content", {}).values():
            if "examples" not in media:
                media["example"] = self._of(media["schema"], "", "", sent=True)
        for status, response in operation["responses"].items():
            for kind, media in response.get("content", {}).items() if status.startswith("2") else ():
                if kind == "application/json":
                    media["example"] = self._of(media["schema"], "", "", sent=False)
                elif kind not in BINARY:
                    media["example"] = TEXTS[operation["operationId"]]

    def _of(self, schema: Mapping[str, Any], owner: str, name: str, *, sent: bool) -> object:
        """Return an example of what a struct, its owner, has under a name."""
        own = EXAMPLES.get(f"{owner}.{name}", schema.get("examples", [EXAMPLES])[0])
        if own is not EXAMPLES and (schema.get("type") != "array" or isinstance(own, list)):
            return own
        if "$ref" in schema:
            referred = schema["$ref"].rpartition("/")[2]
            return self._of(self._schemas[referred], referred, name, sent=sent)
        if "properties" in schema:
            required = schema.get("required", ())
            return {
                field: self._of(told, owner, field, sent=sent)
                for field, told in schema["properties"].items()
                if not sent or field in required or f"{owner}.{field}" in EXAMPLES
            }
        if schema.get("type") == "array":
            return [self._of(schema["items"], owner, name, sent=sent)]
        told = next((one for one in schema.get("oneOf", ()) if "$ref" in one), None)
        if told is not None:
            return self._of(told, owner, name, sent=sent)
        if "enum" in schema:
            return EXAMPLES[name] if EXAMPLES.get(name) in schema["enum"] else schema["enum"][0]
        if schema.get("type") == "boolean":
            return EXAMPLES.get(f"{owner}.{name}", False)
        if name not in EXAMPLES:
            raise LookupError(f"{owner}.{name} has no example: tell one in `server/examples.py`")
        return EXAMPLES[name]
