"""Contact accounts that are named by a cue word: WeChat, QQ, Telegram.

The span runs from the cue to the end of the account. Without a colon, `号` or `id` between them, a word
of letters alone is taken for ordinary speech ("wechat payments"), and only one with a digit or `_` counts.
"""

from __future__ import annotations

import re

from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.places import Expression, Text

_LEFT = r"(?<![A-Za-z0-9])"
_RIGHT = r"(?![A-Za-z])"
_HEART = r"\s?[❤♥♡💗💕💓🧡💛💚💙💜🖤🤍心芯]\ufe0f?"
_LINKING = r"[\s:=+>,、()\[\]【】「」『』“”\"'‘’→➡👉⬇\-—~～\ufe0f]{0,8}+"
"""What may stand between a cue and its account."""

_MARK = re.compile(r"[:=👉→➡]|号|號|id", re.IGNORECASE | re.ASCII)
_BEFORE_LINK = r"https?://"
_INSIDE = rf"(?!{_BEFORE_LINK})"
"""A link may touch the end of an account, and is not part of it."""

_MOBILE = r"1[3-9][0-9]{9}"
_NOT_A_COUNT = (
    r"(?![0-9]|[.,%][0-9]|\s?[%万萬亿億千百元块人用个個名位次户戶年月日天倍股点點美港份台件家吨米])"
)
_GROUP = re.compile(r"群|频道|頻道|group|channel", re.IGNORECASE | re.ASCII)


def _filler(words: str) -> str:
    """Return a pattern for words such as `号` or `客服` between a cue and its account."""
    return rf"(?P<filler>\s?(?:(?:{words})\s?){{0,3}}+{_LINKING})"


_ADDED = r"是|为|请?加|搜索?|添加|联系"

_WECHAT_CUES = (
    r"微\s?信",
    r"[威薇维胃徽葳][信❤]",
    rf"{_LEFT}v\s?信",
    rf"{_LEFT}(?:vx|wx|we\s?chat|wei\s?xin){_RIGHT}",
    rf"{_LEFT}(?:vx|wx|vxin)(?=\s?(?::|{_MOBILE}))",
    rf"(?:加|加我|\+|➕)\s?(?:v{_RIGHT}|v(?={_MOBILE})|[薇微威徽])",
    rf"[薇微威v]{_HEART}",
    r"薇",
    rf"[微威维徽卫](?=\s?{_MOBILE})",
    r"卫星(?=\s?:)",
    rf"{_LEFT}v(?=\s?[:+加])",
)
WECHAT = Expression.of(
    rf"(?:{'|'.join(_WECHAT_CUES)})"
    + _filler(rf"公众号|公號|号码|号|號|账号|帐号|群|客服|同号|id{_RIGHT}|{_ADDED}")
    + rf"(?P<account>[A-Za-z](?:{_INSIDE}[A-Za-z0-9_-]){{5,19}}+"
    rf"(?={_BEFORE_LINK}|(?![A-Za-z0-9_]|[.][A-Za-z0-9]|://|@))"
    rf"|(?:1[3-9](?:[ -]?[0-9]){{9}}|[1-9][0-9]{{6,10}}){_NOT_A_COUNT})",
    re.IGNORECASE,
)
"""Accounts have 6 to 20 characters and begin with a letter, or are telephone or QQ numbers."""

_QQ_GROUPS = r"交流|官方|粉丝|福利|咨询|讨论|玩家|会员|学习|群聊?"
QQ = Expression.of(
    rf"(?:{_LEFT}qq{_RIGHT}|{_LEFT}q(?=群|\s?:)|加\s?q{_RIGHT}|扣扣|抠抠|企鹅|球球)"
    + _filler(rf"{_QQ_GROUPS}|号码|号|號|客服|id{_RIGHT}|{_ADDED}")
    + rf"(?P<account>[1-9][0-9]{{4,10}}){_NOT_A_COUNT}",
    re.IGNORECASE,
)

TELEGRAM = Expression.of(
    rf"(?:{_LEFT}(?:telegram|tg){_RIGHT}|电报|電報|纸飞机|紙飛機|(?P<weak>飞机|飛機))"
    + _filler(
        rf"群组?|群組|频道|頻道|客服|账号|号码|号|號|用户名|官方|(?:group|channel|bot|id|me|us){_RIGHT}|{_ADDED}"
    )
    + rf"(?P<address>(?:https?://)?(?:t|telegram)\.me/)?(?P<at>@)?"
    rf"(?P<account>[A-Za-z](?:{_INSIDE}[A-Za-z0-9_]){{2,31}}+)"
    rf"(?={_BEFORE_LINK}|(?![A-Za-z0-9_]|[.][A-Za-z0-9]|://|/[A-Za-z0-9+]))",
    re.IGNORECASE,
)
"""`飞机` is an aeroplane too: it counts only before a mark, an `@` or an address."""

_SPEECH = frozenset(
    {
        "about",
        "account",
        "also",
        "and",
        "android",
        "announcement",
        "channel",
        "chat",
        "click",
        "contact",
        "download",
        "for",
        "from",
        "group",
        "here",
        "http",
        "https",
        "iphone",
        "join",
        "joinchat",
        "link",
        "links",
        "message",
        "more",
        "official",
        "our",
        "please",
        "service",
        "support",
        "telegram",
        "the",
        "they",
        "this",
        "users",
        "wechat",
        "weixin",
        "whatsapp",
        "with",
        "www",
        "you",
        "your",
    }
)
"""Words that follow a cue in ordinary speech."""


def read_wechat(text: Text) -> list[Entity]:
    """Find WeChat accounts. Value: the account in lower case, or the digits. Detail: `group` or `account`."""
    return _read("wechat", WECHAT, text)


def read_qq(text: Text) -> list[Entity]:
    """Find QQ numbers. Value: the digits. Detail: `group` or `account`."""
    return _read("qq", QQ, text)


def read_telegram(text: Text) -> list[Entity]:
    """Find Telegram names. Value: in lower case, without `@`. Detail: `group` or `account`."""
    return _read("telegram", TELEGRAM, text)


def _read(kind: str, expression: Expression, text: Text) -> list[Entity]:
    found = []
    for match in text.matches(expression):
        if not _is_speech(match):
            value = match["account"].lower()
            if value[0].isdigit():
                value = value.replace(" ", "").replace("-", "")
            before = match[0][: match.start("account") - match.start()]
            detail = "group" if _GROUP.search(before) else "account"
            found.append(Entity(kind, match.start(), match.end(), value, detail))
    return found


def _is_speech(match: re.Match[str]) -> bool:
    """Tell whether what follows a cue is a word of the sentence and no account."""
    account = match["account"]
    groups = match.groupdict()
    if account[0].isdigit() or groups.get("address") or groups.get("at"):
        return False
    marked = _MARK.search(match["filler"]) is not None
    if account.lower() in _SPEECH:
        return True
    if groups.get("weak"):
        return not marked
    return not marked and not any(char.isdigit() or char == "_" for char in account)
