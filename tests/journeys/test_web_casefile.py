"""The page of a case without a browser: its evidence, its form and what would come of it, its history."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from gates import CHEAP, PASSWORD
from places import Place, account
from policies import rule, write_policy
from sqlalchemy import Engine
from visitors import Form, Shown, Visitor, Web, web

from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User
from tipstaff.actions.take_up import take_up
from tipstaff.assembly.access import open_logins, open_users
from tipstaff.bench.listing import sent
from tipstaff.casework.events import Reason
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine
from tipstaff.screening.load import load_policy

SETTINGS = 'second_factor_roles = ""\nrequests_a_minute = 0\ndecision_delay = 60\n'

RULES = {"rules.toml": rule("coin-talk", "coins > 0") + rule("coin-hype", "coins > 1", severity=4)}

DECIDE = {"as": "decision"}

MOST_QUERIES = 24
"""To the databases of casework, square and access, with what a worker beside asks in that time."""

HEAVIEST = 100_000
"""Bytes of a page without its style sheet and scripts, which are 50,000 at the most."""

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with reviewers and an auditor."""
    folder = tmp_path_factory.mktemp("casefile")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy", RULES))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        for name in ("alice", "bob"):
            served.user(name, Role.REVIEWER)
        served.user("audra", Role.AUDITOR)
        yield served


@pytest.fixture(scope="module")
def alice(world: Web) -> Visitor:
    """Return a reviewer with a browser."""
    return world.visitor("alice")


@pytest.fixture(scope="module")
def bob(world: Web) -> Visitor:
    """Return another one."""
    return world.visitor("bob")


def found(place: Place, handle: str, *texts: str) -> int:
    """Publish posts of a new account, and take up what the policy finds on them; returns the case."""
    place.square.register_account(handle, handle)
    for text in texts:
        place.publish(handle, text)
    with place.desk() as desk:
        posts = list(desk.host(account(handle)).posts_of(account(handle)))
        seen = make_engine((place.policy,)).by_post(Batch.of(posts))
        take_up(desk, [one for _, findings in seen for one in findings])
        case = desk.cases.find(account(handle))
        assert case is not None
        return case.number


def form_of(visitor: Visitor, number: int) -> Form:
    """Return the form in which a case is decided."""
    return visitor.get(f"/console/cases/{number}").form(f"/console/cases/{number}/decisions")


def decide(visitor: Visitor, number: int, *measures: str, **fields: str | list[str]) -> Shown:
    """Fill the form in, and send it; `as_` is the button."""
    button = {"as": str(fields.pop("as_", "decision"))}
    form = form_of(visitor, number)
    return visitor.send(form.action, form, measure=list(measures), **{**fields, **button})


def test_a_rule_is_told_once_and_each_passage_leads_to_it(world: Web, alice: Visitor) -> None:
    """However many posts it was found on; the gravest post comes first, and provisions are cited once."""
    number = found(world.place, "once", "I hold bitcoin", "bitcoin and 比特币", "bitcoin again")
    page = alice.get(f"/console/cases/{number}").text
    assert page.count('<div class="provision">') == 1
    assert page.count('id="rule-') == 2
    keys = re.findall(r'<a class="to [^"]*" href="#(rule-\d+)"', page)
    assert set(keys) == set(re.findall(r'id="(rule-\d+)"', page))
    first, second = (page.index(text) for text in ("and <a", "again"))
    assert first < second


def test_closing_takes_that_the_evidence_was_opened(world: Web, alice: Visitor, bob: Visitor) -> None:
    """By who decides, since the case was settled: by hand as by the form, and for a proposal as well."""
    number = found(world.place, "closing", "I hold bitcoin")
    asked = {"waive": "grave_harm", "skip": "grave_harm", "reasons": "诈骗"}
    shut = alice.get(f"/console/cases/{number}").text
    assert re.search(r'value="close_account" disabled', shut)
    for button in ("decision", "proposal"):
        refused = decide(alice, number, "close_account", as_=button, **asked)
        assert refused.status == 409
        assert "when the evidence of" in refused.text
    assert bob.get(f"/console/cases/{number}/evidence").status == 200
    assert decide(alice, number, "close_account", **asked).status == 409, "somebody else has opened it"
    assert world.place.case(number).decisions == ()
    assert "in the audit trail" in alice.get(f"/console/cases/{number}/evidence").text
    assert not re.search(r'value="close_account" disabled', alice.get(f"/console/cases/{number}").text)
    world.place.clock.now += 1
    assert decide(alice, number, "close_account", **asked).status == 200
    assert [one.by for one in world.place.case(number).decisions] == ["alice"]
    world.place.clock.now += 1
    refused = decide(alice, number, "close_account", **asked)
    assert "when the evidence of" in refused.text, "what was opened before the last decision counts no more"


