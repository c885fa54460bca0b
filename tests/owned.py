"""What endpoints are about, one of each for every endpoint: somebody's own, and others' beside it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

import msgspec
from places import account
from served import PATIENCE, Served
from squares import PNG

from tipstaff.actions.access.links import make_link
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.ask import ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.complain import complain
from tipstaff.actions.deciding import Wanted, to_decide
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.ordering import WantedAmendment, WantedOrder, to_amend, to_enter
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.texts import reader
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.assembly.access import open_access
from tipstaff.assembly.webhooks import open_webhooks
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor, Appeal, AskOpinion, Claim, Command, Rule
from tipstaff.casework.events import Reason, Result, Waiver
from tipstaff.casework.orders.events import Change
from tipstaff.casework.words import MeasureKind, Target

Named = Mapping[str, object]
"""What paths name: numbers and names, by what they are of."""

ORDER: Final = {
    "authority": "bureau", "reference": "1", "basis": "im-2014", "scope": "account",
    "targets": ["square/account/news"], "territory": "CN", "deadline": "2099-01-01T00:00:00+08:00",
    "text": "…", "attachment": "JVBERi0=",
}  # fmt: skip
"""An order."""


class Whose(NamedTuple):
    """Whose something is: a word for it in names, who complains, and which authority orders."""

    word: str
    reader: str
    authority: str

    @property
    def too(self) -> Whose:
        """Of the same another one, for who asks in another way."""
        return self._replace(word=f"{self.word}-too")


OWN: Final = Whose("own", "rae", "bureau")
OTHERS: Final = Whose("others", "sam", "court")


def handle_of(operation: str, whose: Whose) -> str:
    """Return the account that an endpoint is asked about."""
    return f"{operation.lower()}-{whose.word}"


def make(made: Served, operation: str, path: str, whose: Whose) -> Named:
    """Make what an endpoint is about, so that it can be done, once at least; returns what its path names."""
    handle = handle_of(operation, whose)
    made.place.square.register_account(handle, handle)
    prefix = next((one for one in _MADE if path.startswith(one)), "")
    return _MADE[prefix](made, operation, handle, whose) if prefix else {}


def case(made: Served, operation: str, handle: str, whose: Whose) -> Named:
    """Make a case of which a reader complains, and let happen in it what the endpoint goes on with."""
    post = made.place.publish(handle, "稳赚不赔，加我 bitcoin", None, PNG)
    with made.place.desk() as desk:
        target = Target(account(handle), post)
        receipt = complain(desk, reader("square", whose.reader), target, Reason.FRAUD, "骗人的")
    named: dict[str, object] = {
        "number": receipt.case, "complaint": receipt.complaint, "decision": 1,
        "place": f"{receipt.case}-{receipt.complaint}", "host": "square", "kind": "account", "name": handle,
        "digest": hashlib.sha256(PNG).hexdigest(),
    }  # fmt: skip
    if operation in {"issueLink", "answerHearing", "readLink", "answerByLink"}:
        named |= made.propose(receipt.case)
    for step in _BEFORE.get(operation, ()):
        step(made, receipt.case, post)
    if operation == "appealByLink":
        with made.place.desk() as desk, open_access(made.place.directory) as access:
            found = desk.cases.load(receipt.case)
            named["link"] = make_link(access.links, found, 1, "alice", desk.clock(), desk.table).shown
    return named


def _say(made: Served, number: int, by: str | Actor, command: Callable[[Desk, Case], Command]) -> None:
    """Do something in a case; again where the worker beside was there first."""
    with made.place.desk() as desk:
        while True:
            with suppress(MovedError):
                actor = desk.actor(by) if isinstance(by, str) else by
                ask(desk, number, actor, command(desk, desk.cases.load(number)))
                return


def _text(desk: Desk, found: Case) -> bytes:
    """Keep what somebody says in a case."""
    return desk.keep(found.subject, "note", "text", "…")


def _claimed(made: Served, number: int, _: str) -> None:
    """Let alice work on a case alone."""
    _say(made, number, "alice", lambda desk, _: Claim(desk.clock() + 600))


def _asked(made: Served, number: int, _: str, of: str) -> None:
    """Let somebody be asked what they think."""
    _say(made, number, "bob", lambda desk, found: AskOpinion(of, _text(desk, found)))


def _decided(made: Served, number: int, post: str, by: str, wanted: Wanted) -> None:
    """Let a case be decided: of its post, or of the account where that is closed."""
    posts = () if MeasureKind.CLOSE_ACCOUNT in wanted.measures else (post,)
    about = msgspec.structs.replace(wanted, posts=posts)
    _say(made, number, by, lambda desk, found: to_decide(desk, found, about))


def _logged(made: Served, number: int, _: str) -> None:
    """Wait until the worker beside has appended what was decided."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = made.place.case(number)
        if found.decisions[0].entry in found.logged:
            return
        time.sleep(0.05)
    raise TimeoutError(f"decision 1 of case {number} is not on the ledger")


