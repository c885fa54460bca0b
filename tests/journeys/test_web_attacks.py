"""What pages answer to who means harm, or writes nonsense: nothing fails, and nobody is told too much."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import pytest
from places import account
from policies import write_policy
from visitors import Shown, Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.assembly.casework import add_person
from tipstaff.screening.load import load_policy
from tipstaff.server.reading import FIELDS

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\ndecision_delay = 600\n'
BAD: Final = "稳赚不赔，加我 bitcoin"
QUEUE: Final = "/console/cases"
BLOCK: Final = {
    "measures": ["block_content"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1",
    "rungs_skipped_for": "grave_harm",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place where decisions can be taken back for ten minutes, with two reviewers."""
    folder = tmp_path_factory.mktemp("attacks")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        served.user("alice", Role.REVIEWER)
        served.user("carol", Role.SENIOR_REVIEWER)
        served.user("rae", Role.READER, reader="square/reader/rae")
        yield served


def png(number: int) -> bytes:
    """Return an image that is another one for each number."""
    return b"\x89PNG\r\n\x1a\n" + bytes([number] * 16)


def image_of(handle: str, content: bytes) -> str:
    """Return where an image of an account is shown to who holds it."""
    return f"/square/mine/account/{handle}/images/{hashlib.sha256(content).hexdigest()}"


def in_case(world: Web, handle: str, *images: bytes) -> tuple[int, list[str]]:
    """Have a new account publish a post with each image, all of them bad; returns the case and the posts."""
    world.place.square.register_account(handle, handle.title())
    posts = [world.place.publish(handle, BAD, None, one) for one in images]
    told = [{"id": one, "account": handle, "host": "square", "text": BAD} for one in posts]
    sent = world.ask(world.token("chen", Role.CLERK), "POST", "/v1/posts", {"posts": told}).json()
    number: int = sent["verdicts"][0]["case"]
    return number, posts


def holder(world: Web, handle: str) -> Visitor:
    """Return somebody who holds an account."""
    return world.holder(f"of.{handle}", account(handle))


def appealed(visitor: Visitor, handle: str, decision: int) -> Shown:
    """Appeal against a decision of which there is no form."""
    path = f"/square/mine/account/{handle}/appeal"
    return visitor.send(path, visitor.get("/check").form("/check"), decision=str(decision), text="no")


def test_an_image_does_not_tell_what_is_in_a_case(world: Web) -> None:
    """Who holds an account has the digests of all that it shows: none is there of which nothing was said."""
    seen, unseen, never = png(1), png(2), png(3)
    number, posts = in_case(world, "drawn", seen, unseen)
    own = holder(world, "drawn")
    early, nowhere = own.get(image_of("drawn", seen)), own.get(image_of("drawn", never))
    digests = (hashlib.sha256(one).hexdigest() for one in (seen, never))
    assert early.status == 404, "before anything was decided"
    assert early.text.replace(*digests) == nowhere.text
    assert f"case {number}" not in nowhere.text
    alice = world.token("alice", Role.REVIEWER)
    path = f"/v1/cases/{number}"
    assert world.ask(alice, "POST", f"{path}/decisions", BLOCK | {"posts": posts[:1]}).status_code == 200
    assert own.get(image_of("drawn", seen)).status == 404, "while it can be taken back"
    world.place.clock.now += 601
    world.until(alice, path, lambda one: "applied" in str(one["decisions"]))
    assert own.get(image_of("drawn", seen)).answer.content == seen
    assert own.get(image_of("drawn", unseen)).status == 404, "of which nothing was decided"
    made = world.ask(alice, "POST", f"{path}/links", {"decision": 1}).json()
    link = made["page"].partition("/links/")[2]
    by_link = [f"/links/{link}/images/{hashlib.sha256(one).hexdigest()}" for one in (seen, unseen)]
    assert [world.visitor().get(one).status for one in by_link] == [200, 404]


