"""Host names: one normal form for every spelling, and whether a bare one is meant as a site."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from tipstaff.policy.hostnames import is_label_text, normal_form, plain, small
from tipstaff.screening.entities.suffixes import is_top_level

MAX_HOST = 253
"""Characters in a host name (RFC 1035, 2.3.4)."""

MAX_LABEL = 63
"""Characters in one label of it."""

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_OCTET = re.compile(r"[0-9]{1,3}", re.ASCII)
_ASCII_LABEL = r"(?!xn--|[.-])[a-z0-9_-]{1,63}(?<!-)"
_ASCII_HOST = re.compile(rf"{_ASCII_LABEL}(?:\.{_ASCII_LABEL})*+", re.ASCII)
"""A host that is its own normal form."""

_FILE_ENDINGS = frozenset(
    {
        "ac",
        "am",
        "app",
        "as",
        "bz",
        "cab",
        "do",
        "in",
        "la",
        "md",
        "mo",
        "mov",
        "pl",
        "pm",
        "ps",
        "pub",
        "py",
        "rs",
        "sc",
        "sh",
        "st",
        "tf",
        "vi",
        "zip",
    }
)
_WORDS = frozenset(
    {
        "ad",
        "am",
        "as",
        "at",
        "be",
        "by",
        "do",
        "id",
        "in",
        "is",
        "it",
        "java",
        "map",
        "me",
        "my",
        "name",
        "no",
        "now",
        "open",
        "so",
        "to",
        "us",
    }
)
_NEEDS_SUPPORT = _FILE_ENDINGS | _WORDS
"""Top levels that also end a file name or are a common word: alone they do not make a site."""

_COMMON = frozenset(
    {
        "com",
        "net",
        "org",
        "cn",
        "hk",
        "tw",
        "io",
        "co",
        "cc",
        "xyz",
        "top",
        "info",
        "biz",
        "vip",
        "club",
        "site",
        "shop",
    }
)
"""Top levels that are believed even when written with a capital, or before a glued sentence."""

_EXCHANGES = frozenset({"de", "hk", "jp", "kq", "ks", "sh", "ss", "sz", "to", "tw", "us"})
"""Top levels that also end a stock ticker, as in `0700.HK` and `BABA.US`."""

_NOT_SITES = frozenset({"asp.net", "vb.net", "ado.net", "paint.net"})


def decode_label(label: str) -> str:
    """Return the Unicode form of a punycode label (`xn--…`, RFC 3492), or the label when it has none.

    A form in plain ASCII, in capitals or not in NFKC is none: no registry admits it, and `xn--google-`
    must not pass for `google`.
    """
    if not label.startswith("xn--") or len(label) > MAX_LABEL:
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label
    canonical = normal_form(plain(decoded))
    return decoded if decoded == canonical and not decoded.isascii() and _is_label(decoded) else label


def normal_host(written: str) -> str | None:
    """Return a host in lower case, NFKC, without the final dot and with punycode decoded; else nothing.

    What browsers drop from a host is dropped. Nothing is returned for what cannot be a host: empty or
    overlong labels, other characters, hyphens at the edge of a label.
    """
    host = plain(written).removesuffix(".")
    if not 0 < len(host) <= MAX_HOST:
        return None
    normal = normal_form(host)
    if normal is None or _ASCII_HOST.fullmatch(normal):
        return normal
    labels = [decode_label(label) for label in normal.split(".")]
    return ".".join(labels) if all(map(_is_label, labels)) else None


def _is_label(label: str) -> bool:
    """Tell whether a label in normal form has only letters, marks, digits, `_` and inner hyphens."""
    if not 0 < len(label) <= MAX_LABEL or label[0] == "-" or label[-1] == "-":
        return False
    return is_label_text(label)


def is_address(host: str) -> bool:
    """Tell whether a host is an IPv4 or bracketed IPv6 address and not a name."""
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            return False
        return host.endswith("]")
    parts = host.split(".")
    return len(parts) == 4 and all(_OCTET.fullmatch(part) and int(part) <= 255 for part in parts)  # noqa: PLR2004


def looks_like_site(labels: Sequence[str], *, supported: bool) -> bool:
    """Tell whether labels written without a scheme are meant as a site, not a file, a ticker or a sentence.

    `supported` says that a path follows or that `www.` stands before. The labels are as written, for a
    capital counts: `well.Now` is two sentences.
    """
    last = labels[-1]
    top = decode_label(small(last))
    if not is_top_level(top):
        return False
    if supported:
        return True
    if top in _NEEDS_SUPPORT or ".".join(labels).lower() in _NOT_SITES:
        return False
    if _is_ticker(labels, top):
        return False
    return top in _COMMON or not (last[0] != small(last[0]) and last[1:] == small(last[1:]))


def _is_ticker(labels: Sequence[str], top: str) -> bool:
    if len(labels) != 2 or top not in _EXCHANGES:  # noqa: PLR2004 - symbol and exchange
        return False
    symbol = labels[0]
    return _DIGITS.fullmatch(symbol) is not None or (_in_capitals(symbol) and _in_capitals(labels[1]))


def _in_capitals(label: str) -> bool:
    return label.isascii() and label.isupper()


def before_glued_sentence(labels: Sequence[str]) -> int:
    """Return how many of `labels` are the host when a sentence is glued to it (`coin.com.Then`), or 0."""
    for count in range(len(labels) - 1, max(len(labels) - 3, 1), -1):
        first = labels[count][:1]
        if labels[count - 1].lower() in _COMMON and first != small(first):
            return count
    return 0
