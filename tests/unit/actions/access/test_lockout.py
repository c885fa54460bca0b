"""Wrong logins cost time, then minutes; a stranger keeps nobody out, and nobody learns who is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gates import NOW

from tipstaff.actions.access.lockout import (
    ADDRESS,
    KNOWN,
    LOCK,
    NAME,
    PAIR,
    WINDOW,
    LockedError,
    begin,
    digest_of,
    give_back,
    network_of,
    succeed,
    wait_after,
)
from tipstaff.actions.access.memory import MemoryLogins

HERE = "192.0.2.7"


def refused(tries: MemoryLogins, name: str, address: str, now: int) -> int:
    """Count a wrong login; returns how long it is refused, 0 if it was looked at."""
    try:
        begin(tries, name, address, now)
    except LockedError as error:
        return error.seconds
    return 0


def go_wrong(
    tries: MemoryLogins, times: int, name: Callable[[int], str], address: Callable[[int], str]
) -> int:
    """Have logins go wrong, each as soon as it is looked at; returns when that is over."""
    now = NOW
    for number in range(times):
        while wait := refused(tries, name(number), address(number), now):
            now += wait
    return now


def test_it_costs_time_then_minutes() -> None:
    """Nothing at first, then twice as much each time, and never more than a quarter of an hour."""
    assert [wait_after(count, PAIR) for count in range(1, 8)] == [0, 0, 1, 2, 4, 8, 16]
    assert [wait_after(count, PAIR) for count in (12, 13, 100, 10**9)] == [512, LOCK, LOCK, LOCK]
    assert LOCK == 900


def test_a_guesser_from_one_place_gets_few_guesses() -> None:
    """Under one name from one address about a hundred a day are looked at, whatever is tried between."""
    tries, looked_at = MemoryLogins(), 0
    for second in range(0, WINDOW, 10):
        looked_at += not refused(tries, "alice", HERE, NOW + second)
    assert 95 <= looked_at <= 110


def test_what_is_refused_does_not_count() -> None:
    """Whoever asks all the time does not make it longer; the seconds that are told are right."""
    tries = MemoryLogins()
    for _ in range(PAIR):
        assert refused(tries, "alice", HERE, NOW) == 0
    assert [refused(tries, "alice", HERE, NOW) for _ in range(50)] == [1] * 50
    assert refused(tries, "alice", HERE, NOW + 1) == 0
    assert refused(tries, "alice", HERE, NOW + 1) == 2


def test_a_stranger_elsewhere_does_not_slow_a_person_down() -> None:
    """What goes wrong from another address is theirs, until it is very much."""
    tries = MemoryLogins()
    now = go_wrong(tries, 30, lambda _: "alice", lambda _: "198.51.100.1")
    assert refused(tries, "alice", "198.51.100.1", now) == LOCK
    assert refused(tries, "alice", HERE, now) == 0


def test_many_strangers_lock_a_name_but_not_where_its_person_is_known() -> None:
    """From ever other addresses a name is locked for minutes; who has logged in before still gets in."""
    tries = MemoryLogins()
    succeed(tries, begin(tries, "alice", HERE, NOW), NOW)
    now = go_wrong(tries, NAME + 20, lambda _: "alice", lambda number: f"198.51.100.{number}")
    assert refused(tries, "alice", "203.0.113.1", now) == LOCK
    assert refused(tries, "bob", "203.0.113.1", now) == 0
    assert refused(tries, "alice", HERE, now) == 0
    assert refused(tries, "alice", "203.0.113.1", now + LOCK) == 0, "and for no longer"


def test_a_pair_is_known_for_a_month() -> None:
    """After that its person waits as everybody does."""
    tries = MemoryLogins()
    succeed(tries, begin(tries, "alice", HERE, NOW), NOW)
    later = NOW + KNOWN
    for number in range(NAME + 11):
        begin(tries, "alice", f"198.51.100.{number}", later - 1 + number * 1000)
    last = later - 1 + (NAME + 10) * 1000
    assert refused(tries, "alice", HERE, last) > 0


def test_a_known_pair_is_bounded_as_any_is() -> None:
    """Whoever shares an address with somebody gets no more guesses at them."""
    tries = MemoryLogins()
    succeed(tries, begin(tries, "alice", HERE, NOW), NOW)
    for _ in range(PAIR):
        assert refused(tries, "alice", HERE, NOW) == 0
    assert refused(tries, "alice", HERE, NOW) == 1


def test_one_address_gets_few_guesses_at_all_names() -> None:
    """Ever other names from one place are bounded; from elsewhere those names are as before."""
    tries = MemoryLogins()
    now = go_wrong(tries, ADDRESS + 20, lambda number: f"user{number}", lambda _: HERE)
    assert now - NOW > 9 * LOCK
    assert refused(tries, "somebody", HERE, now) == LOCK
    assert refused(tries, "user1", "203.0.113.1", now) == 0


def test_a_guesser_does_not_start_over_by_logging_in() -> None:
    """What went wrong at other names stays when somebody has a name of their own there."""
    tries, now = MemoryLogins(), NOW
    for number in range(ADDRESS + 20):
        while wait := refused(tries, f"user{number}", HERE, now):
            now += wait
        succeed(tries, begin(tries, "mallory", HERE, now), now)
    assert refused(tries, "somebody", HERE, now) > 1


def test_what_was_right_or_not_looked_at_is_given_back() -> None:
    """After a login its pair begins anew, and one less has gone wrong elsewhere."""
    tries = MemoryLogins()
    for _ in range(PAIR - 1):
        begin(tries, "alice", HERE, NOW)
    begun = begin(tries, "alice", HERE, NOW)
    give_back(tries, begun)
    assert refused(tries, "alice", HERE, NOW) == 0, "it is as if it had not been"
    succeed(tries, begin(tries, "alice", HERE, NOW + 1), NOW + 1)
    assert [refused(tries, "alice", HERE, NOW + 1) for _ in range(PAIR)] == [0] * PAIR


def test_time_heals() -> None:
    """A day without anything wrong, and it begins anew."""
    tries = MemoryLogins()
    now = go_wrong(tries, 20, lambda _: "alice", lambda _: HERE)
    assert refused(tries, "alice", HERE, now + WINDOW - 1) == 0
    assert refused(tries, "alice", HERE, now + WINDOW) > 0
    later = now + 2 * WINDOW
    assert [refused(tries, "alice", HERE, later) for _ in range(PAIR)] == [0] * PAIR


def test_an_admin_lifts_it() -> None:
    """For one name, from everywhere."""
    tries = MemoryLogins()
    now = go_wrong(tries, 20, lambda _: "alice", lambda _: HERE)
    other = go_wrong(tries, 20, lambda _: "bob", lambda _: "192.0.2.8")
    assert tries.unlock(digest_of("alice")) == 2
    assert tries.unlock(digest_of("alice")) == 0
    assert refused(tries, "alice", HERE, now) == 0
    assert refused(tries, "bob", "192.0.2.8", other) == LOCK


def test_what_is_old_is_forgotten() -> None:
    """Once it no longer counts, nothing is kept of it, but where somebody is known."""
    tries = MemoryLogins()
    begin(tries, "carol", "192.0.2.9", NOW)
    succeed(tries, begin(tries, "bob", "192.0.2.8", NOW), NOW)
    succeed(tries, begin(tries, "alice", HERE, NOW + 2 * WINDOW), NOW + 2 * WINDOW)
    assert {key.address for key in tries._tries if key.name} == {"192.0.2.8", HERE, ""}
    assert digest_of("carol") not in {key.name for key in tries._tries}
    succeed(tries, begin(tries, "alice", HERE, NOW + KNOWN + 1), NOW + KNOWN + 1)
    assert digest_of("bob") not in {key.name for key in tries._tries}


def test_names_are_kept_as_digests() -> None:
    """What people type there may be a password."""
    tries = MemoryLogins()
    begin(tries, "my secret password", HERE, NOW)
    assert "secret" not in repr(tries._tries)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_who_has_a_network_is_one(address: str, network: str) -> None:
    """Of IPv6 one person has 2 to the power of 64 addresses."""
    assert network_of(address) == network