def test_an_appeal_does_not_tell_what_can_be_taken_back(world: Web) -> None:
    """Against a decision that is not on the ledger the same is answered as against one that there is not."""
    number, posts = in_case(world, "early", png(4))
    alice = world.token("alice", Role.REVIEWER)
    wanted = BLOCK | {"posts": posts}
    assert world.ask(alice, "POST", f"/v1/cases/{number}/decisions", wanted).status_code == 200
    own = holder(world, "early")
    there, nowhere = (appealed(own, "early", decision) for decision in (1, 7))
    assert (there.status, nowhere.status) == (409, 409)
    assert there.text.replace("decision 1", "decision 7") == nowhere.text
    told = {"text": "no"}
    asked = world.token("of.early", Role.ACCOUNT_HOLDER, holds=(account("early"),))
    path = "/v1/accounts/square/account/early/appeals"
    answers = [world.ask(asked, "POST", path, told | {"decision": decision}) for decision in (1, 7)]
    assert [one.status_code for one in answers] == [409, 409]
    assert answers[0].text.replace("decision 1", "decision 7") == answers[1].text


def test_a_filter_that_is_kept_breaks_no_list(world: Web) -> None:
    """What cannot be looked for is not kept: or the queue would fail for all who share it."""
    carol = world.visitor("carol")
    form = carol.get(f"{QUEUE}?severity=5").form(f"{QUEUE}/filters")
    kept = carol.send(form.action, form, name="broken", query="about=nonsense", **{"for": "all"})
    assert (kept.status, "is no target" in kept.text) == (400, True)
    assert carol.get(QUEUE).status == 200
    assert world.visitor("alice").get(QUEUE).status == 200


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "/\\evil.example", "//[", "https://evil.example", "/\t/evil.example", "/\r\nX: y"],
)
def test_where_somebody_goes_on_is_here(world: Web, back: str) -> None:
    """Whatever a query or a form names; what is no address at all is no failure of ours."""
    visitor = world.visitor()
    form = visitor.get(f"/login?back={quote(back)}").form("/login")
    assert form.hidden["back"] == "/"
    gone = visitor.raw("/preferences", {"back": back, "language": "zh"})
    assert (gone.status, gone.answer.headers["location"]) == (303, "/")


def test_an_address_of_ours_in_any_letters(world: Web) -> None:
    """Is encoded as headers take it, and once."""
    gone = world.visitor().raw("/preferences", {"back": "/square?a=币%20&b=1", "language": "zh"})
    assert (gone.status, gone.answer.headers["location"]) == (303, "/square?a=%E5%B8%81%20&b=1")


def test_what_a_script_says_of_its_page_may_be_nonsense(world: Web) -> None:
    """Who is not logged in is shown where to do so all the same."""
    part = world.visitor().get(QUEUE, **{"HX-Request": "true", "HX-Current-URL": "http://["})
    assert (part.status, part.answer.headers["hx-redirect"]) == (200, "/login?back=%2F")


def test_where_somebody_comes_from_may_be_nonsense(world: Web) -> None:
    """A problem is told as it is, without a way back, where the `Referer` is no address at all."""
    page = world.visitor("alice").get("/console/cases/999999", Referer="http://[")
    assert page.status == 404, page.text


@pytest.mark.parametrize("chosen", ["9" * 5000 + ":1", "1:" + "9" * 5000, "²:1", "-1:1", ":"])
def test_no_case_has_such_a_number(world: Web, chosen: str) -> None:
    """However long it is."""
    alice = world.visitor("alice")
    form = alice.get(QUEUE).form(f"{QUEUE}/claims")
    refused = alice.send(form.action, form, claim=chosen)
    assert (refused.status, "is no case" in refused.text) == (400, True)


def test_a_cookie_may_say_anything(world: Web) -> None:
    """The list that somebody works through is the one of those that wait then."""
    alice = world.visitor("alice")
    alice.keep("tipstaff-queue", "listed%3D" + "9" * 3000)
    assert alice.get(f"{QUEUE}/next?after=1").status == 200


def test_a_form_has_no_million_of_fields(world: Web) -> None:
    """They would be taken apart for seconds, while nobody else is answered: not even a login is asked."""
    visitor = world.visitor()
    many = visitor.raw("/login", "a&" * FIELDS)
    assert (many.status, "fields" in many.text) == (400, True)
    few = visitor.raw("/login", "a&" * (FIELDS - 1))
    assert "fields" not in few.text