def test_what_is_mild_takes_no_evidence(world: Web, alice: Visitor) -> None:
    """A warning is decided from the page itself, by the template; then the next case is one press away."""
    number = found(world.place, "mild", "I hold bitcoin")
    done = decide(alice, number, "warn", template="en")
    assert done.status == 200
    assert "1 post against house-1" in done.text
    assert f'href="/console/cases/next?after={number}"' in done.text


def test_nothing_is_chosen_beforehand(world: Web, alice: Visitor) -> None:
    """No measure, no post, no reason, no provision."""
    number = found(world.place, "blank", "bitcoin and 比特币")
    page = alice.get(f"/console/cases/{number}").text
    form = page[page.index('id="decide"') : page.index("</aside>")]
    assert not re.search(r"\b(checked|selected)\b", page[page.index("<main") :])
    assert re.search(r"<textarea name=\"reasons\"[^>]*></textarea>", form)
    assert form.index('<option value="">as found: house-1') < form.index('<option value="house-1">')


def test_a_decision_is_taken_back_while_it_can_be(world: Web, alice: Visitor) -> None:
    """The page says for how long, has the button as long as that, and for who has decided alone."""
    number = found(world.place, "back", "I hold bitcoin")
    path = f"/console/cases/{number}/decisions/1"
    done = decide(alice, number, "warn", template="en")
    assert re.search(r'class="countdown"[^>]*>60<', done.text)
    assert [one.action for one in world.visitor("bob").get(f"/console/cases/{number}").forms].count(path) == 0
    back = alice.send(path, done.form(path), **{"as": "take-back"})
    assert back.status == 200
    assert world.place.case(number).decisions == ()
    decide(alice, number, "warn", template="en")
    world.place.drain(61)
    assert [one.action for one in alice.get(f"/console/cases/{number}").forms].count(path) == 0


def test_what_would_come_of_it_is_shown_and_nothing_is_done(world: Web, alice: Visitor) -> None:
    """Who confirms, when it takes effect, what is told to whom, and what stands against it."""
    number = found(world.place, "ahead", "I hold bitcoin", "比特币")
    before = world.place.case(number)
    with world.place.desk() as desk:
        kept = desk.vault.count(str(before.subject))
    path = f"/console/cases/{number}/preview"

    def preview(**fields: str | list[str]) -> str:
        shown = alice.send(path, form_of(alice, number), **fields)
        assert shown.status == 200
        return shown.text

    warned = preview(measure=["warn"], template="en")
    assert "Warn: ahead" in warned
    assert "It can be taken back for 60 s" in warned
    assert "You are warned: square/account/ahead (house-1, world)" in warned
    assert "2 posts against house-1" in warned
    blocked = preview(measure=["block_content"], template="en", skip="grave_harm")
    assert "A second person confirms first" in blocked
    assert "内容已被屏蔽" in blocked
    one = preview(measure=["block_content"], post=[before.posts[0]], template="en", skip="grave_harm")
    assert "A second person" not in one
    every = preview(measure=["block_content"], every="1", template="en", skip="grave_harm")
    assert "on 2 posts" in every
    assert "A second person" not in every
    assert "when the evidence of" in preview(measure=["close_account"], template="en")
    assert "skips rungs" in preview(measure=["suspend_updates"], template="en")
    assert "a decision has reasons" in preview(measure=["warn"])
    assert world.place.case(number) == before
    with world.place.desk() as desk:
        assert desk.vault.count(str(before.subject)) == kept


