"""The client: what the API can do, by name. Lists are followed page by page."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from tipstaff.actions.deciding import Wanted, WantedProposal
from tipstaff.actions.holdings import Ruling
from tipstaff.actions.order_views import OrderLine, OrderView
from tipstaff.actions.ordering import WantedAmendment, WantedOrder
from tipstaff.actions.standing import Hearing, Standing
from tipstaff.actions.views import CaseLine, CasePage, CaseView, OutlookView
from tipstaff.api.accounts import NewAppeal, NoticeLine, Notices, Standings
from tipstaff.api.cases import ComplaintAnswer, Judgement, Question, Text
from tipstaff.api.complaints import NewComplaint, OwnComplaint, OwnComplaints
from tipstaff.api.drafts import CheckedDraft
from tipstaff.api.drafts import Draft as NewDraft
from tipstaff.api.links import IssuedLink, NewLink, Saying
from tipstaff.api.logins import Myself
from tipstaff.api.measures import MeasureLine, MeasurePage
from tipstaff.api.orders import OrderPage
from tipstaff.api.policies import Comparison, PolicyVersion, PolicyVersions
from tipstaff.api.posts import Screened
from tipstaff.api.statements import StatementView
from tipstaff.api.tokens import OwnToken, OwnTokens
from tipstaff.api.trail import VisitPage, VisitView
from tipstaff.api.users import NewUser, UserPage, UserRoles, UserView
from tipstaff.api.webhooks import (
    DeliveryPage,
    DeliveryView,
    NewWebhook,
    Overlap,
    Replayed,
    ShownWebhook,
    Since,
    Webhooks,
    WebhookView,
)
from tipstaff.casework.events import Outcome, Reason, Result
from tipstaff.client.connection import Connection
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.trust import Trust, Verified, verify_statement
from tipstaff.screening.posts import Post


class _Paged(Protocol):
    """A page of a list; `next` is what the next one goes on from, None on the last."""

    @property
    def next(self) -> object:
        """What the next page goes on from."""


_Page = TypeVar("_Page", bound=_Paged)
_Line = TypeVar("_Line")


class Client(Connection):
    """A server, asked with a token. Everything raises `ProblemError` where the server answers with one.

    With `version` a change is made only if what is changed is at that version still.
    """

    def me(self) -> Myself:
        """Return who one is, and what one may."""
        return self.get(Myself, "/v1/me")

    def cases(
        self,
        *,
        waiting: bool = False,
        pending: bool = False,
        about: str | None = None,
        after: int | None = None,
    ) -> Iterator[CaseLine]:
        """Yield cases by their rank, those behind a case where one is named."""
        return _followed(
            lambda after: self.get(
                CasePage, "/v1/cases", after=after, waiting=waiting, pending=pending, about=about
            ),
            lambda page: page.cases,
            after,
        )

    def case(self, number: int) -> CaseView:
        """Return a case in full."""
        return self.get(CaseView, f"/v1/cases/{number}")

    def claim(self, number: int, version: int | None = None) -> CaseView:
        """Take a case for oneself, for a while."""
        return self.post(CaseView, f"/v1/cases/{number}/claim", None, version)

    def release(self, number: int, version: int | None = None) -> CaseView:
        """Give a case back."""
        return self.post(CaseView, f"/v1/cases/{number}/release", None, version)

    def note(self, number: int, text: str, version: int | None = None) -> CaseView:
        """Note something on a case."""
        return self.post(CaseView, f"/v1/cases/{number}/notes", Text(text), version)

    def escalate(self, number: int, text: str, version: int | None = None) -> CaseView:
        """Put a case before others, with reasons."""
        return self.post(CaseView, f"/v1/cases/{number}/escalation", Text(text), version)

    def ask_opinion(self, number: int, of: str, text: str, version: int | None = None) -> CaseView:
        """Ask another person what they think of a case."""
        return self.post(CaseView, f"/v1/cases/{number}/questions", Question(of, text), version)

    def give_opinion(self, number: int, text: str, version: int | None = None) -> CaseView:
        """Say what one thinks of a case, after one was asked."""
        return self.post(CaseView, f"/v1/cases/{number}/opinions", Text(text), version)

    def answer(self, number: int, complaint: int, outcome: Outcome, version: int | None = None) -> CaseView:
        """Tell a complainant what came of a complaint."""
        path = f"/v1/cases/{number}/complaints/{complaint}/answer"
        return self.post(CaseView, path, ComplaintAnswer(outcome), version)

    def preview(self, number: int, *posts: str) -> OutlookView:
        """Return what a decision on a case would hit, or one on some posts of its subject."""
        return self.get(OutlookView, f"/v1/cases/{number}/preview", post=posts)

    def propose(self, number: int, wanted: WantedProposal, version: int | None = None) -> CaseView:
        """Propose a decision, which the subject has time to answer."""
        return self.post(CaseView, f"/v1/cases/{number}/proposals", wanted, version)

    def decide(self, number: int, wanted: Wanted, version: int | None = None) -> CaseView:
        """Decide a case."""
        return self.post(CaseView, f"/v1/cases/{number}/decisions", wanted, version)

    def confirm(self, number: int, decision: int, version: int | None = None) -> CaseView:
        """Confirm what another has decided."""
        path = f"/v1/cases/{number}/decisions/{decision}/confirmation"
        return self.post(CaseView, path, None, version)

    def take_back(self, number: int, decision: int, version: int | None = None) -> CaseView:
        """Take a decision back that is not in effect yet."""
        return self.post(CaseView, f"/v1/cases/{number}/decisions/{decision}/withdrawal", None, version)

    def judge(
        self, number: int, decision: int, result: Result, answer: str, version: int | None = None
    ) -> CaseView:
        """Judge the appeal against a decision."""
        path = f"/v1/cases/{number}/decisions/{decision}/result"
        return self.post(CaseView, path, Judgement(result, answer), version)

    def confirm_result(self, number: int, decision: int, version: int | None = None) -> CaseView:
        """Confirm what another has judged of an appeal."""
        path = f"/v1/cases/{number}/decisions/{decision}/result/confirmation"
        return self.post(CaseView, path, None, version)

    def link(self, number: int, decision: int | None = None, *, revoke: bool = False) -> IssuedLink:
        """Issue a link by which the account holder answers what is proposed or, of a decision, appeals."""
        return self.post(IssuedLink, f"/v1/cases/{number}/links", NewLink(decision, revoke))

    def complain(self, about: str, reason: Reason, text: str) -> OwnComplaint:
        """Complain of an account, an app, a site or a post; returns the receipt."""
        return self.post(OwnComplaint, "/v1/complaints", NewComplaint(about, reason, text))

    def complaints(self) -> Iterator[OwnComplaint]:
        """Yield one's own complaints."""
        return _followed(
            lambda after: self.get(OwnComplaints, "/v1/complaints", after=after), lambda page: page.complaints
        )

    def complaint(self, place: str) -> OwnComplaint:
        """Return a complaint by its `id`, and what came of it."""
        return self.get(OwnComplaint, f"/v1/complaints/{place}")

    def orders(self, *, waiting: bool = False, due: bool = False) -> Iterator[OrderLine]:
        """Yield orders, the oldest first: an authority its own."""
        return _followed(
            lambda after: self.get(OrderPage, "/v1/orders", after=after, waiting=waiting, due=due),
            lambda page: page.orders,
        )

    def order(self, number: int) -> OrderView:
        """Return an order in full."""
        return self.get(OrderView, f"/v1/orders/{number}")

    def enter_order(self, wanted: WantedOrder) -> OrderView:
        """Enter an order that has come in."""
        return self.post(OrderView, "/v1/orders", wanted)

    def confirm_order(self, number: int, version: int | None = None) -> OrderView:
        """Confirm an order that another has entered."""
        return self.post(OrderView, f"/v1/orders/{number}/confirmation", None, version)

    def amend_order(self, number: int, wanted: WantedAmendment, version: int | None = None) -> OrderView:
        """Narrow an order, refuse or withdraw it."""
        return self.post(OrderView, f"/v1/orders/{number}/amendments", wanted, version)

    def confirm_amendment(self, number: int, amendment: int, version: int | None = None) -> OrderView:
        """Confirm what another has amended."""
        return self.post(OrderView, f"/v1/orders/{number}/amendments/{amendment}/confirmation", None, version)

    def send(self, posts: Sequence[Post]) -> Screened:
        """Have posts screened that were published."""
        return self.post(Screened, "/v1/posts", {"posts": posts})

    def check(self, draft: NewDraft) -> CheckedDraft:
        """Check a draft before it is published; nothing is kept of it."""
        return self.post(CheckedDraft, "/v1/check", draft)

    def accounts(self) -> list[Standing]:
        """Return the accounts and apps that are one's own, and how each stands."""
        return self.get(Standings, "/v1/accounts").accounts

    def account(self, subject: str) -> Standing:
        """Return how HOST/account/NAME stands, or HOST/app/NAME."""
        return self.get(Standing, f"/v1/accounts/{subject}")

    def hear(self, subject: str, hearing: str, text: str) -> Hearing:
        """Answer what is proposed about one's own, by the `id` of the hearing."""
        return self.post(Hearing, f"/v1/accounts/{subject}/hearings/{hearing}/answer", Saying(text))

    def appeal(self, subject: str, decision: int, text: str, attachment: bytes | None = None) -> Ruling:
        """Appeal against a decision about one's own; `attachment` is a document that goes with it."""
        document = None if attachment is None else b64encode(attachment).decode()
        return self.post(Ruling, f"/v1/accounts/{subject}/appeals", NewAppeal(decision, text, document))

    def notices(self) -> Iterator[NoticeLine]:
        """Yield what was told about one's own, to the account and to readers, case by case."""
        return _followed(
            lambda after: self.get(Notices, "/v1/notices", after=after), lambda page: page.notices
        )

    def measures(self, *, in_force: bool = False) -> Iterator[MeasureLine]:
        """Yield the measures that were stated, case by case."""
        return _followed(
            lambda after: self.get(MeasurePage, "/v1/measures", after=after, in_force=in_force),
            lambda page: page.measures,
        )

    def policies(self) -> list[PolicyVersion]:
        """Return the versions of policies, and how each stands."""
        return self.get(PolicyVersions, "/v1/policies").policies

    def adopt_policy(self, named: str) -> PolicyVersion:
        """Put a version in force, by NAME or NAME@VERSION."""
        return self.post(PolicyVersion, f"/v1/policies/{named}/adopt")

    def shadow_policy(self, named: str) -> PolicyVersion:
        """Have a version tried beside the one in force."""
        return self.post(PolicyVersion, f"/v1/policies/{named}/shadow")

    def retire_policy(self, named: str) -> PolicyVersion:
        """End a version."""
        return self.post(PolicyVersion, f"/v1/policies/{named}/retire")

    def comparison(self, named: str, most: int = 1000) -> Iterator[Comparison]:
        """Yield what a version in shadow would change, some posts at a time."""
        path = f"/v1/policies/{named}/comparison"
        return _followed(
            lambda after: self.get(Comparison, path, most=most, after=after), lambda page: [page]
        )

    def statement(self, entry: str) -> StatementView:
        """Return a statement of the ledger, by its entry in hexadecimal digits."""
        return self.get(StatementView, f"/v1/statements/{entry}")

    def order_document(self, number: int) -> bytes:
        """Return the document that came with an order."""
        return self.get_bytes(f"/v1/orders/{number}/document")

    def appeal_document(self, number: int, decision: int) -> bytes:
        """Return the document that came with the appeal against a decision of a case."""
        return self.get_bytes(f"/v1/cases/{number}/decisions/{decision}/appeal/document")

    def image(self, number: int, digest: str) -> bytes:
        """Return an image of the evidence of a case, by its SHA-256."""
        return self.get_bytes(f"/v1/cases/{number}/images/{digest}")

    def receipt(self, entry: str) -> bytes:
        """Return what proves that a statement is on the ledger."""
        return self.get_bytes(f"/v1/statements/{entry}/receipt")

    def proven(self, entry: str, trust: Trust) -> Verified:
        """Return a statement that is proven to be on the ledger: the trust file is believed, no server.

        Raises `StatementError` or `ProofError`, with what is wrong.
        """
        try:
            signed = b64decode(self.statement(entry).signed)
        except ValueError as error:
            raise ProofError("the server has answered with what is no statement") from error
        verified = verify_statement(trust, signed, self.receipt(entry))
        if verified.statement.entry.hex() != entry:
            raise ProofError(f"the server has answered with another statement than {entry}")
        return verified

    def export(self, subject: str) -> bytes:
        """Return all that is kept about an account or an app: JSON, a line for each thing."""
        return self.get_bytes(f"/v1/accounts/{subject}/export")

    def webhooks(self) -> list[WebhookView]:
        """Return who is told of what, and whether it arrives."""
        return self.get(Webhooks, "/v1/webhooks").webhooks

    def add_webhook(self, wanted: NewWebhook) -> ShownWebhook:
        """Set a webhook up; its secret is shown this once."""
        return self.post(ShownWebhook, "/v1/webhooks", wanted)

    def enable_webhook(self, webhook: str) -> WebhookView:
        """Let one that was stopped be sent what it is owed."""
        return self.post(WebhookView, f"/v1/webhooks/{webhook}/enable")

    def disable_webhook(self, webhook: str) -> WebhookView:
        """Stop one: what happens meanwhile waits."""
        return self.post(WebhookView, f"/v1/webhooks/{webhook}/disable")

    def rotate_webhook(self, webhook: str, hours: int = 24) -> ShownWebhook:
        """Make another secret, shown this once; the one before signs as well for so many hours."""
        return self.post(ShownWebhook, f"/v1/webhooks/{webhook}/secret", Overlap(hours))

    def remove_webhook(self, webhook: str) -> None:
        """Remove one, with its secrets and the log of what it was told."""
        self.delete(f"/v1/webhooks/{webhook}")

    def deliveries(self, webhook: str) -> Iterator[DeliveryView]:
        """Yield what one was told, or is owed, the newest first."""
        return _followed(
            lambda before: self.get(DeliveryPage, f"/v1/webhooks/{webhook}/deliveries", before=before),
            lambda page: page.deliveries,
        )

    def replay(self, webhook: str, number: int) -> DeliveryView:
        """Send one delivery again, under the same id."""
        return self.post(DeliveryView, f"/v1/webhooks/{webhook}/deliveries/{number}/replay")

    def replay_since(self, webhook: str, since: datetime, *, arrived: bool = False) -> int:
        """Send again what has happened since, and has not arrived, or all of it; returns how much."""
        return self.post(Replayed, f"/v1/webhooks/{webhook}/replay", Since(since, arrived)).replayed

    def users(self) -> Iterator[UserView]:
        """Yield users, by name."""
        return _followed(lambda after: self.get(UserPage, "/v1/users", after=after), lambda page: page.users)

    def user(self, name: str) -> UserView:
        """Return what a user is, and how they log in."""
        return self.get(UserView, f"/v1/users/{name}")

    def make_user(self, wanted: NewUser) -> UserView:
        """Bring somebody in."""
        return self.post(UserView, "/v1/users", wanted)

    def change_user(self, name: str, wanted: UserRoles) -> UserView:
        """Say what a user is from now on."""
        return self.post(UserView, f"/v1/users/{name}/roles", wanted)

    def stop_user(self, name: str) -> UserView:
        """Let a user do nothing any more."""
        return self.post(UserView, f"/v1/users/{name}/stop")

    def unlock_user(self, name: str) -> UserView:
        """Let a user log in at once, whatever went wrong before."""
        return self.post(UserView, f"/v1/users/{name}/unlock")

    def tokens(self, user: str) -> list[OwnToken]:
        """Return the tokens of a user that may be used."""
        return self.get(OwnTokens, f"/v1/users/{user}/tokens").tokens

    def revoke_token(self, user: str, number: str) -> list[OwnToken]:
        """Revoke a token of a user, for good; returns those that are left."""
        return self.post(OwnTokens, f"/v1/users/{user}/tokens/{number}/revocation").tokens

    def trail(
        self,
        *,
        user: str | None = None,
        operation: str | None = None,
        path: str | None = None,
        status: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[VisitView]:
        """Yield who asked for what, the newest first; times have an offset."""
        sought = {
            "user": user,
            "operation": operation,
            "path": path,
            "status": status,
            "since": since and since.isoformat(),
            "until": until and until.isoformat(),
        }
        return _followed(
            lambda before: self.get(VisitPage, "/v1/trail", before=before, **sought), lambda page: page.visits
        )


def _followed(
    read: Callable[[object], _Page], lines: Callable[[_Page], list[_Line]], after: object = None
) -> Iterator[_Line]:
    """Yield the lines of all pages; each is read when it is come to."""
    while True:
        page = read(after)
        yield from lines(page)
        after = page.next
        if after is None:
            return
