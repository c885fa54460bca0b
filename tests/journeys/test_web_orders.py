"""Orders on pages: entered, confirmed, amended and reported, by clerks and by the authority."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from places import account
from policies import write_policy
from visitors import Shown, Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.assembly.casework import add_person
from tipstaff.screening.load import load_policy

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\n'
DOCUMENT: Final = b"%PDF-1.7 ..."
PATIENCE: Final = 20.0

ORDER: Final = {
    "authority": "bureau", "reference": "2026/1", "basis": "im-2014", "territory": "CN", "scope": "account",
    "targets": "square/account/news\nsquare/account/shop", "deadline": "2099-01-01T08:00", "offset": "+08:00",
    "text": "关闭这些帐号。",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with two clerks, reviewers, an auditor, a reader and two authorities."""
    folder = tmp_path_factory.mktemp("web-orders")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        for handle in ("news", "shop", "cafe"):
            served.place.square.register_account(handle, handle)
            served.place.publish(handle, "早安")
        for name in ("bureau", "court"):
            add_person(served.place.directory, name, "authority", served.place.clock)
            served.user(name, Role.AUTHORITY)
        for name in ("chen", "wu"):
            served.user(name, Role.CLERK)
        served.user("alice", Role.REVIEWER)
        served.user("adam", Role.AUDITOR)
        yield served


def enter(visitor: Visitor, **otherwise: str) -> Shown:
    """Enter an order by the form; returns the page of it."""
    form = visitor.get("/console/orders/new").form("/console/orders/new")
    page = visitor.send(form.action, form, **{**ORDER, **otherwise})
    assert "The order is entered." in page.text, page.text
    return page


def confirm(visitor: Visitor, path: str, amendment: int = 0) -> Shown:
    """Confirm an order, or an amendment, by the form; again where the worker was there first."""
    end = time.monotonic() + PATIENCE
    while True:
        form = visitor.get(path).form(f"{path}/confirmations/{amendment}")
        page = visitor.send(form.action, form)
        if page.status == 200 or time.monotonic() > end:
            assert page.status == 200, page.text
            return page


def until(visitor: Visitor, path: str, holds: Callable[[str], bool]) -> Shown:
    """Look at a page until something holds of it: a worker is at work beside."""
    end = time.monotonic() + PATIENCE
    while True:
        page = visitor.get(path)
        if holds(page.text) or time.monotonic() > end:
            assert holds(page.text), page.text
            return page
        time.sleep(0.05)


def test_an_order_is_entered_confirmed_and_reported(world: Web) -> None:
    """Each step is a page, which says what is left until the report goes out, and in which case."""
    chen, wu = world.visitor("chen"), world.visitor("wu")
    form = chen.get("/console/orders/new").form("/console/orders/new")
    entered = chen.send_with(form.action, form, {"document": ("a.pdf", DOCUMENT)}, **ORDER)
    path = entered.path
    assert "Another person confirms the order" in entered.text
    assert not any("confirmations" in one.action for one in entered.forms), "not by who has entered it"
    assert chen.get(f"{path}/document").answer.content == DOCUMENT
    assert path in chen.get("/console/orders?show=waiting").text
    confirm(wu, path)
    page = until(chen, path, lambda text: text.count("It is to be decided.") == 2)
    assert "2099-01-01 00:00 UTC" in page.text, "eight hours earlier than on a clock at +08:00"
    assert path in chen.get("/console/orders").text
    alice = world.token("alice", Role.REVIEWER)
    number = int(path.rpartition("/")[2])
    for handle in ("news", "shop"):
        with world.place.desk() as desk:
            case = desk.cases.find(account(handle))
        assert case is not None
        assert f'href="/console/cases/{case.number}"' in page.text
        block = {"measures": ["block_content"], "order": number, "hearing_waived_for": "order",
                 "reasons": "依令"}  # fmt: skip
        assert world.ask(alice, "POST", f"/v1/cases/{case.number}/decisions", block).status_code == 200
        bob = world.token("bob", Role.REVIEWER)
        done = world.ask(bob, "POST", f"/v1/cases/{case.number}/decisions/1/confirmation")
        assert done.status_code == 200, done.text
    page = until(chen, path, lambda text: "Reports to the authority" in text)
    assert "It is to be decided." not in page.text
    assert path not in chen.get("/console/orders").text
    assert path in chen.get("/console/orders?show=all").text