def test_who_claims_second_is_told_who_has_it(world: Web, alice: Visitor, bob: Visitor) -> None:
    """Both have the same page before them; the one that comes later decides nothing, either."""
    number = found(world.place, "both", "I hold bitcoin")
    path = f"/console/cases/{number}/claim"
    hers, his = (one.get(f"/console/cases/{number}").form(path) for one in (alice, bob))
    assert alice.send(path, hers).status == 200
    late = bob.send(path, his)
    assert late.status == 409
    assert "alice works on case" in late.text
    page = bob.get(f"/console/cases/{number}")
    assert "alice works on it" in page.text
    assert [one.action for one in page.forms].count(path) == 0
    assert "alice works on" in decide(bob, number, "warn", template="en").text


def test_bookkeeping_does_not_come_in_between(world: Web, alice: Visitor, bob: Visitor) -> None:
    """What a worker has carried out since changes nothing that was looked at; what a person did, does."""
    number = found(world.place, "between", "I hold bitcoin")
    decide(alice, number, "warn", template="en")
    seen = form_of(bob, number)
    moved = f"/console/cases/{number}/moved?version={seen.hidden['version']}"
    world.place.drain(61)
    assert world.place.case(number).version > int(seen.hidden["version"])
    assert bob.get(moved).status == 304
    noted = bob.send(seen.action, seen, template="en", **DECIDE)
    assert noted.status == 200, noted.text
    stale = form_of(bob, number)
    alice.send(f"/console/cases/{number}/notes", stale_note(alice, number), text="看一下", **{"as": "note"})
    assert (
        "alice changed this case"
        in bob.get(moved.replace(seen.hidden["version"], stale.hidden["version"])).text
    )
    assert bob.send(stale.action, stale, template="en", **DECIDE).status == 412


def stale_note(visitor: Visitor, number: int) -> Form:
    """Return the form in which a note is left."""
    return visitor.get(f"/console/cases/{number}").form(f"/console/cases/{number}/notes")


def test_a_link_is_shown_once(world: Web, alice: Visitor) -> None:
    """For a decision that is in effect, and what is issued anew ends the one before."""
    number = found(world.place, "linked", "I hold bitcoin")
    path = f"/console/cases/{number}/links"
    decide(alice, number, "warn", template="en")
    assert [one.action for one in alice.get(f"/console/cases/{number}").forms].count(path) == 0
    world.place.drain(61)
    form = alice.get(f"/console/cases/{number}").form(path)
    links = [
        re.search(r'value="https://testserver.local/links/([^"]+)"', alice.send(path, form).text)
        for _ in range(2)
    ]
    first, second = (one[1] for one in links if one)
    assert world.client.get(f"/v1/links/{second}").status_code == 200
    assert world.client.get(f"/v1/links/{first}").status_code == 404
    assert second not in alice.get(f"/console/cases/{number}").text


def test_evidence_is_shown_beside_what_it_was_compared_as(world: Web, alice: Visitor) -> None:
    """What was folded is marked and told; images are blurred, and not loaded for who wants none."""
    world.place.square.register_account("folds", "folds")
    post = world.place.publish("folds", "買Ｂitcoin\u200b", None, PIXEL)
    number = complained(world, "folds", post)
    path = f"/console/cases/{number}/evidence"
    page = alice.get(path).text
    assert re.search(r'<span class="folded" title="買 U\+8CB7[^"]*">买</span>', page)
    assert "U+200B ZERO WIDTH SPACE" in page
    image = re.search(rf'<img src="(/console/cases/{number}/images/[0-9a-f]{{64}})"', page)
    assert image
    assert alice.get(image[1]).answer.content == PIXEL
    bob = world.visitor("bob")
    looks = bob.send(
        f"/console/cases/{number}/looks", bob.get(path).form(f"/console/cases/{number}/looks"), away="1"
    )
    assert "<img" not in looks.text
    assert "<img" not in bob.get(path).text, "the browser keeps it"


def complained(world: Web, handle: str, post: str) -> int:
    """Complain of a post; returns the case."""
    from tipstaff.actions.complain import complain  # noqa: PLC0415
    from tipstaff.actions.texts import reader  # noqa: PLC0415
    from tipstaff.casework.words import Target  # noqa: PLC0415

    with world.place.desk() as desk:
        return complain(
            desk, reader("square", "rae"), Target(account(handle), post), Reason.FRAUD, "骗人"
        ).case


