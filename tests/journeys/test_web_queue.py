"""The queue without a browser: filters, lists that are kept, what has changed, and many cases at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from places import Place
from policies import write_policy
from visitors import Shown, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.actions.take_up import take_up
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine
from tipstaff.screening.load import load_policy

SETTINGS = 'second_factor_roles = ""\nrequests_a_minute = 0\n'
ROWS = "/console/cases/rows?show=all"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with reviewers, one of them a senior one, and an auditor."""
    folder = tmp_path_factory.mktemp("queue")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        served.user("alice", Role.REVIEWER)
        served.user("bob", Role.REVIEWER)
        served.user("carol", Role.SENIOR_REVIEWER)
        served.user("dora", Role.AUDITOR)
        yield served


def found(world: Web, handle: str) -> int:
    """Open a case in which the policy in force has found something; returns its number."""
    number, _ = world.open_case(handle)
    _take_up(world.place, number)
    return number


def _take_up(place: Place, number: int) -> None:
    """Have what was published in a case screened, and taken up."""
    with place.desk() as desk:
        subject = desk.cases.load(number).subject
        posts = list(desk.host(subject).posts_of(subject))
        taken = [one for _, some in make_engine((place.policy,)).by_post(Batch.of(posts)) for one in some]
        take_up(desk, taken)


def rows(page: Shown) -> list[int]:
    """Return the numbers of the cases that are listed."""
    return [int(one) for one in re.findall(r'<tr data-item="(\d+)">', page.text)]


def chosen(page: Shown, *numbers: int) -> list[str]:
    """Return how some cases of a list are chosen."""
    there = dict(re.findall(r'name="case" value="((\d+):\d+)" form="bulk"', page.text))
    by_number = {int(number): one for one, number in there.items()}
    return [by_number[number] for number in numbers]


def test_a_filter_leaves_what_matches(world: Web) -> None:
    """And says why each case is where it is; what is no filter is told."""
    first, plain = found(world, "filtered"), world.open_case("plain")[0]
    alice = world.visitor("alice")
    page = alice.get("/console/cases?policy=tiny")
    assert first in rows(page)
    assert plain not in rows(page)
    assert re.search(r"severity \d", page.text)
    assert alice.get("/console/cases?policy=other").text.count("data-item") == 0
    assert alice.get("/console/cases?language=zh").status == 200
    assert first in rows(alice.get("/console/cases?language=zh&severity=1&kind=account&claim=nobody"))
    assert alice.get("/console/cases?severity=9").status == 400
    assert alice.get("/console/cases?sow=all").status == 400
    assert alice.get("/console/cases?due=&policy=&show=pending").status == 200


def test_a_case_is_claimed_in_the_list(world: Web) -> None:
    """Who does stays there, and finds it among their own; nobody else has it among the free ones."""
    number = found(world, "claimed")
    alice, bob = world.visitor("alice"), world.visitor("bob")
    page = alice.get("/console/cases?show=all")
    after = alice.send(
        "/console/cases/claims", page.form("/console/cases/claims"), claim=chosen(page, number)
    )
    assert (after.path, after.status) == ("/console/cases", 200)
    assert "The case is yours." in after.text
    assert rows(alice.get("/console/cases?claim=mine")) == [number]
    assert number not in rows(bob.get("/console/cases?claim=nobody"))
    assert rows(bob.get("/console/cases?claim=mine")) == []
    stale = bob.send("/console/cases/claims", page.form("/console/cases/claims"), claim=chosen(page, number))
    assert stale.status == 403, "with a token of somebody else"
    own = bob.get("/console/cases?show=all").form("/console/cases/claims")
    assert bob.send("/console/cases/claims", own, claim=chosen(page, number)).status == 412


