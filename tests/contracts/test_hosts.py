"""What every host does: carry measures out, show them to readers, lift them, keep the original.

One that is idempotent does each act once; what the other kind does instead is here as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hostings import FILES, IDEMPOTENT, World, hosting
from squares import applied, lifted, sentence

from tipstaff.actions.host import Act, Host, HostError, Seen
from tipstaff.base.errors import InputError
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target

HIDING = {
    MeasureKind.HOLD_CONTENT,
    MeasureKind.BLOCK_CONTENT,
    MeasureKind.CLOSE_ACCOUNT,
    MeasureKind.SUSPEND_APP,
    MeasureKind.BLOCK_LINKS,
}
UNSEEN = Seen({}, None)


@pytest.fixture(params=IDEMPOTENT)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Each host in turn."""
    with hosting(request.param, tmp_path) as made:
        yield made


only_idempotent = pytest.mark.parametrize(
    "world", [name for name, idempotent in IDEMPOTENT.items() if idempotent], indirect=True
)
only_others = pytest.mark.parametrize(
    "world", [name for name, idempotent in IDEMPOTENT.items() if not idempotent], indirect=True
)


def account(host: Host, name: str = "news") -> Subject:
    """Return an account as a subject."""
    return Subject(host.name, SubjectKind.ACCOUNT, name)


WHOLE = {
    MeasureKind.WARN: (SubjectKind.ACCOUNT, "news"),
    MeasureKind.HOLD_CONTENT: (SubjectKind.ACCOUNT, "news"),
    MeasureKind.BLOCK_CONTENT: (SubjectKind.ACCOUNT, "news"),
    MeasureKind.RESTRICT_POSTING: (SubjectKind.ACCOUNT, "news"),
    MeasureKind.SUSPEND_UPDATES: (SubjectKind.ACCOUNT, "news"),
    MeasureKind.CLOSE_ACCOUNT: (SubjectKind.ACCOUNT, "news"),
    MeasureKind.SUSPEND_APP: (SubjectKind.APP, "signer"),
    MeasureKind.BLOCK_LINKS: (SubjectKind.SITE, "coin.example.com"),
}
"""On what each kind is taken as a whole."""
ON_POSTS = (MeasureKind.WARN, MeasureKind.HOLD_CONTENT, MeasureKind.BLOCK_CONTENT)


def whole(host: Host, kind: MeasureKind) -> Target:
    """Return what a kind is taken on as a whole."""
    return Target(Subject(host.name, *WHOLE[kind]))


def seen(host: Host, *targets: Target) -> list[Seen]:
    """Read targets back."""
    return [host.read_back(target) for target in targets]


def test_every_kind_is_declared(world: World) -> None:
    """A host says of every kind of measure what it can do of it; these two can undo them all."""
    assert set(world.host.abilities) == set(MeasureKind)
    assert all(ability.undo for ability in world.host.abilities.values())


@pytest.mark.parametrize("kind", MeasureKind)
def test_a_measure_on_a_whole_subject_comes_and_goes(world: World, kind: MeasureKind) -> None:
    """A measure is in force on its subject once applied, hides it if its kind does, and leaves no trace."""
    target = whole(world.host, kind)
    world.host.carry_out(applied(target, kind))
    assert world.host.read_back(target) == Seen({"m1": kind}, sentence("m1") if kind in HIDING else None)
    world.host.carry_out(lifted(target, kind))
    assert world.host.read_back(target) == UNSEEN


@pytest.mark.parametrize("kind", ON_POSTS)
def test_a_measure_on_a_post_is_on_that_post_alone(world: World, kind: MeasureKind) -> None:
    """A measure on one post leaves the account, its other posts and those of others as they were."""
    one, other, foreign = (world.publish(name, "Text", None) for name in ("news", "news", "shop"))
    subject = account(world.host)
    target = Target(subject, one)
    others = [Target(subject), Target(subject, other), Target(account(world.host, "shop"), foreign)]
    world.host.carry_out(applied(target, kind))
    assert world.host.read_back(target) == Seen({"m1": kind}, sentence("m1") if kind in HIDING else None)
    assert seen(world.host, *others) == [UNSEEN] * 3
    world.host.carry_out(lifted(target, kind))
    assert seen(world.host, target, *others) == [UNSEEN] * 4


@pytest.mark.parametrize("kind", MeasureKind)
def test_what_hides_an_account_hides_its_posts(world: World, kind: MeasureKind) -> None:
    """Every post of an account answers with the sentence of what hides all of it; other kinds hide none."""
    target = whole(world.host, kind)
    post = world.publish("news", "Text", "signer")
    world.host.carry_out(applied(target, kind))
    hides = kind in HIDING and target.subject.kind is SubjectKind.ACCOUNT
    foreign = Target(account(world.host, "shop"), world.publish("shop", "Text", None))
    assert world.host.read_back(Target(account(world.host), post)) == Seen(
        {}, sentence("m1") if hides else None
    )
    assert world.host.read_back(foreign) == UNSEEN
    world.host.carry_out(lifted(target, kind))
    assert world.host.read_back(Target(account(world.host), post)) == UNSEEN


