"""Links that invite: into a group or a conversation, or to sign up for somebody's reward."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.links import Link

_CODE = r"[A-Za-z0-9_-]{3,128}"

_TELEGRAM_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_TELEGRAM_LINK = re.compile(rf"/(?:\+|joinchat/|addlist/){_CODE}(?=[/?#]|\Z)", re.ASCII)
_TELEGRAM_NAME = re.compile(r"/(?:s/)?([A-Za-z][A-Za-z0-9_]{2,31})(?=[/?#]|\Z)", re.ASCII)
_TELEGRAM_PAGES = frozenset(
    {
        "addemoji",
        "addlist",
        "addstickers",
        "addtheme",
        "boost",
        "confirmphone",
        "invoice",
        "joinchat",
        "login",
        "msg",
        "proxy",
        "setlanguage",
        "share",
        "socks",
    }
)

_GROUPS: Mapping[str, re.Pattern[str]] = {
    host: re.compile(path.replace("CODE", _CODE), re.ASCII)
    for hosts, path in (
        ("discord.gg discord.me", r"/CODE"),
        ("discord.com discordapp.com", r"/invite/CODE"),
        ("chat.whatsapp.com", r"/(?:invite/)?CODE"),
        ("whatsapp.com", r"/channel/CODE"),
        ("join.skype.com", r"/(?:bot/)?CODE"),
        ("line.me", r"/(?:R/)?ti/[a-z][a-z0-9]?/[^\s?#]{2,128}"),
        ("lin.ee u.wechat.com", r"/CODE"),
        ("qm.qq.com", r"/(?:q/CODE|cgi-bin/qm/qr\?[^\s]{3}|CODE)"),
        ("jq.qq.com qun.qq.com", r"/[^\s?#]{0,128}\?[^\s]{0,256}\bk=[^&\s]{3}"),
        ("weixin.qq.com", r"/[gr]/[^\s?#]{3,128}"),
        ("work.weixin.qq.com", r"/(?:gm|u|ca|kfid)/[^\s?#]{3,128}"),
        ("signal.group", r"/?#[^\s]{6,256}"),
        ("matrix.to", r"/#/(?:[#!]|%23|%21)[^\s]{3,256}"),
    )
    for host in hosts.split()
}
"""What stands after a host that serves invitations only, or under one path."""

_REFERRAL_KEYS = frozenset(
    {
        "ref",
        "referral",
        "referralcode",
        "refcode",
        "refid",
        "invite",
        "invitecode",
        "invitationcode",
        "inviter",
        "code",
        "aff",
        "affid",
        "affiliate",
        "affiliateid",
        "r",
        "rid",
        "channelid",
    }
)
_QUERY = re.compile(r"(?<=[?&;])([A-Za-z_-]{1,32})=([^&#?\s]{1,256})", re.ASCII)
_REFERRAL_PATH = re.compile(
    r"/(?i:join|register|signup|ref|referral|invite|invitation)/[A-Za-z0-9_-]{2,128}(?=[/?#]|\Z)"
    r"|/r/(?=[a-z_-]{0,127}[A-Z0-9])[A-Za-z0-9_-]{3,128}(?=[/?#]|\Z)",
    re.ASCII,
)
_FORUMS = frozenset({"reddit.com", "old.reddit.com", "new.reddit.com"})
"""Where `/r/` names a place of discussion."""


def read_invitations(links: Iterable[Link]) -> list[Entity]:
    """Find invitations. Value: the link without its scheme. Detail: `group` or `referral`."""
    found = []
    for link in links:
        if (value := _group(link)) is not None:
            found.append(Entity("invitation", link.start, link.end, value, "group"))
        elif _is_referral(link):
            found.append(Entity("invitation", link.start, link.end, link.bare, "referral"))
    return found


def _group(link: Link) -> str | None:
    """Return the normalised invitation into a group, or nothing; Telegram names have no case."""
    host = link.host.removeprefix("www.")
    if host in _TELEGRAM_HOSTS:
        return _telegram(link.rest)
    name = host.removesuffix(".t.me")
    if name != host and "." not in name:
        return f"t.me/{name}"
    pattern = _GROUPS.get(host)
    return host + link.rest if pattern and pattern.match(link.rest) else None


def _telegram(rest: str) -> str | None:
    if match := _TELEGRAM_LINK.match(rest):
        return "t.me" + match[0]
    match = _TELEGRAM_NAME.match(rest)
    if match is None or match[1].lower() in _TELEGRAM_PAGES:
        return None
    return f"t.me/{match[1].lower()}"


def _is_referral(link: Link) -> bool:
    for key, _ in _QUERY.findall(link.rest):
        if key.lower().replace("_", "").replace("-", "") in _REFERRAL_KEYS:
            return True
    return link.host.removeprefix("www.") not in _FORUMS and _REFERRAL_PATH.search(link.rest) is not None
