"""Contact accounts that are named by a cue word: WeChat, QQ, Telegram.

The span runs from the cue to the end of the account. Without a colon, `号` or `id` between them, a word
of letters alone is taken for ordinary speech ("wechat payments"), and only one with a digit or `_` counts.
"""

from __future__ import annotations

import re

from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.folding import fold

_LEFT = r"(?<![A-Za-z0-9])"
_RIGHT = r"(?![A-Za-z])"
_HEART = r"\s?[❤♥♡💗💕💓🧡💛💚💙💜🖤🤍心芯]\ufe0f?"
_LINKING = r"[\s:=>,、()\[\]【】「」『』“”\"'‘’→➡👉⬇\-—~～\ufe0f]{0,8}+"
_MARK = re.compile(r"[:=👉→➡]|号|號|id", re.IGNORECASE | re.ASCII)
_NOT_A_COUNT = r"(?![0-9]|[.,%][0-9]|\s?[%万萬亿億千百元块人个個名位次户戶年月日天倍股点點美港份台件家吨米])"

_WECHAT = re.compile(
    rf"(?:微\s?信|[威薇维胃徽葳][信❤]|{_LEFT}v\s?信|{_LEFT}(?:vx|wx|we\s?chat|wei\s?xin){_RIGHT}"
    rf"|{_LEFT}(?:vx|wx)(?=1[3-9][0-9]{{9}})"
    rf"|(?:加|加我|\+|➕)\s?(?:v{_RIGHT}|v(?=1[3-9][0-9]{{9}})|[薇微威徽])|[薇微威v](?:{_HEART})|薇|{_LEFT}v(?=\s?:))"
    rf"(?P<filler>\s?(?:(?:公众号|公號|号码|号|號|账号|帐号|群|客服|同号|id{_RIGHT}|是|为|请?加|搜索?|添加|联系)\s?){{0,3}}+{_LINKING})"
    rf"(?P<account>[A-Za-z][A-Za-z0-9_-]{{5,19}}+(?![A-Za-z0-9_]|[.][A-Za-z0-9]|://|@)"
    rf"|(?:1[3-9](?:[ -]?[0-9]){{9}}|[1-9][0-9]{{6,10}}){_NOT_A_COUNT})",
    re.IGNORECASE | re.ASCII,
)
_QQ = re.compile(
    rf"(?:{_LEFT}qq{_RIGHT}|{_LEFT}q(?=群|\s?:)|加\s?q{_RIGHT}|扣扣|抠抠|企鹅|球球)"
    rf"(?P<filler>\s?(?:(?:交流|官方|粉丝|福利|咨询|讨论|玩家|会员|学习|群聊?|号码|号|號|客服|id{_RIGHT}|是|为|请?加|搜索?|添加|联系)\s?){{0,3}}+{_LINKING})"
    rf"(?P<account>[1-9][0-9]{{4,10}}){_NOT_A_COUNT}",
    re.IGNORECASE | re.ASCII,
)
_TELEGRAM = re.compile(
    rf"(?:{_LEFT}(?:telegram|tg){_RIGHT}|电报|電報|纸飞机|紙飛機|飞机|飛機)"
    rf"(?P<filler>\s?(?:(?:群组?|群組|频道|頻道|客服|账号|号码|号|號|用户名|官方|联系|搜索?|是|为|请?加|添加"
    rf"|(?:group|channel|bot|id|me|us){_RIGHT})\s?){{0,3}}+{_LINKING})"
    rf"(?P<address>(?:https?://)?(?:t|telegram)\.me/)?(?P<at>@)?"
    rf"(?P<account>[A-Za-z][A-Za-z0-9_]{{2,31}}+)(?![A-Za-z0-9_]|[.][A-Za-z0-9]|://|/[A-Za-z0-9+])",
    re.IGNORECASE | re.ASCII,
)
_WEAK_TELEGRAM = ("飞机", "飛機")
_GROUP = re.compile(r"群|频道|頻道|group|channel", re.IGNORECASE | re.ASCII)

_SPEECH = frozenset(
    "about account also android and announcement channel chat click contact download for from group here http https"
    " iphone join joinchat link links message more official our please service support telegram the they this users"
    " wechat weixin whatsapp with www you your".split()
)
"""Words that follow a cue in ordinary speech."""


def find_wechat(text: str) -> list[Entity]:
    """Find WeChat accounts. Value: the account in lower case, or the digits. Detail: `group` or `account`."""
    return _find("wechat", _WECHAT, text)


def find_qq(text: str) -> list[Entity]:
    """Find QQ numbers. Value: the digits. Detail: `group` or `account`."""
    return _find("qq", _QQ, text)


def find_telegram(text: str) -> list[Entity]:
    """Find Telegram names after a cue. Value: the name in lower case, without `@`. Detail: `group` or `account`."""
    return _find("telegram", _TELEGRAM, text)


def _find(kind: str, pattern: re.Pattern[str], text: str) -> list[Entity]:
    found = []
    for match in pattern.finditer(fold(text)):
        if not _is_speech(match):
            value = match["account"].lower()
            if value[0].isdigit():
                value = value.replace(" ", "").replace("-", "")
            detail = "group" if _GROUP.search(match[0], 0, match.start("account") - match.start()) else "account"
            found.append(Entity(kind, match.start(), match.end(), value, detail))
    return found


def _is_speech(match: re.Match[str]) -> bool:
    """Tell whether what follows a cue is a word of the sentence and no account."""
    account = match["account"]
    if account[0].isdigit() or any(match.groupdict().get(name) for name in ("address", "at")):
        return False
    marked = _MARK.search(match["filler"]) is not None
    if account.lower() in _SPEECH or (match[0].startswith(_WEAK_TELEGRAM) and not marked):
        return True
    return not marked and not any(char.isdigit() or char == "_" for char in account)