def test_a_post_is_hidden_as_an_item_of_its_app(world: World) -> None:
    """What is taken on a post as an item of an app hides it also as one of its account."""
    post = world.publish("news", "Text", "signer")
    item = Target(Subject(world.host.name, SubjectKind.APP, "signer"), post)
    world.host.carry_out(applied(item, MeasureKind.BLOCK_CONTENT))
    assert world.host.read_back(item).measures == {"m1": MeasureKind.BLOCK_CONTENT}
    assert world.host.read_back(Target(account(world.host), post)) == Seen({}, sentence("m1"))


def test_the_gravest_sentence_is_shown(world: World) -> None:
    """Of several measures readers see the gravest, and of two of one kind the first, however they came."""
    post = Target(account(world.host), world.publish("news", "Text", None))
    everything = Target(account(world.host))
    world.host.carry_out(applied(post, MeasureKind.HOLD_CONTENT, "hold"))
    world.host.carry_out(applied(post, MeasureKind.BLOCK_CONTENT, "second"))
    world.host.carry_out(applied(post, MeasureKind.BLOCK_CONTENT, "a third"))
    assert world.host.read_back(post).sentence == sentence("second")
    world.host.carry_out(applied(everything, MeasureKind.CLOSE_ACCOUNT, "close"))
    world.host.carry_out(applied(everything, MeasureKind.BLOCK_CONTENT, "all"))
    assert [one.sentence for one in seen(world.host, post, everything)] == [sentence("close")] * 2


def test_lifting_one_leaves_the_others(world: World) -> None:
    """Measures on one target go one by one, and what is left decides what readers see."""
    post = Target(account(world.host), world.publish("news", "Text", None))
    kinds = {"hold": MeasureKind.HOLD_CONTENT, "warn": MeasureKind.WARN, "block": MeasureKind.BLOCK_CONTENT}
    for name, kind in kinds.items():
        world.host.carry_out(applied(post, kind, name))
    assert world.host.read_back(post) == Seen(kinds, sentence("block"))
    world.host.carry_out(lifted(post, MeasureKind.BLOCK_CONTENT, "block"))
    assert world.host.read_back(post) == Seen(
        {"hold": MeasureKind.HOLD_CONTENT, "warn": MeasureKind.WARN}, sentence("hold")
    )
    world.host.carry_out(lifted(post, MeasureKind.HOLD_CONTENT, "hold"))
    assert world.host.read_back(post) == Seen({"warn": MeasureKind.WARN}, None)


def test_one_name_on_two_targets_is_two_measures(world: World) -> None:
    """What a measure of several targets is lifted from, the others keep."""
    one, other = (Target(account(world.host), world.publish("news", "Text", None)) for _ in range(2))
    for target in (one, other):
        world.host.carry_out(applied(target, MeasureKind.BLOCK_CONTENT))
    world.host.carry_out(lifted(one, MeasureKind.BLOCK_CONTENT))
    assert [each.sentence for each in seen(world.host, one, other)] == [None, sentence("m1")]


def test_each_host_says_whether_it_is_idempotent(world: World) -> None:
    """It is declared, and what it declares decides which of the following it keeps."""
    assert world.host.idempotent is IDEMPOTENT[world.host.name]


@only_idempotent
def test_an_act_is_carried_out_once(world: World) -> None:
    """An act that comes again under its key does nothing, also when it was undone meanwhile."""
    target = Target(account(world.host))
    apply, lift = (make(target, MeasureKind.CLOSE_ACCOUNT) for make in (applied, lifted))
    world.host.carry_out(apply)
    world.host.carry_out(lift)
    world.host.carry_out(apply)
    assert world.host.read_back(target) == UNSEEN
    world.host.carry_out(applied(target, MeasureKind.CLOSE_ACCOUNT, key="again"))
    world.host.carry_out(lift)
    assert world.host.read_back(target) == Seen({"m1": MeasureKind.CLOSE_ACCOUNT}, sentence("m1"))