def _appealed(made: Served, number: int, _: str) -> None:
    """Let the decision be appealed against, with a document."""
    _say(made, number, PLATFORM, lambda desk, found: Appeal(1, _text(desk, found), _document(desk, found)))


def _document(desk: Desk, found: Case) -> bytes:
    """Keep a document."""
    return desk.keep(found.subject, "appeal", "attachment", b"%PDF-")


def _reversed(made: Served, number: int, _: str) -> None:
    """Let the decision be undone, which takes a second person."""
    _say(made, number, "bob", lambda desk, found: Rule(1, Result.REVERSED, _text(desk, found)))


_BLOCK: Final = Wanted(
    measures=(MeasureKind.BLOCK_CONTENT,), provision="house-1", policy="tiny", reasons="…",
    rungs_skipped_for=Waiver.GRAVE_HARM,
)  # fmt: skip
_CLOSE: Final = msgspec.structs.replace(
    _BLOCK, measures=(MeasureKind.CLOSE_ACCOUNT,), hearing_waived_for=Waiver.GRAVE_HARM
)
_LATE: Final = msgspec.structs.replace(_BLOCK, delay=3600)

Step = Callable[[Served, int, str], None]
_BLOCKED: Final[tuple[Step, ...]] = (partial(_decided, by="alice", wanted=_BLOCK), _logged)
_BEFORE: Final[Mapping[str, tuple[Step, ...]]] = {
    "releaseCase": (_claimed,),
    "giveOpinion": (partial(_asked, of="alice"), partial(_asked, of="carol")),
    "confirmDecision": (partial(_decided, by="bob", wanted=_CLOSE),),
    "takeDecisionBack": (partial(_decided, by="alice", wanted=_LATE),),
    "makeAppeal": _BLOCKED,
    "appealByLink": _BLOCKED,
    "judgeAppeal": (*_BLOCKED, _appealed),
    "readAppealDocument": (*_BLOCKED, _appealed),
    "confirmResult": (*_BLOCKED, _appealed, _reversed),
}
"""What has happened in a case before an endpoint is asked."""


def order(made: Served, operation: str, handle: str, whose: Whose) -> Named:
    """Make an order that wu has entered, and an amendment of it where one is to be confirmed."""
    about = {"authority": whose.authority, "reference": handle, "targets": [f"square/account/{handle}"]}
    with made.place.desk() as desk:
        wanted = msgspec.convert(ORDER | about, WantedOrder)
        number = enter(desk, desk.actor("wu"), to_enter(desk, wanted)).number
        if operation == "confirmAmendment":
            _amended(desk, number)
    return {"number": number, "amendment": 1}


def _amended(desk: Desk, number: int) -> None:
    """Let an order be refused; again where the worker beside was there first."""
    wanted = WantedAmendment(change=Change.REFUSED, reasons="…")
    while True:
        with suppress(MovedError):
            found = desk.cases.load_order(number)
            ask_of_order(desk, number, desk.actor("wu"), to_amend(desk, found, wanted))
            return


def webhook(made: Served, _: str, __: str, ___: Whose) -> Named:
    """Make a webhook that is owed a message, and is sent nothing: nobody is there."""
    with open_webhooks(made.place.directory, made.place.clock) as manage:
        number = manage.add("https://hooks.example.org/", EventType).webhook.id
        manage.set_active(number, active=False)
        return {"webhook": number, "delivery": manage.test(number).number}


def policy(_: Served, operation: str, __: str, whose: Whose) -> Named:
    """Name a version of a policy: of `tiny` one is in force and one in shadow, the others are in shadow."""
    names = {"adoptPolicy": "tiny@1.2.3", "retirePolicy": f"spare-{whose.word}"}
    return {"name": names.get(operation, "tiny")}


def statement(made: Served, _: str, __: str, ___: Whose) -> Named:
    """Name a statement."""
    return {"entry": made.place.adopted().entry.hex()}


def nobodys(_: Served, __: str, ___: str, ____: Whose) -> Named:
    """Name a session or a passkey that nobody has: whose own they are is tested where they are made."""
    return {"number": "0" * 16, "token": "0" * 16}


def user(made: Served, _: str, handle: str, __: Whose) -> Named:
    """Make a user who has a token, for those who manage people."""
    return {"user": handle, "token": made.token(handle, Role.AUDITOR).split("_")[1]}


def file(_: Served, __: str, ___: str, ____: Whose) -> Named:
    """Name a file of the ledger."""
    return {"path": "checkpoint"}


_MADE: Final[Mapping[str, Callable[[Served, str, str, Whose], Named]]] = {
    "/v1/cases/{": case,
    "/v1/complaints/{": case,
    "/v1/accounts/{": case,
    "/v1/links/{": case,
    "/v1/orders/{": order,
    "/v1/webhooks/{": webhook,
    "/v1/policies/{": policy,
    "/v1/statements/{": statement,
    "/v1/users/{": user,
    "/v1/me/": nobodys,
    "/ledger/{": file,
}
"""What is made for a path that begins so; for others nothing is."""