def test_what_a_page_asks_by_itself_takes_nobody_away(world: Web) -> None:
    """Whose login has ended meanwhile keeps what they have written: they are told, and stay."""
    number, _ = world.open_case("written")
    gone = world.visitor()
    for path in (f"{QUEUE}/{number}/moved?version=1", f"{QUEUE}/rows?show=all"):
        part = gone.get(path, **{"HX-Request": "true"})
        assert (part.status, "hx-redirect" in part.answer.headers) == (401, False)
        assert "Log in first" in part.text
        assert gone.get(path).path == "/login"


def test_what_is_written_is_no_longer_than_the_api_takes(world: Web) -> None:
    """Whatever a browser lets through: notes, reasons, complaints, proposals, names."""
    number, post = world.open_case("long")
    alice, rae = world.visitor("alice"), world.visitor("rae")
    path, long = f"{QUEUE}/{number}", "长" * 20_001
    form = alice.get(path).form(f"{path}/notes")
    decide = alice.get(path).form(f"{path}/decisions")
    note = {"as": "note", "text": long}
    decision = {"as": "decision", "measure": "warn", "reasons": long}
    proposal = {"as": "proposal", "measure": "warn", "reasons": long}
    territory = {"as": "decision", "measure": "warn", "reasons": "so", "territory": "x" * 201}
    complaint = rae.get(f"/square/posts/{post}").form("/square/complaints")
    refused = [
        alice.send(form.action, form, **note),
        *(alice.send(decide.action, decide, **one) for one in (decision, proposal, territory)),
        rae.send(complaint.action, complaint, reason="other", text=long),
    ]
    assert [one.status for one in refused] == [400] * 5
    assert all("are the most" in one.text for one in refused)
    assert world.place.case(number).version == int(decide.hidden["version"])


def test_nothing_is_no_proposal(world: Web) -> None:
    """The subject is heard about something: who has chosen no measure is told so, and nothing is done."""
    number, _ = world.open_case("nothing")
    alice = world.visitor("alice")
    form = alice.get(f"{QUEUE}/{number}").form(f"{QUEUE}/{number}/decisions")
    refused = alice.send(form.action, form, **{"as": "proposal", "reasons": "so"})
    assert (refused.status, "choose what is proposed" in refused.text) == (400, True)
    assert world.place.case(number).proposal is None


def test_evidence_is_not_made_too_heavy_to_be_opened(world: Web) -> None:
    """Long posts full of what is folded come few at a time, and all of them: what is grave waits for them."""
    world.place.square.register_account("heavy", "Heavy")
    text = f"{BAD} {'Ⓐ' * 40_000}"
    posts = [world.place.publish("heavy", text) for _ in range(4)]
    told = [{"id": one, "account": "heavy", "host": "square", "text": text} for one in posts]
    sent = world.ask(world.token("chen", Role.CLERK), "POST", "/v1/posts", {"posts": told}).json()
    path = f"{QUEUE}/{sent['verdicts'][0]['case']}/evidence"
    alice = world.visitor("alice")
    pages = [alice.get(f"{path}?after={after}").text for after in range(4)]
    assert [one.count('class="proof"') for one in pages] == [1] * 4
    assert all(post in page for post, page in zip(posts, pages, strict=True))
    assert max(len(one) for one in pages) < 300_000
    assert f'{path}?after=4"' not in pages[3]


def test_what_shows_nothing_is_no_evidence_that_was_opened(world: Web) -> None:
    """Nothing is behind the last post: closing the account still waits for who has opened it."""
    number, _ = in_case(world, "unopened", png(7))
    alice = world.visitor("alice")
    assert alice.get(f"{QUEUE}/{number}/evidence?after=999").status == 404
    assert "data-shut" in alice.get(f"{QUEUE}/{number}").text
    assert alice.get(f"{QUEUE}/{number}/evidence").status == 200
    assert "data-shut" not in alice.get(f"{QUEUE}/{number}").text


