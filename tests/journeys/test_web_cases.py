"""The console without a browser: who logs in finds the queue, opens a case, and decides it by a form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from policies import write_policy
from visitors import Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.screening.load import load_policy

SETTINGS = 'second_factor_roles = ""\nrequests_a_minute = 0\n'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with a reviewer and an account holder."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        served.user("alice", Role.REVIEWER)
        served.user("bob", Role.REVIEWER)
        yield served


def test_a_case_is_decided_by_forms(world: Web) -> None:
    """Queue, case, decision: each step is a page, and without scripts."""
    number, post = world.open_case("news")
    alice = world.visitor("alice")
    assert f'href="/console/cases/{number}"' in alice.get("/console/cases").text
    page = alice.get(f"/console/cases/{number}")
    assert "骗人的" in page.text
    assert "稳赚不赔" in page.text
    form = page.form(f"/console/cases/{number}/decisions")
    decided = alice.send(
        form.action, form, measure=["warn"], post=[post], policy="tiny", provision="house-1",
        reasons="招揽读者买币", **{"as": "decision"},
    )  # fmt: skip
    assert decided.status == 200, decided.text
    assert "The case is decided." in decided.text
    assert "招揽读者买币" in decided.text


def test_a_form_without_its_token_changes_nothing(world: Web) -> None:
    """Without `csrf`, or with another's, it is refused; so is what comes from another site."""
    number, _ = world.open_case("shop")
    alice, bob = world.visitor("alice"), world.visitor("bob")
    form = alice.get(f"/console/cases/{number}").form(f"/console/cases/{number}/claim")
    assert alice.send(form.action).status == 403
    assert bob.send(form.action, form).status == 403, "that of somebody else"
    assert "claimed by" not in alice.get(f"/console/cases/{number}").text
    assert alice.send(form.action, form).status == 200
    assert "claimed by alice" in alice.get(f"/console/cases/{number}").text


def test_who_is_not_logged_in_is_shown_where(world: Web) -> None:
    """A page of the console leads to the login, and that back to the page."""
    page = world.visitor().get("/console/cases?show=all")
    assert page.path == "/login"
    assert page.form("/login").hidden["back"] == "/console/cases?show=all"
    away = world.visitor().get("/login?back=https://elsewhere.example/")
    assert away.form("/login").hidden["back"] == "/"


def test_what_is_not_there_is_a_page(world: Web) -> None:
    """It says so in the language of who looks."""
    page = world.visitor("alice", "zh-CN").get("/console/cases/99999")
    assert page.status == 404
    assert "没有找到" in page.text
    nowhere = world.visitor().get("/nowhere", Accept="text/html,*/*")
    assert (nowhere.status, "That is not there" in nowhere.text) == (404, True)
    program = world.visitor().get("/v1/nowhere", Accept="text/html")
    assert program.answer.headers["content-type"] == "application/problem+json"
    assert page.answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")


def test_what_is_refused_leads_back(world: Web) -> None:
    """To the page from which somebody came, were it that a filter could not be read; never to elsewhere."""
    alice = world.visitor("alice")
    came = {"Referer": "https://testserver.local/console/cases?show=all"}
    page = alice.get("/console/cases?about=news", **came)
    assert page.status == 400
    assert 'href="/console/cases?show=all">Back to where you were' in page.text
    elsewhere = alice.get("/console/cases?about=news", Referer="https://elsewhere.example/console/cases")
    assert "Back to where you were" not in elsewhere.text
    number, _ = world.open_case("refused")
    form = alice.get(f"/console/cases/{number}").form(f"/console/cases/{number}/decisions")
    refused = alice.send(form.action, form, measure=["warn"], **{"as": "decision"})
    assert (refused.status, "return to what you have written" in refused.text) == (409, True)


def test_the_template_is_in_the_language_of_the_posts(world: Web) -> None:
    """One key has the reasons that the subject can read, whatever language who decides has pages in."""
    number, _ = world.open_case("spoken")
    page = world.visitor("alice").get(f"/console/cases/{number}").text
    assert 'name="template" value="zh" data-key="t"' in page
    assert 'name="template" value="en" data-key="t"' not in page


def test_a_case_is_told_in_the_words_of_who_reads(world: Web) -> None:
    """What a profile has is named in their language."""
    number, _ = world.open_case("named")
    page = world.visitor("alice", "zh-CN").get(f"/console/cases/{number}").text
    assert ("<dt>帐号名</dt>" in page, "<dt>handle</dt>" in page) == (True, False)
