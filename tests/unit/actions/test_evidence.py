"""What is kept of a post, and on which findings a decision rests."""

from __future__ import annotations

import pytest
from casebook import ACCOUNT, ALICE, BLOCK, MACHINE, SITE, Casebook, blocking, found
from desks import Office, turn
from msgspec.structs import replace
from squares import GIF, PNG, TIME, image

from tipstaff.actions.ask import ask
from tipstaff.actions.complain import complain
from tipstaff.actions.erase import erase
from tipstaff.actions.evidence import as_it_was, chosen_evidence, image_of, opened_item, snapshot_of
from tipstaff.actions.holdings import holdings
from tipstaff.actions.host import Snapshot
from tipstaff.actions.take_up import take_up
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Reason
from tipstaff.casework.words import Target
from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post


def case() -> Case:
    """Return a case with three findings on two posts."""
    book = Casebook(posts=())
    for post, rule in (("m1", "hype"), ("m2", "hype"), ("m2", "sale")):
        book.record(found(post, rule))
    return book.case


@pytest.mark.parametrize(
    ("posts", "rules", "chosen"),
    [
        ((), (), [("m1", "hype"), ("m2", "hype"), ("m2", "sale")]),
        (("m2",), (), [("m2", "hype"), ("m2", "sale")]),
        ((), ("hype",), [("m1", "hype"), ("m2", "hype")]),
        (("m2",), ("sale",), [("m2", "sale")]),
    ],
)
def test_findings_are_chosen_by_post_and_rule(
    posts: tuple[str, ...], rules: tuple[str, ...], chosen: list[tuple[str, str]]
) -> None:
    """All of them where nothing is named; they are kept in the vault, and committed to."""
    office = Office()
    commitment = chosen_evidence(office.desk, case(), posts, rules)
    assert commitment is not None
    kept = office.desk.opened(commitment)
    assert isinstance(kept, list)
    assert [(one["post"], one["rule"]) for one in kept] == chosen


def test_what_was_not_found_is_not_chosen() -> None:
    """A rule must be among the findings on what is decided on."""
    office = Office()
    with pytest.raises(CaseError, match="sale was not found on what is decided on"):
        chosen_evidence(office.desk, case(), ("m1",), ("sale",))
    assert chosen_evidence(office.desk, Casebook(SITE, ()).case, ()) is None


ADDRESS = "https://cdn.example/chart.png"


def illustrated() -> Office:
    """Return an office with a finding on a third post, which shows two images, one twice, and an address."""
    office = Office()
    post = Post(id="m3", account=ACCOUNT.id, text="Scan it", published_at=TIME, host=office.host.name)
    files = (image(GIF, "image/gif"), image(), image(GIF, "image/gif"))
    office.host.publish(Snapshot(post, (ADDRESS,), {"handle": "news"}, files))
    event = replace(found("m3"), snapshot=snapshot_of(office.desk, ACCOUNT, "m3"))
    office.desk.record(office.case, MACHINE, [event])
    return office


def test_a_post_is_kept_with_its_images() -> None:
    """Each once, under the key of the subject, with its kind and size; addresses are kept as they are."""
    office = illustrated()
    assert office.vault.count(str(ACCOUNT)) == 3, "the post, and two images"
    item = as_it_was(office.desk, office.case, "m3")
    assert item is not None
    assert (item.text, item.images) == ("Scan it", (ADDRESS,))
    assert [(one.name, one.media_type, one.size) for one in item.files] == [
        (image(GIF).name, "image/gif", len(GIF)),
        (image(PNG).name, "image/png", len(PNG)),
    ]


def test_an_image_of_the_evidence_outlives_its_post() -> None:
    """The host has lost the post and what it showed: what was kept is there, byte for byte."""
    office = illustrated()
    office.host._snapshots.clear()
    assert image_of(office.desk, office.case, image().name) == image()
    assert image_of(office.desk, office.case, image(GIF).name) == image(GIF, "image/gif")
    with pytest.raises(
        MissingError, match="case 1 keeps no image ab: `tipstaff case show` tells which it keeps"
    ):
        image_of(office.desk, office.case, "ab")


def test_an_export_names_images() -> None:
    """By their digests, and by their addresses."""
    office = illustrated()
    (item,) = [one for one in holdings(office.desk, ACCOUNT).found if one.post == "m3"]
    assert item.images == (image(GIF).name, image().name, ADDRESS)


def test_erasing_erases_images() -> None:
    """With the rest: nobody gets them out any more, and they are counted."""
    office = illustrated()
    snapshot = office.case.found[-1].snapshot
    ask(office.desk, 1, ALICE, blocking(BLOCK, 0, office.policy))
    turn(office)
    before = office.vault.count(str(ACCOUNT))
    assert erase(office.desk, ACCOUNT) == before
    assert office.vault.kept == {}
    assert opened_item(office.desk, snapshot) is None
    assert as_it_was(office.desk, office.case, "m3") is None
    with pytest.raises(MissingError, match="case 1 keeps no"):
        image_of(office.desk, office.case, image().name)


def test_complaints_fill_no_vault_with_images() -> None:
    """However many complain of a post, its images are kept once; they belong to each snapshot of it."""
    office = illustrated()
    before = office.vault.count(str(ACCOUNT))
    for name in ("rae", "sam", "tom"):
        complain(office.desk, f"memory/reader/{name}", Target(ACCOUNT, "m3"), Reason.FRAUD, "a fraud")
    assert office.vault.count(str(ACCOUNT)) == before + 3, "what the post said each time"
    for complaint in office.case.complaints:
        assert complaint.said.snapshot is not None
        item = opened_item(office.desk, complaint.said.snapshot)
        assert item is not None
        assert [office.desk.opened(one.kept) for one in item.files] == [GIF, PNG]


def test_an_image_that_was_erased_is_kept_anew() -> None:
    """Where somebody complains after an erasure, the evidence is whole."""
    office = illustrated()
    ask(office.desk, 1, ALICE, blocking(BLOCK, 0, office.policy))
    turn(office)
    erase(office.desk, ACCOUNT)
    complain(office.desk, "memory/reader/rae", Target(ACCOUNT, "m3"), Reason.FRAUD, "a fraud")
    assert image_of(office.desk, office.case, image().name) == image()


def test_a_snapshot_from_before_images_is_read() -> None:
    """It has no files, and says so."""
    office = Office()
    kept = {"id": "m1", "text": "Text", "title": None, "url": None, "images": [], "profile": {}}
    item = opened_item(office.desk, office.desk.keep(ACCOUNT, "item", "snapshot", kept))
    assert item is not None
    assert (item.text, item.files) == ("Text", ())


def test_a_post_is_kept_once_whatever_is_found_on_it() -> None:
    """Two rules that find the same post at the same time have one snapshot of it, with its images."""
    office = illustrated()
    before = office.vault.count(str(ACCOUNT))
    kept = [
        Finding(
            host="memory", account=ACCOUNT.id, post="m3", policy="house@1.0+0000", rule=rule,
            provision="house-1", outcome=Outcome.REVIEW, severity=3, score=50, evidence=(), exempted_by=(),
        )
        for rule in ("code", "offer")
    ]  # fmt: skip
    (case,) = take_up(office.desk, kept)
    one, other = case.found[-2:]
    assert (one.rule, other.rule) == ("code", "offer")
    assert one.snapshot == other.snapshot
    assert office.vault.count(str(ACCOUNT)) == before + 1 + 2, "a post, and the evidence of each"
