"""Invitations into groups, and referral links."""

from __future__ import annotations

import pytest

from tipstaff.screening.entities import FINDERS


def invitations(text: str) -> list[tuple[str, str]]:
    """Return value and detail of each hit."""
    return [(hit.value, hit.detail) for hit in FINDERS["invitation"](text)]


@pytest.mark.parametrize(
    ("link", "value"),
    [
        ("t.me/+AbCd_Ef-12345", "t.me/+AbCd_Ef-12345"),
        ("https://t.me/joinchat/AAAAAbbbbb", "t.me/joinchat/AAAAAbbbbb"),
        ("https://t.me/addlist/AAAAAbbbbb", "t.me/addlist/AAAAAbbbbb"),
        ("https://T.me/SomeChannel", "t.me/somechannel"),
        ("https://telegram.me/SomeChannel/123", "t.me/somechannel"),
        ("https://t.me/s/SomeChannel", "t.me/somechannel"),
        ("https://somechannel.t.me", "t.me/somechannel"),
        ("discord.gg/AbCdEf", "discord.gg/AbCdEf"),
        ("https://discord.com/invite/AbCdEf", "discord.com/invite/AbCdEf"),
        ("https://chat.whatsapp.com/AbCdEf123456", "chat.whatsapp.com/AbCdEf123456"),
        ("https://join.skype.com/AbCdEf", "join.skype.com/AbCdEf"),
        ("https://line.me/ti/g2/AbCdEf", "line.me/ti/g2/AbCdEf"),
        ("https://line.me/R/ti/p/@abc", "line.me/R/ti/p/@abc"),
        ("https://u.wechat.com/AbCdEf", "u.wechat.com/AbCdEf"),
        ("https://weixin.qq.com/g/AbCdEf", "weixin.qq.com/g/AbCdEf"),
        ("https://work.weixin.qq.com/gm/abcdef", "work.weixin.qq.com/gm/abcdef"),
        ("https://qm.qq.com/q/AbCdEf", "qm.qq.com/q/AbCdEf"),
        ("https://qm.qq.com/cgi-bin/qm/qr?k=AbCdEf", "qm.qq.com/cgi-bin/qm/qr?k=AbCdEf"),
        ("https://jq.qq.com/?_wv=1027&k=AbCdEf", "jq.qq.com/?_wv=1027&k=AbCdEf"),
        ("https://signal.group/#CjQKIabc", "signal.group/#CjQKIabc"),
        ("https://matrix.to/#/#room:example.org", "matrix.to/#/#room:example.org"),
    ],
)
def test_links_into_groups_are_found(link: str, value: str) -> None:
    """Each service's join link is an invitation into a group, with one value for its spellings."""
    assert invitations(f"进群{link}，快") == [(value, "group")]


@pytest.mark.parametrize(
    "link",
    [
        "t.me/share/url?url=x",
        "https://t.me/",
        "https://t.me/proxy?server=x",
        "https://discord.com/channels/1",
        "https://line.me/en/",
        "https://weixin.qq.com/",
        "https://www.whatsapp.com/",
    ],
)
def test_other_pages_of_those_services_are_no_invitations(link: str) -> None:
    """Share dialogs, settings and home pages invite nobody."""
    assert invitations(link) == []


@pytest.mark.parametrize(
    "query",
    [
        "ref=abc",
        "referral=abc",
        "invite=abc",
        "invite_code=abc",
        "inviteCode=abc",
        "invitationCode=abc",
        "code=abc",
        "aff=1",
        "affiliate_id=1",
        "r=abc",
        "rid=abc",
        "channelId=abc",
    ],
)
def test_referral_keys_are_found_anywhere_in_the_query(query: str) -> None:
    """Each key counts first, later, and in the fragment of a one-page site; not without a value."""
    for link in (
        f"https://coin.com/register?{query}",
        f"coin.com/a?x=1&{query}",
        f"https://coin.com/#/reg?{query}",
    ):
        assert [detail for _, detail in invitations(link)] == ["referral"]
    assert invitations(f"https://coin.com/a?{query.partition('=')[0]}=") == []


@pytest.mark.parametrize(
    "path",
    [
        "join/123",
        "zh-hans/join/18639032",
        "register/abc12",
        "ref/abc",
        "invite/abc",
        "r/CODE1",
        "referral/abc",
    ],
)
def test_referral_paths_are_found(path: str) -> None:
    """A path segment such as `/join/` with a code after it is a referral."""
    assert invitations(f"https://www.coin.com/{path}") == [(f"www.coin.com/{path}", "referral")]


@pytest.mark.parametrize(
    "link",
    [
        "https://www.reddit.com/r/Bitcoin",
        "https://coin.com/join",
        "https://coin.com/prefer/x",
        "https://coin.com/?reference=x",
        "https://coin.com/r/bitcoin",
    ],
)
def test_look_alikes_of_referrals_are_none(link: str) -> None:
    """Subreddits, join pages without code and keys that merely begin alike are not referrals."""
    assert invitations(link) == []


def test_the_span_is_that_of_the_link() -> None:
    """An invitation stands where its link stands."""
    text = "加（https://t.me/+AbCdEf123）"
    (hit,) = FINDERS["invitation"](text)
    assert text[hit.start : hit.end] == "https://t.me/+AbCdEf123"
