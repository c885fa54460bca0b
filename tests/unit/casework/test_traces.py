"""By what an account is recognised, and how much of it is enough."""

from __future__ import annotations

import pytest
from squares import TIME

from tipstaff.casework.traces import shared_kinds, traces_of
from tipstaff.casework.words import Trace, TraceKind
from tipstaff.screening.posts import Post

CONTACT, HANDLE, LINK, NAME, TEXT, APP = (
    TraceKind.CONTACT, TraceKind.HANDLE, TraceKind.LINK, TraceKind.NAME, TraceKind.TEXT, TraceKind.APP,
)  # fmt: skip
SENTENCE = "跟着老师一起上车，每天早上九点准时喊单"


def traces(handle: str = "", name: str = "", text: str = "", app: str | None = None) -> tuple[Trace, ...]:
    """Return the traces of an account with one post."""
    post = Post(id="p1", account=handle or "somebody", text=text, published_at=TIME, app=app)
    return traces_of({"handle": handle, "name": name}, [post])


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ({"handle": "starpool"}, {"handle": "star_pool88"}, HANDLE),
        ({"handle": "starpool"}, {"handle": "starp00l"}, HANDLE),
        ({"name": "星池财讯"}, {"name": "星池财讯2"}, NAME),
        ({"text": "加微信 wx_star66 咨询"}, {"text": "老朋友：微信 wx_star66"}, CONTACT),
        ({"text": "见 https://coin.example/a"}, {"text": "https://www.coin.example/b?c=1"}, LINK),
        ({"text": f"{SENTENCE}。今天"}, {"text": f"早安！{SENTENCE}"}, TEXT),
        ({"app": "signer"}, {"app": "signer"}, APP),
    ],
)
def test_what_two_accounts_share(one: dict[str, str], other: dict[str, str], kind: TraceKind) -> None:
    """Each kind of trace alone, however it is written."""
    assert {trace.kind for trace in {*traces(**one)} & {*traces(**other)}} == {kind}


def test_what_anybody_may_share_is_no_trace() -> None:
    """Short names, digits that look like no letters, and short sentences."""
    assert traces("ab1", "22926", "早安。你好！") == ()


@pytest.mark.parametrize(
    ("one", "other"), [("13457", "13457"), ("13457", "1-3-4-5-7"), ("1034571", "10345719")]
)
def test_numbers_spell_nothing(one: str, other: str) -> None:
    """Two strangers with handles and names of digits alone share nothing by them."""
    assert {*traces(one, other)} & {*traces(other, one)} == set()


def test_enough_must_be_shared() -> None:
    """Each kind has its weight, and counts once however much of it is shared."""
    closed = traces("starpool", "星池财讯", f"{SENTENCE}。微信 wx_star66，https://coin.example", "signer")
    assert shared_kinds(closed, traces("starpool", text="微信 wx_star66")) == (CONTACT, HANDLE)
    assert shared_kinds(closed, traces("starpool", app="signer")) == (APP, HANDLE)
    for little in ({"handle": "starpool"}, {"text": SENTENCE, "app": "signer"}, {"name": "月港快讯"}):
        assert shared_kinds(closed, traces(**little)) == ()