@only_others
def test_a_host_that_knows_no_keys_does_an_act_again(world: World) -> None:
    """Each time one more is in force, which is read back; each lift takes one, and at last it is gone."""
    target, kind = Target(account(world.host)), MeasureKind.CLOSE_ACCOUNT
    other = applied(target, MeasureKind.WARN, "m2")
    for act in (other, *[applied(target, kind)] * 3):
        world.host.carry_out(act)
    times = []
    while (back := world.host.read_back(target)).times("m1"):
        assert back.measures == {"m1": kind, "m2": MeasureKind.WARN}
        assert back.sentence == sentence("m1"), "one is enough to hide it"
        assert back.times("m2") == 1
        times.append(back.times("m1"))
        world.host.carry_out(lifted(target, kind))
    assert times == [3, 2, 1]
    assert world.host.read_back(target) == Seen({"m2": MeasureKind.WARN}, None)


def test_what_was_lifted_already_is_done(world: World) -> None:
    """Lifting it again, under a new key, changes nothing and succeeds."""
    target, kind = Target(account(world.host)), MeasureKind.BLOCK_CONTENT
    world.host.carry_out(applied(target, kind))
    for key in ("k3", "k4"):
        world.host.carry_out(lifted(target, kind, key=key))
        assert world.host.read_back(target) == UNSEEN
    world.host.carry_out(applied(target, kind, key="k5"))
    assert world.host.read_back(target) == Seen({"m1": kind}, sentence("m1"))


@only_idempotent
def test_what_is_so_already_is_done(world: World) -> None:
    """Applying what is in force under a new key changes nothing on an idempotent host, and succeeds."""
    target = Target(account(world.host))
    first = applied(target, MeasureKind.BLOCK_CONTENT)
    world.host.carry_out(first)
    before = world.host.read_back(target)
    world.host.carry_out(msgspec.structs.replace(first, key="k2", sentence=sentence("another")))
    assert world.host.read_back(target) == before


def test_a_measure_applied_anew_comes_last(world: World) -> None:
    """A measure that is lifted and applied again has its new sentence and comes after those in force."""
    target = Target(account(world.host))
    kind = MeasureKind.BLOCK_CONTENT
    world.host.carry_out(applied(target, kind, "m1"))
    world.host.carry_out(applied(target, kind, "m2"))
    world.host.carry_out(lifted(target, kind, "m1"))
    anew = msgspec.structs.replace(applied(target, kind, "m1", "k2"), sentence=sentence("anew"))
    world.host.carry_out(anew)
    assert world.host.read_back(target) == Seen({"m1": kind, "m2": kind}, sentence("m2"))
    world.host.carry_out(lifted(target, kind, "m2"))
    assert world.host.read_back(target) == Seen({"m1": kind}, sentence("anew"))


def refusals(host: Host, post: str) -> dict[str, Act]:
    """Return acts that no host carries out, and what it says of each."""
    news, app = account(host), Subject(host.name, SubjectKind.APP, "signer")
    site = Subject(host.name, SubjectKind.SITE, "coin.example.com")
    unknown = Subject(host.name, SubjectKind.APP, "unknown")
    block, close = MeasureKind.BLOCK_CONTENT, MeasureKind.CLOSE_ACCOUNT
    return {
        "was never applied to all of": lifted(Target(news), close, "m9"),
        "was never applied to post": lifted(Target(news, post), block, "held"),
        "was applied as hold_content: block_content needs": applied(Target(news), block, "held", "k"),
        "was applied as hold_content: close_account needs": lifted(Target(news), close, "held", "k"),
        "there is no .*nobody": applied(Target(account(host, "nobody")), close),
        "there is no .*unknown": applied(Target(unknown), MeasureKind.WARN),
        "there is no post '?p0'?": applied(Target(news, "p0"), block),
        f"there is no post {post} of .*/shop": applied(Target(account(host, "shop"), post), block),
        "account/news .*on": applied(Target(msgspec.structs.replace(news, host="elsewhere")), close),
        "close_account cannot be taken on post": applied(Target(news, post), close),
        "close_account cannot be taken on all of": applied(Target(app), close),
        "block_content cannot be taken on all of .*signer": applied(Target(app), block),
        "suspend_app cannot": applied(Target(news), MeasureKind.SUSPEND_APP),
        "block_links cannot": applied(Target(news), MeasureKind.BLOCK_LINKS),
        "warn cannot": applied(Target(site), MeasureKind.WARN),
    }  # fmt: skip


def test_what_cannot_be_done_is_said_and_may_be_asked_again(world: World) -> None:
    """An act that does not fit fails each time it is asked, and changes nothing."""
    post = world.publish("news", "Text", None)
    news = Target(account(world.host))
    world.host.carry_out(applied(news, MeasureKind.HOLD_CONTENT, "held"))
    before = seen(world.host, news, Target(news.subject, post))
    for message, act in refusals(world.host, post).items():
        for _ in range(2):
            with pytest.raises(HostError, match=message):
                world.host.carry_out(act)
    assert seen(world.host, news, Target(news.subject, post)) == before


