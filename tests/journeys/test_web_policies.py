"""Policies and trends on pages: what came of rules, what owners do, and how work goes, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from gates import PASSWORD
from policies import NEW, OLD, write_policy
from visitors import Shown, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.assembly.casework import add_person, shadow
from tipstaff.screening.load import load_policy

SETTINGS = 'second_factor_roles = ""\nrequests_a_minute = 0\ndecision_delay = 0\n'
POSTS = ("buy mooncoin", "beware: buy mooncoin", "to the moonshot", "good morning")
"""What is published: caught by both versions, newly caught, newly let through, and neither."""

DAY = 86_400
OLDER, NEWER = "/console/policies/tiny/1.2.3", "/console/policies/tiny/1.3.0"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with a version in force and one in shadow, and three cases of which two are decided.

    Two days after they were opened one was dismissed, and the other warned.
    """
    folder = tmp_path_factory.mktemp("web")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "old", OLD))
    with web(folder / "here", policy, settings=folder / "settings.toml") as made:
        add_person(made.place.directory, "petra", "policy_owner", made.place.clock)
        made.user("petra", Role.POLICY_OWNER)
        made.user("alice", Role.REVIEWER)
        made.user("carol", Role.AUDITOR)
        made.user("admin", Role.ADMIN)
        clerk = made.token("chen", Role.CLERK)
        numbers: list[int] = []
        for handle in ("news", "shop", "moonharbor"):
            made.place.square.register_account(handle, handle)
            texts = POSTS if handle == "moonharbor" else POSTS[:1]
            sent = [
                {"id": made.place.publish(handle, text), "account": handle, "host": "square", "text": text}
                for text in texts
            ]
            answer = made.ask(clerk, "POST", "/v1/posts", {"posts": sent})
            assert answer.status_code == 200, answer.text
            numbers += {one["case"] for one in answer.json()["verdicts"] if one.get("case")}
        made.place.clock.now += 2 * DAY
        decide(made, numbers[0])
        decide(made, numbers[1], "warn")
        shadow(made.place.directory, load_policy(write_policy(folder / "new", NEW)), made.place.clock)
        yield made


def decide(world: Web, number: int, *measures: str) -> None:
    """Decide a case on its page."""
    alice = world.visitor("alice")
    form = alice.get(f"/console/cases/{number}").form(f"/console/cases/{number}/decisions")
    page = alice.send(
        form.action, form, measure=list(measures), policy="tiny", provision="house-1", reasons="so",
        **{"as": "decision"},
    )  # fmt: skip
    assert page.status == 200, page.text