def test_what_is_decided_waits_for_a_second_person(world: Web) -> None:
    """The page says so to who reads cases; the authority is told no more than that it is to be decided."""
    chen, wu = world.visitor("chen"), world.visitor("wu")
    path = enter(chen, reference="2026/2", targets="square/account/cafe").path
    confirm(wu, path)
    until(chen, path, lambda text: "It is to be decided." in text)
    with world.place.desk() as desk:
        case = desk.cases.find(account("cafe"))
    assert case is not None
    alice = world.token("alice", Role.REVIEWER)
    close = {"measures": ["close_account"], "order": int(path.rpartition("/")[2]), "reasons": "依令",
             "hearing_waived_for": "order"}  # fmt: skip
    assert world.ask(alice, "POST", f"/v1/cases/{case.number}/decisions", close).status_code == 200
    until(chen, path, lambda text: "It is decided, and waits for a second person." in text)
    told = world.visitor("bureau").get(path).text
    assert "It is to be decided." in told
    assert "/console/cases/" not in told, "it reads none"


def test_an_overdue_order_says_so(world: Web) -> None:
    """In words, on its page and in the list; the first deadline is the first line."""
    chen = world.visitor("chen")
    later = enter(chen, reference="2026/31", targets="square/account/news").path
    soon = enter(chen, reference="2026/32", targets="square/account/news", deadline="2026-09-23T00:00",
                 offset="+00:00").path  # fmt: skip
    listed = chen.get("/console/orders").text
    assert listed.index(f'"{soon}"') < listed.index(f'"{later}"')
    assert "overdue:" not in listed
    world.place.clock.now += 10 * 86_400
    assert "overdue:" in world.visitor("chen").get("/console/orders").text
    assert "The deadline has passed" in world.visitor("chen").get(soon).text


def test_nothing_that_was_typed_is_lost(world: Web) -> None:
    """What is wrong is told beside the form, which stays as it was; so it does when targets are looked at."""
    chen = world.visitor("chen")
    form = chen.get("/console/orders/new").form("/console/orders/new")
    wrong = chen.part(form.action, form, **{**ORDER, "targets": "square/account/nobody"})
    assert (wrong.status, "there is no account" in wrong.text, "<form" in wrong.text) == (400, True, False)
    for missing in ("reference", "targets", "deadline", "offset"):
        told = chen.part(form.action, form, **{**ORDER, missing: ""})
        assert (told.status, missing in told.text) == (400, True), told.text
    looked = {**ORDER, "targets": "square/account/news\nsquare/account/nobody\nsquare/site/coin.example"}
    page = chen.send("/console/orders/preview", form, **looked)
    assert "关闭这些帐号。" in page.text
    assert 'value="2099-01-01T08:00"' in page.text
    assert "It is not there:" in page.text
    assert "not counted" in page.text, "all posts would be read for a site"
    part = chen.part("/console/orders/preview", form, **looked)
    assert ("It is not there:" in part.text, "<html" in part.text) == (True, False)


def test_an_order_is_amended_by_two(world: Web) -> None:
    """Who signs gives reasons, and is not offered to confirm; the other one finds it with its reasons."""
    chen, wu = world.visitor("chen"), world.visitor("wu")
    path = enter(chen, reference="2026/4").path
    confirm(wu, path)
    page = until(chen, path, lambda text: "It is to be decided." in text)
    form = page.form(f"{path}/amendments")
    fields = {"change": "narrowed", "reasons": "超出法律依据", "targets": "square/account/news",
              "deadline": "2098-01-01T00:00", "offset": "+00:00"}  # fmt: skip
    signed = chen.send(form.action, form, **fields)
    assert "The amendment is signed." in signed.text, signed.text
    assert "超出法律依据" in signed.text
    assert not any("confirmations" in one.action for one in signed.forms)
    confirm(wu, path, 1)
    page = until(chen, path, lambda text: text.count("It is to be decided.") == 1)
    assert "2098-01-01 00:00 UTC" in page.text
    assert chen.part(form.action, form, **fields).status == 412, "it has changed since"


