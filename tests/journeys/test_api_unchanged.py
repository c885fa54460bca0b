"""What has no version of its own, and orders: it is sent once, until it is another one for who asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.actions.texts import reader
from tipstaff.screening.load import load_policy

DAY: Final = 86_400
ORDER: Final = {
    "authority": "bureau", "reference": "2026/41", "basis": "im-2014", "scope": "account", "territory": "CN",
    "targets": ["square/account/ordered"], "text": "关闭该帐号。",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place."""
    folder = tmp_path_factory.mktemp("unchanged")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        yield made


def read(world: Served, token: str | None, path: str, known: str | None = None) -> httpx.Response:
    """Read something, if it is another one by now than is known."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return world.client.get(path, headers=headers | ({} if known is None else {"If-None-Match": known}))


def test_a_list_that_is_known_is_not_sent_again(world: Served) -> None:
    """Nothing but its ETag; once there is another case it is sent. That one asked is kept."""
    world.open_case("first")
    alice = world.token("alice", Role.REVIEWER)
    whole = read(world, alice, "/v1/cases")
    etag = whole.headers["etag"]
    again = read(world, alice, "/v1/cases", f'"0", {etag}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert again.headers["cache-control"] == "no-store"
    assert "content-type" not in again.headers
    kept = world.client.app.state.trail.visits(Sought(operation="listCases"), 2, None)
    assert [one.visit.status for one in kept] == [304, 200]
    world.open_case("second")
    more = read(world, alice, "/v1/cases", etag)
    assert (more.status_code, len(more.json()["cases"])) == (200, len(whole.json()["cases"]) + 1)
    assert more.headers["etag"] != etag
    assert read(world, alice, "/v1/cases?most=1", more.headers["etag"]).status_code == 200


def test_what_another_knows_is_nothing_to_who_asks(world: Served) -> None:
    """Each is answered by what is theirs; who may not ask is refused, whatever they know."""
    rae = world.token("rae", Role.READER, reader=reader("square", "rae"))
    sam = world.token("sam", Role.READER, reader=reader("square", "sam"))
    hers = read(world, rae, "/v1/complaints")
    assert hers.json()["complaints"] != []
    his = read(world, sam, "/v1/complaints", hers.headers["etag"])
    assert (his.status_code, his.json()["complaints"]) == (200, [])
    assert his.headers["etag"] != hers.headers["etag"]
    assert read(world, sam, "/v1/cases", "*").status_code == 403
    assert read(world, sam, "/v1/complaints/1-1", "*").status_code == 404
    assert read(world, None, "/v1/cases", "*").status_code == 401


@pytest.mark.parametrize("known", ["0", '"0",', '*, "0"', '"a b"'])
def test_what_is_no_etag_is_told(world: Served, known: str) -> None:
    """In each operation of the API alike, to who may ask; elsewhere it is passed over."""
    alice = world.token("alice", Role.REVIEWER)
    for path in ("/v1/cases", "/v1/me", f"/v1/statements/{world.place.adopted().entry.hex()}"):
        refused = read(world, alice, path, known)
        assert (refused.status_code, "If-None-Match" in refused.json()["detail"]) == (400, True)
    assert read(world, None, "/v1/cases", known).status_code == 401
    assert read(world, None, "/health", known).status_code == 200


def test_what_is_sent_piece_by_piece_has_no_etag(world: Served) -> None:
    """It would have to be held until its end is there."""
    world.open_case("exported")
    moon = world.token("moon", Role.ACCOUNT_HOLDER, holds=(account("exported"),))
    export = read(world, moon, "/v1/accounts/square/account/exported/export", "*")
    assert (export.status_code, "etag" in export.headers) == (200, False)
    assert len(export.text.splitlines()) > 1


def test_an_order_that_is_known_is_not_sent_again(world: Served) -> None:
    """Until something happens to it, its deadline passes, or a case of it is not there yet."""
    world.place.square.register_account("ordered", "Ordered")
    chen, wu = (world.token(name, Role.CLERK) for name in ("chen", "wu"))
    entered = world.ask(chen, "POST", "/v1/orders", ORDER | {"deadline": "2026-09-28T00:00:00+00:00"}).json()
    path = f"/v1/orders/{entered['number']}"
    unopened = read(world, chen, path, "*")
    assert (unopened.status_code, unopened.json()["cases"]) == (200, {"square/account/ordered": None})
    world.ask(wu, "POST", f"{path}/confirmation")
    opened = world.until(chen, path, lambda one: None not in one["cases"].values())
    etag = f'"{opened["version"]}"'
    known = read(world, chen, path, etag)
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    limited = world.token("lin", Role.CLERK, queues=frozenset({"elsewhere"}))
    assert read(world, limited, path, "*").status_code == 404
    world.place.clock.now += 30 * DAY
    late = read(world, world.token("chen", Role.CLERK), path, etag)
    assert (late.status_code, late.json()["overdue"], late.headers["etag"]) == (200, True, etag)
