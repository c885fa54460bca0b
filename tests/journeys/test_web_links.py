"""Links as pages: who has one reads, answers and appeals without a login; what is wrong nobody is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import pytest
from places import account
from policies import write_policy
from visitors import ORIGIN, Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.screening.load import load_policy

SETTINGS: Final = f'second_factor_roles = ""\nrequests_a_minute = 0\npublic_origin = "{ORIGIN}"\n'
DOCUMENT: Final = b"%PDF-1.7 proof"
BLOCK: Final = {
    "measures": ["block_content"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1",
    "rungs_skipped_for": "grave_harm",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place that says where it is."""
    folder = tmp_path_factory.mktemp("links")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        yield served


def link_to(world: Web, handle: str) -> tuple[int, str]:
    """Have a post of a new account blocked; returns its case, and a link to appeal against that by."""
    number, post = world.open_case(handle)
    alice = world.token("alice", Role.REVIEWER)
    path = f"/v1/cases/{number}"
    answer = world.ask(alice, "POST", f"{path}/decisions", BLOCK | {"posts": [post]})
    assert answer.status_code == 200, answer.text
    world.until(alice, path, lambda one: "applied" in str(one["decisions"]))
    made = world.ask(alice, "POST", f"{path}/links", {"decision": 1})
    assert made.status_code == 201, made.text
    page: str = made.json()["page"]
    assert page == f"{ORIGIN}/links/{made.json()['path'].rpartition('/')[2]}"
    return number, page.removeprefix(ORIGIN)


def test_an_appeal_by_a_link_and_its_result_later(world: Web) -> None:
    """Reasons and what it rests on; a text with a document, once; and by the same link what came of it."""
    number, link = link_to(world, "moon")
    moon = world.visitor()
    page = moon.get(link)
    assert page.status == 200
    for told in ("招揽读者买币", "House rules, article 1", "稳赚不赔，加我 bitcoin", "You can appeal until"):
        assert told in page.text, told
    assert "alice" not in page.text
    assert "骗人的" not in page.text
    form = page.form(f"{link}/appeal")
    done = moon.send_with(form.action, form, {"attachment": ("a.pdf", DOCUMENT)}, text="这是新闻报道")
    assert (done.status, done.path) == (200, link), done.text
    assert "Your appeal is kept." in done.text
    assert hashlib.sha256(DOCUMENT).hexdigest() in done.text
    assert form.action not in [one.action for one in done.forms]
    again = moon.send(form.action, form, text="again")
    assert (again.status, "appealed against already" in again.text) == (409, True)
    carol, case = world.token("carol", Role.SENIOR_REVIEWER), f"/v1/cases/{number}"
    judgement = {"result": "upheld", "answer": "维持原决定"}
    assert world.ask(carol, "POST", f"{case}/decisions/1/result", judgement).status_code == 200
    world.until(carol, case, lambda one: one["decisions"][0]["appeal"]["result"] == "upheld")
    world.until(None, f"/v1{link}", lambda one: one["decision"]["appeal"]["result"] == "upheld")
    after = moon.get(link)
    assert "维持原决定" in after.text
    assert "carol" not in after.text
    other = world.visitor(language="zh-CN").get(link)
    assert "站规第1条" in other.text


def test_a_hearing_is_answered_by_a_link(world: Web) -> None:
    """Once; it can still be read."""
    number, _ = world.open_case("gazette")
    link = f"/links/{world.propose(number)['link']}"
    reader = world.visitor()
    form = reader.get(link).form(f"{link}/answer")
    done = reader.send(form.action, form, text="我们会改")
    assert "Your answer is kept." in done.text
    assert "我们会改" in reader.get(link).text
    assert reader.send(form.action, form, text="again").status == 409
    assert reader.send(f"{link}/appeal", form, text="…").status == 409


def test_what_is_wrong_with_a_link_nobody_is_told(world: Web) -> None:
    """Unknown, altered, ended: the same page, whatever is asked of it."""
    number, link = link_to(world, "shop")
    hearing = f"/links/{world.propose(number)['link']}"
    wrong = [
        f"{link[:-1]}{'x' if link[-1] != 'x' else 'y'}",
        "/links/x",
        f"/links/{'0' * 16}_x",
        "/links/%00",
    ]
    anybody = world.visitor()
    world.place.clock.now += 3600
    try:
        pages = [
            page
            for path in (*wrong, hearing)
            for page in (
                anybody.get(path),
                anybody.post(f"{path}/answer", {"text": "…"}),
                anybody.post(f"{path}/appeal", {"text": "…"}),
            )
        ]
    finally:
        world.place.clock.now -= 3600
    assert {one.status for one in pages} == {404}
    assert {one.text.partition('class="problem"')[2].partition("</div>")[0] for one in pages} == {
        pages[0].text.partition('class="problem"')[2].partition("</div>")[0]
    }
    assert anybody.get(link).status == 200


def test_what_another_site_sends_changes_nothing(world: Web) -> None:
    """There is no login that it could use, and it is refused all the same."""
    number, _ = world.open_case("weekly")
    link = f"/links/{world.propose(number)['link']}"
    anybody = world.visitor()
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert anybody.post(f"{link}/answer", {"text": "…"}, **headers).status == 403
    case = world.place.case(number)
    assert case.proposal
    assert case.proposal.heard is None
    assert anybody.post(f"{link}/answer", {"text": "…"}, Origin=ORIGIN).status == 200


def test_a_link_is_passed_on_to_nobody(world: Web) -> None:
    """No cache keeps its page, no other site is told of it, and no address on our own pages has it."""
    _, link = link_to(world, "times")
    page = world.visitor().get(link)
    assert page.answer.headers["cache-control"] == "no-store"
    assert page.answer.headers["referrer-policy"] == "strict-origin"
    assert "/login?back" not in page.text
    secret = link.rpartition("/")[2]
    assert f'href="{link}' not in page.text
    assert page.text.count(secret) == len([one for one in page.forms if secret in one.action]) * 2 + 1


def test_the_trail_has_the_case_and_not_the_secret(world: Web) -> None:
    """Whoever looks a case up finds who came by a link to it, logged in or not; a wrong link leaves none."""
    number, link = link_to(world, "globe")
    secret = link.rpartition("/")[2]
    world.user("alice", Role.REVIEWER)
    alice = world.visitor("alice")
    form = alice.get(link).form(f"{link}/appeal")
    assert alice.send(form.action, form, text="…").status == 200
    assert alice.get(f"{link}x").status == 404
    assert alice.post(f"{link}x/appeal", {"text": "…"}).status == 404
    trail = world.client.app.state.trail
    kept = trail.visits(Sought(), 999, None)
    assert secret not in str(kept)
    assert secret.partition("_")[2] not in str(kept)
    shown = secret.partition("_")[0]
    found = {one.visit.path for one in kept if f"/cases/{number}/links/" in one.visit.path}
    assert found == {f"/v1/cases/{number}/links/{shown}", f"/v1/cases/{number}/links/{shown}/appeal"}


def test_who_is_logged_in_is_nobody_there(world: Web) -> None:
    """The page asks for no login, and shows none."""
    _, link = link_to(world, "herald")
    world.token("of.herald", Role.ACCOUNT_HOLDER, holds=(account("herald"),))
    world.user("bob", Role.REVIEWER)
    page = world.visitor("bob").get(link)
    assert "bob" not in page.text
    assert Visitor(world.client.app).get(link).text == page.text