def test_an_authority_has_its_own(world: Web) -> None:
    """It enters orders under its name alone, sees no others, and finds no way to cases."""
    bureau, court = world.visitor("bureau"), world.visitor("court")
    assert bureau.get("/").path == "/console/orders"
    form = bureau.get("/console/orders/new").form("/console/orders/new")
    assert "authority" not in form
    entered = bureau.send(form.action, form, **{**ORDER, "authority": "court", "reference": "B/1"})
    assert "bureau B/1" in entered.text
    assert court.get(entered.path).status == 404
    assert entered.path not in court.get("/console/orders?show=all").text
    assert "/console/subjects" not in entered.text
    for path in ("/console/appeals", "/console/measures", "/console/subjects"):
        assert bureau.get(path).status == 403, path


def test_who_only_looks_changes_nothing(world: Web) -> None:
    """An auditor is shown no form and is refused; somebody from outside sees nothing."""
    path = enter(world.visitor("chen"), reference="2026/6").path
    adam = world.visitor("adam")
    rae = world.token("rae", Role.COMPLAINANT, reader="square/reader/rae")
    page = adam.get(path)
    assert page.status == 200
    assert [one.action for one in page.forms if path in one.action] == []
    assert "/console/orders/new" not in adam.get("/console/orders").text
    assert adam.get("/console/orders/new").status == 403
    csrf = adam.get(path).form("/logout")
    for action in (f"{path}/confirmations/0", f"{path}/amendments", "/console/orders/preview"):
        fields = {"change": "refused", "reasons": "…", "targets": "square/account/news"}
        assert adam.send(action, csrf, **fields).status == 403, action
    for at in ("/console/orders", path, "/console/orders/new"):
        assert world.ask(rae, "GET", at).status_code == 403, at


def test_orders_of_another_queue_are_not_there(world: Web) -> None:
    """Nor are their documents; and none is looked at on a host of another queue."""
    path = enter(world.visitor("chen"), reference="2026/7").path
    world.user("lee", Role.CLERK)
    world.token("lee", Role.CLERK, queues=frozenset({"elsewhere"}))
    lee = world.visitor("lee")
    assert (lee.get(path).status, lee.get(f"{path}/document").status) == (404, 404)
    assert path not in lee.get("/console/orders?show=all").text
    form = lee.get("/console/orders/new").form("/console/orders/new")
    assert lee.part("/console/orders/preview", form, targets="square/account/news").status == 403


def test_an_order_is_entered_anew(world: Web) -> None:
    """The form is filled in with what was entered wrongly, and each of the two names the other."""
    chen = world.visitor("chen")
    wrong = enter(chen, reference="2026/8").path
    number = wrong.rpartition("/")[2]
    page = chen.get(f"/console/orders/new?corrects={number}")
    assert "square/account/shop" in page.text
    form = page.form("/console/orders/new")
    assert form.hidden["corrects"] == number
    mended = chen.send(form.action, form, **{**ORDER, "reference": "2026/8", "territory": "CN-11"})
    assert f'href="{wrong}"' in mended.text, mended.text
    assert f'href="{mended.path}"' in chen.get(wrong).text


def test_orders_speak_chinese(world: Web) -> None:
    """How an order stands is told in the language of who looks, part by part."""
    path = enter(world.visitor("chen"), reference="2026/9").path
    page = world.visitor("wu", "zh-CN").get(path)
    assert "待第二人确认" in page.text
    assert "waits for" not in page.text