def test_what_has_not_changed_is_not_told_again(world: Web) -> None:
    """Nor kept in the trail; what has changed is, and so is that somebody has seen it."""
    world.open_case("polled")
    alice = world.visitor("alice")
    page = alice.get(ROWS)
    tag = page.answer.headers["etag"]
    assert "<!doctype" not in page.text
    same = alice.get(ROWS, **{"If-None-Match": tag})
    assert (same.status, same.text) == (304, "")
    world.open_case("polled-2")
    changed = alice.get(ROWS, **{"If-None-Match": tag})
    assert (changed.status, changed.answer.headers["etag"] == tag) == (200, False)
    kept = world.client.app.state.trail.visits(Sought(user="alice", operation="pollCases"), 9, None)
    assert [one.visit.status for one in kept] == [200, 200]
    assert world.visitor("bob").get(ROWS, **{"If-None-Match": tag}).status == 200
    assert world.visitor().get(ROWS).path == "/login"


def test_a_filter_is_kept_under_a_name(world: Web) -> None:
    """It is a list of its own, of who has kept it alone; who removes it has it no longer."""
    alice = world.visitor("alice")
    page = alice.get("/console/cases?language=en")
    kept = alice.send("/console/cases/filters", page.form("/console/cases/filters"), name="in English")
    assert "The filter is kept." in kept.text
    assert 'href="?language=en"' in alice.get("/console/cases?show=all").text
    assert "in English" not in world.visitor("bob").get("/console/cases?show=all").text
    again = alice.send("/console/cases/filters", page.form("/console/cases/filters"), name="in  English")
    assert again.status == 400
    shown = alice.get("/console/cases?language=en")
    (path,) = [one.action for one in shown.forms if one.action.startswith("/console/cases/filters/")]
    own = world.visitor("bob")
    assert own.send(path, own.get("/console/cases").form("/console/cases/claims")).status == 404
    assert "The filter is gone." in alice.send(path, shown.form(path)).text
    assert "in English" not in alice.get("/console/cases?show=all").text


def test_who_routes_says_what_others_begin_with(world: Web) -> None:
    """A senior reviewer does; a reviewer who tries is refused."""
    carol, bob = world.visitor("carol"), world.visitor("bob")
    page = carol.get("/console/cases?kind=site")
    form = page.form("/console/cases/filters")
    assert carol.send(form.action, form, name="sites", routed="bob").status == 200
    begins = bob.get("/console/cases")
    assert re.search(r'href="\?kind=site"[^>]* aria-current="page"', begins.text)
    assert rows(bob.get("/console/cases?show=pending")) != []
    assert 'aria-current="page">To be decided' in bob.get("/console/cases?show=pending").text
    assert ">sites " in world.visitor("alice").get("/console/cases?show=pending").text
    plain = bob.get("/console/cases?kind=app").form("/console/cases/filters")
    assert "routed" not in plain
    assert bob.send(plain.action, plain, name="mine", routed="alice").status == 403
    assert bob.send(plain.action, plain, name="mine", **{"for": "all"}).status == 403
    shown = carol.get("/console/cases?kind=site")
    (path,) = [one.action for one in shown.forms if one.action.startswith("/console/cases/filters/")]
    assert bob.send(path, bob.get("/console/cases").form("/console/cases/claims")).status == 403
    assert carol.send(path, shown.form(path)).status == 200


def test_many_are_warned_after_a_look_at_what_would_become_of_them(world: Web) -> None:
    """Nothing is done before; what cannot be is left alone, with why; what has moved meanwhile is too."""
    first, second = found(world, "many-1"), found(world, "many-2")
    plain = world.open_case("many-3")[0]
    alice = world.visitor("alice")
    page = alice.get("/console/cases?show=all")
    picked = chosen(page, first, second, plain)
    query = "&".join(f"case={one}" for one in picked)
    preview = alice.get(f"/console/cases/bulk?act=warn&{query}")
    assert preview.status == 200, preview.text
    assert "nothing was found in case" in preview.text
    form = preview.form("/console/cases/bulk")
    assert form["case"] == picked[:2]
    assert world.place.case(first).decisions == ()
    note = alice.get(f"/console/cases/{second}")
    alice.send(f"/console/cases/{second}/claim", note.form(f"/console/cases/{second}/claim"))
    fields = {**form.hidden, "case": form["case"], "template": "zh"}
    done = alice.send("/console/cases/bulk", None, **fields)
    assert done.status == 200, done.text
    assert "look at it again" in done.text
    (decision,) = world.place.case(first).decisions
    assert ([one.kind.value for one in decision.said.measures], decision.by) == (["warn"], "alice")
    assert world.place.case(second).decisions == ()
    again = alice.send("/console/cases/bulk", None, **fields)
    assert again.text.count("left alone</span>") == 2
    assert len(world.place.case(first).decisions) == 1