def words(page: Shown) -> str:
    """Return what a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def test_versions_are_listed_with_how_they_stand(world: Web) -> None:
    """The last first, each with its page and its statement."""
    page = world.visitor("alice").get("/console/policies")
    assert page.text.index(f'href="{NEWER}"') < page.text.index(f'href="{OLDER}"')
    assert "in shadow" in words(page)
    assert len(re.findall(r'href="/statements/[0-9a-f]{64}"', page.text)) == 2


def test_a_rule_has_its_numbers(world: Web) -> None:
    """Hits are cases; a case that was dismissed is a false alarm; of few cases no share is told."""
    told = words(world.visitor("carol").get(OLDER))
    assert "Hits in 30 days 3 cases · 4 posts" in told
    assert "False alarms 1 of 2 decided 1 dismissed, 0 reversed on appeal" in told
    assert "50%" not in told
    shadowed = words(world.visitor("carol").get(NEWER))
    assert "Hits in 30 days 0 cases" in shadowed
    assert "nothing decided yet" in shadowed


def test_a_rule_says_what_it_is(world: Web) -> None:
    """Its condition, its examples, what exempts from it, and what it cites."""
    page = world.visitor("alice").get(OLDER)
    told = words(page)
    assert "offer > 0" in told
    assert "It must be found in" in told or "Near misses" not in told
    assert 'Exempted by: <a href="#rule-caution">caution</a>' in page.text
    assert "House rules, article 1" in told
    assert "3 strikes closing of the account" in told


def test_trends_tell_how_work_goes(world: Web) -> None:
    """Cases by source, decisions by what they say, and how long they took."""
    told = words(world.visitor("alice").get("/console/trends"))
    assert "Cases opened 3 " in told
    assert "by what was found 3" in told
    assert "with measures 1 dismissed 1" in told
    assert "Cases that wait now 1 " in told
    assert "2 cases were decided: too few to tell." in told
    assert "House rules, article 1 house-1" in told
    assert "0 orders are overdue now" in told


@pytest.mark.parametrize("days", ["7", "30", "90", "365"])
def test_each_time_adds_up_to_the_same(world: Web, days: str) -> None:
    """However long the days or weeks are; the numbers stand in a table as well."""
    page = world.visitor("alice", "zh").get(f"/console/trends?days={days}")
    assert "新立案件 3" in words(page)
    buckets = {"7": 7, "30": 30, "90": 13, "365": 52}[days]
    table = page.text.split("<caption>新立案件</caption>")[1].split("</table>")[0]
    rows = [sum(map(int, re.findall(r'count">(\d+)<', row))) for row in table.split("<tr>")[2:]]
    assert (len(rows), sum(rows)) == (buckets, 3)


def test_other_queues_are_not_counted(world: Web) -> None:
    """Who is limited to another host is told of nothing that is here."""
    world.user("bob", Role.REVIEWER)
    world.token("bob", Role.REVIEWER, queues=frozenset(("elsewhere",)))
    bob = world.visitor("bob")
    assert "Cases opened 0 " in words(bob.get("/console/trends"))
    assert "Hits in 30 days 0 cases" in words(bob.get(OLDER))


def test_who_may_not_read_cases_reads_no_trends(world: Web) -> None:
    """An admin is refused; a stranger is asked who they are."""
    admin = world.visitor()
    admin.send("/login", admin.get("/login").form("/login"), name="admin", password=PASSWORD)
    assert admin.get("/console/trends").status == 403
    assert admin.get("/console/policies").status == 403
    assert world.visitor().get("/console/trends").path == "/login"


def test_who_reads_trends_but_no_orders_is_told_of_none(world: Web) -> None:
    """A policy owner reads cases, and no orders."""
    assert "overdue" not in words(world.visitor("petra").get("/console/trends"))


def test_only_owners_compare_and_change_how_a_version_stands(world: Web) -> None:
    """Others find no button, and are refused whatever they send."""
    alice, petra = world.visitor("alice"), world.visitor("petra")
    assert not [one for one in alice.get(NEWER).forms if one.action == NEWER]
    form = petra.get(NEWER).form(NEWER)
    hidden = {"csrf": alice.get("/console/cases").forms[0].hidden["csrf"]}
    assert form["as"]
    for path in (NEWER, f"{NEWER}/comparison"):
        assert alice.send(path, None, **hidden, **{"as": "adopt"}).status == 403
    assert alice.get(f"{NEWER}/comparison").status == 403
    assert "in shadow" in words(alice.get(NEWER))


def test_versions_are_compared_on_the_page(world: Web) -> None:
    """What is newly caught and let through, with what it goes by marked."""
    petra = world.visitor("petra")
    form = petra.get(f"{NEWER}/comparison").form(f"{NEWER}/comparison")
    page = petra.send(form.action, form)
    told = words(page)
    assert "Posts compared 6 Newly caught 1 Newly let through 1 Another outcome 0" in told
    assert "That was all that hosts have published." in told
    assert '<mark class="s2">moonshot</mark>' in page.text
    assert '<mark class="s2">beware</mark>: <mark class="s2">buy mooncoin</mark>' in page.text
    assert petra.send(form.action, form, totals='{"posts": "many"}').status == 400


def test_a_text_is_tried_under_what_is_in_force_and_by_owners_in_shadow(world: Web) -> None:
    """Nothing of it is kept, and reviewers are told of what is in force alone."""
    path = "/console/policies/trial"
    for name, shown in (("alice", False), ("petra", True)):
        visitor = world.visitor(name)
        page = visitor.send(path, visitor.get(path).form(path), text="beware the moonshot")
        told = words(page)
        assert "In force Tiny policy 1.2.3 Nothing is found." in told
        assert ("In shadow Tiny policy 1.3.0 Found by 1 rule." in told) is shown
    assert world.visitor("carol").get(path).status == 403


def test_an_owner_puts_a_version_in_force_and_goes_back(world: Web) -> None:
    """Each by a button that says what it does; the statements are theirs. Last, for it changes the place."""
    petra = world.visitor("petra")
    page = petra.get(NEWER)
    assert "Version 1.2.3 is retired by the same act" in words(page)
    done = petra.send(NEWER, page.form(NEWER), **{"as": "adopt"})
    assert (done.status, done.path) == (200, NEWER)
    assert "The version is in force." in words(done)
    before = petra.get(OLDER)
    assert "Retired: nothing is found" in words(before)
    assert petra.send(OLDER, before.form(OLDER), **{"as": "burn"}).status == 400
    assert "The version is in shadow." in words(petra.send(OLDER, before.form(OLDER), **{"as": "shadow"}))
    assert "The version is retired." in words(petra.send(OLDER, before.form(OLDER), **{"as": "retire"}))
    assert petra.get("/console/policies/tiny/9.9.9").status == 404