def test_a_refused_act_keeps_its_key(world: World) -> None:
    """What failed is carried out under the same key once it can be."""
    target = Target(account(world.host))
    lift = lifted(target, MeasureKind.CLOSE_ACCOUNT)
    with pytest.raises(HostError):
        world.host.carry_out(lift)
    world.host.carry_out(applied(target, MeasureKind.CLOSE_ACCOUNT))
    world.host.carry_out(lift)
    assert world.host.read_back(target) == UNSEEN


def test_what_never_existed_is_not_read(world: World) -> None:
    """Reading back or keeping what never existed is an error of the one who asks."""
    host, post = world.host, world.publish("news", "Text", None)
    for target in (
        Target(account(host, "nobody")),
        Target(Subject(host.name, SubjectKind.APP, "unknown")),
        Target(Subject("elsewhere", SubjectKind.ACCOUNT, "news")),
        Target(Subject("elsewhere", SubjectKind.SITE, "coin.example.com")),
        Target(account(host), "p0"),
        Target(account(host, "shop"), post),
        Target(Subject(host.name, SubjectKind.APP, "signer"), post),
        Target(Subject(host.name, SubjectKind.SITE, "coin.example.com"), post),
    ):
        with pytest.raises(InputError):
            host.read_back(target)
        with pytest.raises(InputError):
            host.snapshot(target.subject, target.post or "p0")
    with pytest.raises(InputError, match=r"there is no post '?p0'?"):
        list(host.posts(after="p0"))


def test_posts_come_in_order_whatever_is_blocked(world: World) -> None:
    """All that was published is yielded, in the order of publication, unchanged by any measure."""
    names = [world.publish(name, f"Text of {name}", None) for name in ("news", "shop", "news", "news")]
    before = list(world.host.posts())
    assert [post.id for post in before] == names
    assert [post.account for post in before] == ["news", "shop", "news", "news"]
    assert {post.host for post in before} == {world.host.name}
    world.host.carry_out(applied(Target(account(world.host)), MeasureKind.CLOSE_ACCOUNT))
    world.host.carry_out(applied(Target(account(world.host, "shop"), names[1]), MeasureKind.BLOCK_CONTENT))
    assert list(world.host.posts()) == before


def test_posts_go_on_behind_one(world: World) -> None:
    """Behind a post come those published after it, those of meanwhile with them; behind the last, none."""
    names = [world.publish("news", "Text", None) for _ in range(3)]
    assert [post.id for post in world.host.posts(after=names[0])] == names[1:]
    assert list(world.host.posts(after=names[2])) == []
    late = world.publish("shop", "Text", None)
    assert [post.id for post in world.host.posts(after=names[2])] == [late]


@pytest.mark.parametrize("kind", [MeasureKind.BLOCK_CONTENT, MeasureKind.CLOSE_ACCOUNT])
def test_a_snapshot_is_of_the_original(world: World, kind: MeasureKind) -> None:
    """Under a block the snapshot is what it was before: text, images, profile."""
    post = world.publish("news", "Text at coin.example.com", None)
    subject = account(world.host)
    before = world.host.snapshot(subject, post)
    assert before.post == next(world.host.posts())
    assert (before.post.text, before.images) == ("Text at coin.example.com", ("chart.png",))
    assert before.files == FILES
    assert before.profile["handle"] == "news"
    site = Subject(world.host.name, SubjectKind.SITE, "coin.example.com")
    world.host.carry_out(applied(Target(subject), kind))
    world.host.carry_out(applied(Target(site), MeasureKind.BLOCK_LINKS))
    assert world.host.snapshot(subject, post) == before


def test_the_posts_of_a_subject(world: World) -> None:
    """Those of an account, those through an app, and those that link to a site or to a part of it."""
    host, publish = world
    plain = publish("news", "nothing", None)
    through = publish("shop", "signed", "signer")
    linked = publish("news", "see https://www.coin.example/a", None)
    publish("shop", "see https://notcoin.example/a", None)
    app, site = (
        Subject(host.name, kind, name)
        for kind, name in ((SubjectKind.APP, "signer"), (SubjectKind.SITE, "coin.example"))
    )
    assert [post.id for post in host.posts_of(account(host))] == [plain, linked]
    assert [post.id for post in host.posts_of(app)] == [through]
    assert [post.id for post in host.posts_of(site)] == [linked]
    for unknown in (account(host, "nobody"), Subject(host.name, SubjectKind.APP, "none")):
        with pytest.raises(InputError):
            list(host.posts_of(unknown))


def test_the_profile_of_a_subject(world: World) -> None:
    """An account says under which handle it is known; what is not there has none."""
    assert world.host.profile(account(world.host))["handle"] == "news"
    with pytest.raises(InputError):
        world.host.profile(account(world.host, "nobody"))
