"""The words for what people may, are and do, and for what webhooks tell."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PERMISSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cases:read": "read cases, with their evidence",
        "cases:review": "work on cases: claim, note, propose, answer complaints",
        "cases:decide": "decide cases, and take decisions back",
        "cases:confirm": "confirm, as the second person, what somebody else has decided",
        "appeals:judge": "judge appeals",
        "complaints:own": "complain, and see what came of it",
        "accounts:own": "see what is held about their own accounts, answer it, and appeal",
        "links:issue": "issue links for answering and appealing without a login",
        "orders:read": "read orders",
        "posts:send": "have published posts screened",
        "drafts:check": "check drafts before they are published",
        "orders:enter": "enter, confirm and amend orders",
        "orders:own": "give orders, and read those that they have given",
        "policies:read": "read policies",
        "policies:manage": "put policies in shadow, in force, or retire them",
        "trail:read": "read the audit trail",
        "metrics:read": "read the figures for monitors",
        "webhooks:manage": "manage webhooks",
        "people:read": "see people, their roles and tokens",
        "people:manage": "manage people: roles, passwords, second factors, tokens",
    }
)
"""What each permission lets somebody do."""

ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reader": "reader",
        "complainant": "complainant",
        "account_holder": "account holder",
        "clerk": "clerk",
        "reviewer": "reviewer",
        "senior_reviewer": "senior reviewer",
        "policy_owner": "policy owner",
        "authority": "authority",
        "auditor": "auditor",
        "admin": "admin",
    }
)
"""What somebody is."""

OPERATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "logInOnPage": "log in",
        "logIn": "log in",
        "finishPasskeyLogin": "log in with a passkey",
        "logOutOnPage": "log out",
        "logOut": "log out",
        "goHome": "go to the beginning",
        "showMe": "look at one's own login",
        "changePasswordOnPage": "change one's password",
        "enrolTotpOnPage": "begin to set up a second factor",
        "confirmTotpOnPage": "set up a second factor",
        "removeTotpOnPage": "remove one's second factor",
        "keepPasskey": "add a passkey",
        "removePasskeyOnPage": "remove a passkey",
        "makeTokenOnPage": "make a token",
        "revokeTokenOnPage": "revoke a token of one's own",
        "endSessionOnPage": "end a session of one's own",
        "endOtherSessionsOnPage": "end all other sessions of one's own",
        "showCases": "look at the queue",
        "showCase": "look at a case",
        "showEvidence": "open the evidence",
        "showImage": "look at an image of the evidence",
        "claimCaseOnPage": "claim a case",
        "releaseCaseOnPage": "release a case",
        "noteOnPage": "write in a case",
        "answerOnPage": "answer a complaint",
        "decideOnPage": "decide or propose",
        "answerDecisionOnPage": "confirm, take back or judge",
        "showAppeals": "look at appeals and hearings",
        "showMeasures": "look at measures",
        "findSubjects": "look for accounts, apps and sites",
        "showSubject": "look at an account, an app or a site",
        "showOrders": "look at orders",
        "showOrder": "look at an order",
        "showNewOrder": "look at the form for an order",
        "previewOrderOnPage": "see what an order would hit",
        "enterOrderOnPage": "enter an order",
        "confirmOrderOnPage": "confirm an order",
        "amendOrderOnPage": "amend an order",
        "saveOrderDocument": "save the document of an order",
        "showFeed": "read square",
        "showPost": "read a post",
        "showAccount": "look at an account of square",
        "complainOnPage": "complain",
        "showComplaints": "look at one's own complaints",
        "showComplaint": "look at a complaint of one's own",
        "followOnPage": "follow an account",
        "unfollowOnPage": "follow an account no more",
        "showPublish": "look at the form for a post",
        "publishOnPage": "publish a post",
        "showCheck": "look at the form for a draft",
        "checkDraftOnPage": "check a draft",
        "showOwnAccounts": "look at one's own accounts",
        "showOwnAccount": "look at an account of one's own",
        "answerHearingOnPage": "answer a proposal",
        "appealOnPage": "appeal",
        "showLink": "open a link",
        "answerByLinkOnPage": "answer a proposal by a link",
        "appealByLinkOnPage": "appeal by a link",
        "showPeople": "look at people",
        "showUser": "look at a person",
        "showRoles": "look at what each role may",
        "showNewUser": "look at the form for a person",
        "makeUserOnPage": "bring somebody in",
        "changeUserOnPage": "change what somebody is",
        "stopUserOnPage": "stop somebody",
        "unlockUserOnPage": "let somebody log in at once",
        "givePasswordOnPage": "give somebody a first password",
        "forgetSecondOnPage": "forget somebody's second factor",
        "revokeUserTokenOnPage": "revoke somebody's token",
        "showTrail": "look at the audit trail",
        "showWebhooks": "look at webhooks",
        "showWebhook": "look at a webhook",
        "addWebhookOnPage": "add a webhook",
        "testWebhookOnPage": "send a webhook something on trial",
        "switchWebhookOnPage": "stop a webhook or start it again",
        "rotateWebhookOnPage": "make another secret of a webhook",
        "replayDeliveryOnPage": "send a webhook something again",
        "replayDeliveriesOnPage": "send a webhook all again since a time",
        "removeWebhookOnPage": "remove a webhook",
        "showSettings": "look at the settings",
    }
)
"""What somebody does by an operation of pages; others stand in the audit trail by their name."""

EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "case.opened": "a case was opened",
        "decision.recorded": "a decision was recorded",
        "measure.carried_out": "a measure was carried out",
        "notice.sent": "a notice was sent",
        "notice.penalty": "a measure, in the shape of WeChat's penalty event",
        "appeal.received": "an appeal was received",
        "appeal.judged": "an appeal was judged",
        "order.received": "an order was received",
        "complaint.answered": "a complaint was answered",
        "webhook.test": "on trial",
    }
)
"""What webhooks tell."""