def test_many_are_dismissed_and_escalated_with_a_reason(world: Web) -> None:
    """Without one nothing is done; nobody closes, and nobody does what they may not."""
    number, other = found(world, "reason-1"), found(world, "reason-2")
    alice = world.visitor("alice")
    page = alice.get("/console/cases?show=all")
    for act, case, text in (("dismiss", number, "新闻报道"), ("escalate", other, "请看")):
        preview = alice.get(f"/console/cases/bulk?act={act}&case={chosen(page, case)[0]}")
        form = preview.form("/console/cases/bulk")
        assert alice.send(form.action, form, text=" ").status == 400
        assert alice.send(form.action, form, text=text).status == 200
    assert world.place.case(number).decisions[0].said.measures == ()
    assert world.place.case(other).escalated
    for act in ("close_account", "close", ""):
        assert alice.get(f"/console/cases/bulk?act={act}&all=1&show=all").status == 400
    assert alice.get("/console/cases/bulk?act=claim").status == 400, "none is chosen"
    assert alice.get("/console/cases/bulk?act=claim&case=x").status == 400
    dora = world.visitor("dora")
    assert 'id="bulk"' not in dora.get("/console/cases?show=all").text
    assert dora.get("/console/cases/bulk?act=claim&all=1&show=all").status == 403


def test_all_that_match_are_done_with_at_once(world: Web) -> None:
    """They are those of the filter, and no others."""
    numbers = {found(world, f"all-{one}") for one in range(3)}
    bob = world.visitor("bob")
    page = bob.get("/console/cases/bulk?act=claim&all=1&policy=tiny&claim=nobody")
    form = page.form("/console/cases/bulk")
    assert numbers <= {int(one.partition(":")[0]) for one in form["case"]}
    assert bob.send(form.action, form, case=form["case"]).status == 200
    assert numbers <= set(rows(bob.get("/console/cases?claim=mine")))


def test_who_works_through_a_list_goes_on_in_it(world: Web) -> None:
    """The next case is that behind the one that is done with; those that are gone meanwhile are left out."""
    numbers = [found(world, f"next-{one}") for one in range(3)]
    carol = world.visitor("carol")
    listed = [one for one in rows(carol.get("/console/cases?policy=tiny")) if one in numbers]
    assert listed == numbers
    assert carol.get(f"/console/cases/next?after={numbers[0]}").path == f"/console/cases/{numbers[1]}"
    bob = world.visitor("bob")
    page = bob.get(f"/console/cases/bulk?act=dismiss&case={chosen(bob.get(ROWS), numbers[1])[0]}")
    bob.send("/console/cases/bulk", page.form("/console/cases/bulk"), text="nothing")
    assert carol.get(f"/console/cases/next?after={numbers[0]}").path == f"/console/cases/{numbers[2]}"
    assert carol.get("/console/cases/back").answer.url.query == b"policy=tiny"
    assert world.visitor("carol").get("/console/cases/back").answer.url.query == b"show=pending"


def test_a_filter_that_finds_nothing_at_all_is_not_kept(world: Web) -> None:
    """One that nobody could open would stand in the way of the whole queue, for all who share it."""
    carol = world.visitor("carol")
    form = carol.get("/console/cases?kind=app").form("/console/cases/filters")
    told = carol.send(
        "/console/cases/filters", form, query="show=all&about=nobody", name="broken", **{"for": "all"}
    )
    assert told.status == 400
    assert carol.get("/console/cases").status == 200
    assert world.visitor("alice").get("/console/cases").status == 200