def test_cases_like_it_tell_what_was_decided(world: Web, alice: Visitor) -> None:
    """Those that were found by the same rules, with what came of them."""
    before = found(world.place, "like1", "稳赚不赔 bitcoin, join our group today")
    decide(alice, before, "warn", template="en")
    number = found(world.place, "like2", "稳赚不赔 bitcoin, join our group today!")
    page = alice.get(f"/console/cases/{number}/similar").text
    line = next(one for one in page.split("<li") if f'href="/console/cases/{before}"' in one)
    assert "warning" in line
    assert "100.0% of the wording in common" in line
    assert f'href="/console/cases/{number}"' not in page.split("<ul")[-1]


def test_all_that_has_happened_is_one_line_after_the_other(world: Web, alice: Visitor) -> None:
    """Who did what, in words; what was carried out post by post is told once."""
    number = found(world.place, "story", *(f"bitcoin {one}" for one in range(6)))
    decide(alice, number, "block_content", every="1", template="en", skip="grave_harm")
    world.place.drain(61)
    page = alice.get(f"/console/cases/{number}/timeline").text
    lines = re.findall(r"<li>(.*?)</li>", page, re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]
    assert sum("carries out ×6: block of content" in one for one in told) == 1
    assert any("alice decided: block of content · statement" in one for one in told)
    assert "machine opened the case: by what was found" in told[-1]


def test_who_reads_decides_nothing(world: Web) -> None:
    """An auditor has the evidence and the history, and no button but that of the help."""
    number = found(world.place, "read", "I hold bitcoin")
    audra = world.visitor("audra")
    page = audra.get(f"/console/cases/{number}")
    assert {one.action for one in page.forms} <= {"", "/logout", "/preferences"}
    assert 'name="post"' not in page.text
    assert audra.get(f"/console/cases/{number}/evidence").status == 200
    form = form_of(world.visitor("alice"), number)
    csrf = page.form("/logout").hidden["csrf"]
    for path in ("decisions", "preview", "claim", "links"):
        sent_anyway = audra.send(f"/console/cases/{number}/{path}", form, csrf=csrf, measure=["warn"])
        assert sent_anyway.status == 403, path


def test_what_is_of_another_queue_is_not_there(world: Web) -> None:
    """Neither the case, nor any part of it."""
    number = found(world.place, "queues", "I hold bitcoin")
    with open_users(world.place.directory) as users, open_logins(world.place.directory) as logins:
        users.keep_user(User("carol", frozenset({Role.REVIEWER}), queues=frozenset({"elsewhere"})))
        logins.keep_password("carol", Hasher(CHEAP).hash(PASSWORD))
    carol = world.visitor("carol")
    for part in ("", "/posts", "/evidence", "/timeline", "/similar", "/moved?version=1"):
        assert carol.get(f"/console/cases/{number}{part}").status == 404, part
    csrf = carol.get("/console/cases").form("/logout").hidden["csrf"]
    assert carol.send(f"/console/cases/{number}/preview", None, csrf=csrf).status == 404


def test_a_case_of_two_hundred_posts_is_no_heavier(world: Web, alice: Visitor) -> None:
    """It takes no more queries than one of a few, and so many bytes; the rest is asked for."""
    few = found(world.place, "few", *(f"bitcoin {one}" for one in range(12)))
    many = found(world.place, "many", *(f"bitcoin 比特币 {one} {'长文' * 600}" for one in range(200)))

    def queries(number: int) -> int:
        """Return how many queries the page takes; a worker beside may ask something at the same time."""
        counted = []
        for _ in range(8):
            with sent(Engine) as asked:
                alice.get(f"/console/cases/{number}")
            counted.append(len(asked))
        return min(counted)

    assert max(queries(few), queries(many)) <= MOST_QUERIES
    page = alice.get(f"/console/cases/{many}")
    assert len(page.text.encode()) <= HEAVIEST
    assert "Show 20 more posts" in page.text
    more = alice.get(f"/console/cases/{many}/posts?after=190").text
    assert more.count("data-item") == 10
    assert "more post" not in more
