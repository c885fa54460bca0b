"""Links and the domains behind them."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import pytest

from tipstaff.screening.entities import FINDERS
from tipstaff.screening.entities.hosts import decode_label, normal_host
from tipstaff.screening.entities.suffixes import registrable


def urls(text: str) -> list[tuple[str, str, str]]:
    """Return what stands in the text, its value and its detail."""
    return [(text[hit.start : hit.end], hit.value, hit.detail) for hit in FINDERS["url"](text)]


def domains(text: str) -> list[tuple[str, str, str]]:
    """Return the host as it stands, its value and its detail."""
    return [(text[hit.start : hit.end], hit.value, hit.detail) for hit in FINDERS["domain"](text)]


def test_scheme_and_host_are_lower_cased_and_the_path_is_kept() -> None:
    """The host of a link has no case; its path has."""
    assert urls("HTTPS://Coin-XYZ.Example.COM:8080/Join?a=B#c") == [
        (
            "HTTPS://Coin-XYZ.Example.COM:8080/Join?a=B#c",
            "https://coin-xyz.example.com:8080/Join?a=B#c",
            "https",
        )
    ]


@pytest.mark.parametrize(
    "end",
    [
        "）",
        "。",
        "，",
        "、",
        "》",
        "”",
        "」",
        "；",
        "！",
        "？",
        "：",
        "…",
        ")",
        ".",
        ",",
        "!",
        "?",
        "'",
        '"',
        "]",
        ">",
        "**",
        ").",
        "。）",
    ],
)
def test_punctuation_after_a_link_is_not_part_of_it(end: str) -> None:
    """ASCII and Chinese punctuation at the end belongs to the sentence."""
    for link in ("https://coin.example.com/join", "coin-xyz.com/join", "t.me/abc"):
        assert [found for found, _, _ in urls(f"见（{link}{end}")] == [link]
        assert [found for found, _, _ in urls(f"见（{link}{end}然后")] == [link]


def test_balanced_brackets_stay_in_a_path() -> None:
    """A bracket that closes one of the path itself is kept."""
    assert urls("(https://en.wikipedia.org/wiki/A_(b))")[0][0] == "https://en.wikipedia.org/wiki/A_(b)"


def test_chinese_may_touch_a_link_on_both_sides() -> None:
    """Chinese needs no space before or after a link."""
    assert urls("请访问coin-xyz.com/join看看")[0][0] == "coin-xyz.com/join"
    assert urls("打开https://coin-xyz.com看看")[0][0] == "https://coin-xyz.com"
    assert urls("加群t.me/abc进来")[0][0] == "t.me/abc"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("hxxp://bad.com/x", "http://bad.com/x"),
        ("hXXps://bad.com", "https://bad.com"),
        ("http[:]//bad.com", "http://bad.com"),
        ("bad[.]com/x", "bad.com/x"),
        ("hxxps://a[.]bad(.)com/x", "https://a.bad.com/x"),
        ("bad[dot]com", "bad.com"),
    ],
)
def test_defanged_spellings_are_read(written: str, value: str) -> None:
    """`hxxp`, `[.]` and their like are the link they stand for, and say so."""
    assert urls(f"see {written} now") == [(written, value, "defanged")]


def test_full_width_letters_and_dots_are_folded() -> None:
    """A full-width link has the value of the plain one and its own span."""
    assert urls("加ｔ．ｍｅ／ａｂｃ吧") == [("ｔ．ｍｅ／ａｂｃ", "t.me/abc", "bare")]
    assert urls("ｈｔｔｐｓ：／／bad．com") == [("ｈｔｔｐｓ：／／bad．com", "https://bad.com", "https")]


def test_an_ideographic_stop_is_a_dot_only_inside_an_ascii_word() -> None:
    """`coin。com` is a link; the stop of a Chinese sentence is none."""
    assert urls("coin。com/join")[0][1] == "coin.com/join"
    assert urls("我买了coin。在com") == []
    assert urls("用coin。然后com") == []


@pytest.mark.parametrize(
    "text",
    [
        "main.py readme.md install.sh lib.rs a.zip Makefile.am",
        "e.g. i.e. a.m. U.S.A. Ph.D. No.1",
        "3.5 v1.2.3 10.000.00 1.2.3.4",
        "Node.js Vue.js index.html photo.jpg",
        "I did it.So what. well.Now then",
        "0700.HK 600519.SH BABA.US 300750.SZ SAP.DE",
        "Hello.World good.Today we",
        "foo.live(x)",
        "mail john.doe@gmail.com or a@b.co.uk",
        "/usr/share/foo.com C:\\x\\foo.com",
        "user.name(x) window.open() ASP.NET",
        "...... a..b .com com. co.uk",
        "a_b.c-d -.- x.localhost",
    ],
)
def test_ordinary_dotted_words_are_no_links(text: str) -> None:
    """File names, abbreviations, numbers, versions, tickers and addresses are not bare domains."""
    assert urls(text) == []


@pytest.mark.parametrize("text", ["www.main.py", "main.py/x", "t.me/abc", "www.it.is", "notion.so/page"])
def test_a_path_or_www_makes_a_colliding_top_level_a_link(text: str) -> None:
    """A top level that also ends a file name counts with `www.` or a path."""
    assert [found for found, _, _ in urls(text)] == [text]


@pytest.mark.parametrize(
    "text",
    ["coin-xyz.com", "Binance.Com", "nerds.fun", "a.co.uk", "gate.io", "x.example.co.jp", "321.zhuan8.live"],
)
def test_bare_domains_of_the_icann_section_are_links(text: str) -> None:
    """A bare domain under a known top level counts without path."""
    assert [found for found, _, _ in urls(f"看 {text} 吧")] == [text]


def test_an_unknown_top_level_needs_a_scheme() -> None:
    """`foo.notatld` is a link only with a scheme."""
    assert urls("foo.notatld/x") == []
    assert urls("http://foo.notatld/x")[0][1] == "http://foo.notatld/x"
    assert domains("http://a.foo.notatld/x") == [("a.foo.notatld", "foo.notatld", "unknown")]


def test_the_host_stands_after_the_user_information() -> None:
    """`https://okx.com@evil.com` leads to evil.com."""
    assert domains("https://okx.com@evil.com/login") == [("evil.com", "evil.com", "icann")]
    assert urls("https://a@b@evil.com/")[0][1] == "https://evil.com/"


def test_a_scheme_is_no_host() -> None:
    """Of a repeated scheme, the last one counts."""
    assert [found for found, _, _ in urls("http://http://x.com")] == ["http://x.com"]


def test_links_that_touch_each_other_are_told_apart() -> None:
    """A scheme after a letter begins the next link; after a slash or `=` it belongs to the path."""
    assert [found for found, _, _ in urls("https://a.com/xhttps://b.com/y")] == [
        "https://a.com/x",
        "https://b.com/y",
    ]
    assert [found for found, _, _ in urls("a.comhttps://b.com")] == ["a.com", "https://b.com"]
    assert len(urls("https://web.archive.org/web/https://b.com")) == 1
    assert len(urls("https://a.com/?u=https://b.com")) == 1


def test_a_sentence_glued_to_a_domain_is_left_off() -> None:
    """`coin.com.Then` is coin.com and the next sentence."""
    assert urls("see coin.com.Then go")[0][0] == "coin.com"
    assert urls("see https://coin.com.Then go")[0][0] == "https://coin.com"


def test_punycode_is_decoded() -> None:
    """A domain in punycode has the value of the domain in its own script."""
    assert urls("https://xn--fiq228c.com/a")[0][1] == "https://中文.com/a"
    assert domains("https://xn--fiq228c.com/a") == [("xn--fiq228c.com", "中文.com", "icann")]
    assert urls("xn--80ak6aa92e.com")[0][1] == "аррӏе.com"


def test_hosts_in_other_scripts_are_found() -> None:
    """After a scheme a host may be in any script; Cyrillic and Greek need none."""
    assert urls("https://币安.com看这里")[0][:2] == ("https://币安.com", "https://币安.com")
    assert urls("https://例子.公司/x")[0][1] == "https://例子.公司/x"
    assert urls("bіnance.com/x")[0][1] == "bіnance.com/x"  # with a Cyrillic і
    assert urls("пример.рф")[0][1] == "пример.рф"


def test_a_look_alike_letter_does_not_make_a_shorter_domain() -> None:
    """`bіnance.com` with a Cyrillic letter is not nance.com."""
    assert domains("bіnance.com") == [("bіnance.com", "bіnance.com", "icann")]


@pytest.mark.parametrize(
    "label",
    [
        "xn--google-",
        "xn--wca",
        "xn--",
        "xn---",
        "xn--a",
        "xn--99999999999",
        "xn--" + "z" * 59,
        "xn--\u4e2d",
        "xn--a-\ud800",
    ],
)
def test_bad_punycode_is_kept_as_written(label: str) -> None:
    """What does not decode stays as it is; nothing raises."""
    assert decode_label(label) == label
    FINDERS["url"](f"https://{label}.com/ {label}.com")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("①okx.com", "okx.com"),
        ("okx.com²", "okx.com"),
        ("Okx.com™", "Okx.com"),
        ("1\ufe0f\u20e3okx.com", "okx.com"),
        ("❤\ufe0fokx.com❤\ufe0f", "okx.com"),
        (r"C:\okx.com", None),
        ("http://оkx.com", None),
    ],
)
def test_what_stands_around_a_host_is_no_part_of_it(text: str, host: str | None) -> None:
    """Numbers of a list, footnotes and emoji end a host; a look-alike makes another."""
    found = [shown for shown, value, _ in domains(text) if value == "okx.com"]
    assert found == ([] if host is None else [host])


def test_a_host_is_read_as_browsers_do() -> None:
    """Variants of letters are those letters, and what cannot be seen is not there: neither in `xn--`."""
    assert normal_host("ⓑ\u00ad𝐚ﬁ.ＣＯＭ") == "bafi.com"
    assert normal_host("ﾊ.com") == "ハ.com"
    assert decode_label("xn--ad-50w") == "xn--ad-50w"


@pytest.mark.parametrize(
    "host", ["", ".", "a..b", "-a.com", "a-.com", "a" * 64 + ".com", "a." * 130 + "com", "a b.com", "a/b"]
)
def test_what_cannot_be_a_host_has_no_normal_form(host: str) -> None:
    """Empty, overlong and malformed labels are refused."""
    assert normal_host(host) is None


def test_a_final_dot_and_case_do_not_change_a_host() -> None:
    """`Example.COM.` is example.com."""
    assert normal_host("Example.COM.") == "example.com"


def test_addresses_are_links_only_with_a_scheme() -> None:
    """An IP address is its own domain; bare, it is a version number."""
    assert domains("http://1.2.3.4/x") == [("1.2.3.4", "1.2.3.4", "address")]
    assert domains("http://[2001:DB8::1]:80/x") == [("[2001:DB8::1]", "2001:db8::1", "address")]
    assert domains("1.2.3.4/x") == []


@pytest.mark.parametrize(
    ("host", "domain", "section"),
    [
        ("www.example.com", "example.com", "icann"),
        ("a.b.example.co.uk", "example.co.uk", "icann"),
        ("alice.github.io", "alice.github.io", "private"),
        ("github.io", "github.io", "icann"),
        ("city.kobe.jp", "city.kobe.jp", "icann"),
        ("a.b.kobe.jp", "a.b.kobe.jp", "icann"),
        ("www.食狮.公司.cn", "食狮.公司.cn", "icann"),
    ],
)
def test_the_registrable_domain_follows_the_public_suffix_list(host: str, domain: str, section: str) -> None:
    """Wildcards, exceptions, private and international suffixes are honoured."""
    assert registrable(host) == (domain, section)


@pytest.mark.parametrize("host", ["com", "co.uk", "localhost", "公司.cn"])
def test_a_suffix_alone_has_no_registrable_domain(host: str) -> None:
    """Nobody registered a public suffix or a single label."""
    assert registrable(host) is None


def test_the_domain_of_a_link_has_the_span_of_its_host() -> None:
    """The place of a domain is its host as written, defanging included."""
    assert domains("见 hxxps://www[.]bad[.]com/x") == [("www[.]bad[.]com", "bad.com", "icann")]


def test_the_public_suffix_list_is_the_frozen_one() -> None:
    """The packaged list is byte for byte the one that results were agreed on, with its licence."""
    data = files("tipstaff.policy").joinpath("data", "public_suffix_list.dat").read_bytes()
    assert (
        hashlib.sha256(data).hexdigest() == "0232f4df0831911356e8ee1f4d5c3b6b12c0ed3f6bd66b0f81c8ab5d3d49e9ca"
    )
    assert b"Mozilla Public" in data[:200]