def test_a_long_post_leaves_room_for_others(world: Web) -> None:
    """In lists its beginning is shown, with the way to all of it, or a few would fill every feed."""
    world.place.square.register_account("longer", "Longer")
    post = world.place.publish("longer", "长" * 2_001)
    reader = world.visitor()
    for path in ("/square", "/square/accounts/longer"):
        page = reader.get(path).text
        assert "长" * 1000 + "…" in page
        assert "长" * 1001 not in page
        assert f'<a href="/square/posts/{post}">Show all of it</a>' in page
    assert "长" * 2_001 in reader.get(f"/square/posts/{post}").text


def test_a_part_of_a_form_may_name_an_encoding_that_there_is_not(world: Web) -> None:
    """It is bad input, and no failure of ours."""
    part = 'Content-Disposition: form-data; name="name"\r\nContent-Type: text/plain; charset=nonsense'
    body = f"--B\r\n{part}\r\n\r\nx\r\n--B--\r\n"
    answer = world.visitor().raw("/login", body, "multipart/form-data; boundary=B")
    assert (answer.status, "not UTF-8" in answer.text) == (400, True)


def test_of_another_queue_no_page_tells_anything(world: Web) -> None:
    """Neither lists, nor counts, nor what is done to many, nor search: as if there were none of it."""
    number, posts = in_case(world, "secluded", png(9))
    alice = world.token("alice", Role.REVIEWER)
    wanted = BLOCK | {"posts": posts}
    assert world.ask(alice, "POST", f"/v1/cases/{number}/decisions", wanted).status_code == 200
    other, _ = in_case(world, "secluded-2", png(8))
    world.user("lee", Role.SENIOR_REVIEWER)
    world.token("lee", Role.SENIOR_REVIEWER, queues=frozenset({"elsewhere"}))
    lee = world.visitor("lee")
    pages = [
        *(f"{QUEUE}?show={one}" for one in ("pending", "waiting", "all")),
        f"{QUEUE}?show=all&about=square/account/secluded",
        f"{QUEUE}/rows?show=all",
        f"{QUEUE}/bulk?act=claim&case={other}:1&case={number}:1",
        *(f"/console/appeals?show={one}" for one in ("judge", "confirm", "hearings")),
        *(f"/console/measures?show={one}" for one in ("trouble", "force", "all")),
        "/console/orders?show=all",
        "/console/subjects?name=secl",
        "/console/trends?days=7",
        "/console/policies",
    ]
    for path in pages:
        page = lee.get(path)
        assert page.status == 200, path
        asked_for = ("square/account/secluded", "account%2Fsecluded", 'value="secl"')
        assert "secluded" not in re.sub("|".join(asked_for), "", page.text), path
    assert re.findall(r"data-count>(\d+)<", lee.get(f"{QUEUE}?show=all").text) == ["0"] * 7
    for path in (f"{QUEUE}/{number}", "/console/subjects/square/account/secluded"):
        assert lee.get(path).status == 404, path
    assert lee.get(f"{QUEUE}/bulk?act=claim&all=1&show=all").status == 400
    listed = f"listed={number}%2C{other}&query=show%3Dall"
    lee.keep("tipstaff-queue", listed)
    assert lee.get(f"{QUEUE}/next?after={number}").path == QUEUE


def test_an_authority_looks_at_targets_and_reads_no_posts(world: Web) -> None:
    """That there is one, it is told, and how far it reaches; what hidden posts say is for who reads cases."""
    world.place.square.register_account("named", "Named")
    target = f"square/account/named/{world.place.publish('named', 'what nobody is to read')}"
    add_person(world.place.directory, "bureau", "authority", world.place.clock)
    world.user("bureau", Role.AUTHORITY)
    world.user("chen", Role.CLERK)
    told = []
    for name in ("bureau", "chen"):
        visitor = world.visitor(name)
        form = visitor.get("/console/orders/new").form("/console/orders/new")
        page = visitor.part("/console/orders/preview", form, targets=target)
        assert (page.status, target in page.text, "Named" in page.text) == (200, True, True)
        told.append("what nobody is to read" in page.text)
    assert told == [False, True]
