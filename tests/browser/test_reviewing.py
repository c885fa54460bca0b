"""Reviewing in a real browser: by keyboard alone, and two at once."""

from __future__ import annotations


def test_what_was_written_outlives_the_login(world: World) -> None:
    """Whose login has ended while they wrote logs in again, and finds it where it was."""
    number, _ = world.served.open_case("outlived")
    path = f"/console/cases/{number}"
    with world.site.person("alice") as alice:
        alice.open(path)
        alice.page.locator("textarea[name=text]").fill("what took half an hour to write")
        alice.context.clear_cookies()
        alice.page.locator("button[value=note]").click()
        alice.page.wait_for_url(f"**/login?back={path.replace('/', '%2F')}")
        alice.page.get_by_label("Name").fill("alice")
        alice.page.get_by_label("Password").fill(PASSWORD)
        alice.page.keyboard.press("Enter")
        alice.page.wait_for_url(f"**{path}")
        expect(alice.page.locator("textarea[name=text]")).to_have_value("what took half an hour to write")
