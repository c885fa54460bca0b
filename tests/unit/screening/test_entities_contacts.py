"""WeChat, QQ and Telegram accounts by their cues, and telephone numbers."""

from __future__ import annotations

import pytest

from tipstaff.screening.entities import FINDERS


def found(kind: str, text: str) -> list[tuple[str, str]]:
    """Return value and detail of each hit."""
    return [(hit.value, hit.detail) for hit in FINDERS[kind](text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("微信：abc_123", "abc_123"),
        ("微 信 Abc123", "abc123"),
        ("微信号 abcdef", "abcdef"),
        ("vx abc123", "abc123"),
        ("VX：abc-123", "abc-123"),
        ("wx:abcdef", "abcdef"),
        ("wx13800000000", "13800000000"),
        ("薇❤ abc123", "abc123"),
        ("薇❤️abc123", "abc123"),
        ("V❤：abc123", "abc123"),
        ("加V 13800000000", "13800000000"),
        ("加V13800000000", "13800000000"),
        ("加ⓥ：abc123", "abc123"),
        ("➕v abc123", "abc123"),
        ("威信 abc123", "abc123"),
        ("威13800000000", "13800000000"),
        ("加微abc123", "abc123"),
        ("WeChat ID: hello-world", "hello-world"),
        ("微信公众号：abcdef", "abcdef"),
        ("微信（ａｂｃ１２３）", "abc123"),
        ("微信 ①③⑧-0000-0000", "13800000000"),
        ("V：abc123https://t.me/x", "abc123"),
    ],
)
def test_wechat_accounts_are_found_by_their_cues(text: str, value: str) -> None:
    """Every usual way to write the cue is understood."""
    assert found("wechat", f"详情{text}，骗子勿扰") == [(value, "account")]


@pytest.mark.parametrize(
    "text",
    [
        "微信支付1000000",
        "wechat payments are easy",
        "微信 android版",
        "微信10000000用户",
        "微信12345678.5亿",
        "微信：example.com/x",
        "微信 https://x.com",
        "vxworks",
        "微信群里说",
        "微信：abc",
        "av abc123",
        "WeChat: https://x.com",
    ],
)
def test_ordinary_talk_of_wechat_is_no_account(text: str) -> None:
    """Words, counts, links and names too short are not accounts."""
    assert found("wechat", text) == []


def test_a_group_is_told_from_an_account() -> None:
    """`群` between cue and account makes it a group, for QQ and Telegram alike."""
    assert found("qq", "QQ群：123456789") == [("123456789", "group")]
    assert found("qq", "QQ：123456789") == [("123456789", "account")]
    assert found("telegram", "电报群 @abc_def") == [("abc_def", "group")]
    assert found("telegram", "TG Channel: abcdef") == [("abcdef", "group")]


@pytest.mark.parametrize(
    "text",
    [
        "QQ 123456",
        "qq123456",
        "扣扣：123456",
        "加Q 123456",
        "企鹅123456",
        "QQ号码是123456",
        "QQ：①②③④⑤⑥",
        "QQ：１２３４５６",
        "q:123456",
    ],
)
def test_qq_numbers_are_found_by_their_cues(text: str) -> None:
    """Every usual way to write the cue is understood, and digits are folded."""
    assert found("qq", f"加我{text}。") == [("123456", "account")]


@pytest.mark.parametrize(
    "text",
    [
        "QQ 2023年",
        "QQ 100000人",
        "QQ 12345.6万",
        "QQ 012345",
        "QQ 1234",
        "QQ 123456789012",
        "企鹅10000只"[:6] + "个",
    ],
)
def test_other_numbers_after_qq_are_no_accounts(text: str) -> None:
    """Years, counts and numbers of the wrong length are not accounts."""
    assert found("qq", text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("电报 @Abc", "abc"),
        ("TG: abc", "abc"),
        ("telegram: abc", "abc"),
        ("tg abc_123", "abc_123"),
        ("飞机：@abc123", "abc123"),
        ("飞机@abc123", "abc123"),
        ("TG客服：abc123", "abc123"),
        ("纸飞机 abc123", "abc123"),
        ("Telegram: https://t.me/Abcd", "abcd"),
        ("TG：@abc123https://x.com", "abc123"),
    ],
)
def test_telegram_names_are_found_by_their_cues(text: str, value: str) -> None:
    """Chinese, English and slang cues are understood."""
    assert found("telegram", f"联系{text}，快") == [(value, "account")]


@pytest.mark.parametrize(
    "text",
    [
        "飞机Boeing737",
        "飞机 A380",
        "Telegram: Join us",
        "telegram users",
        "Telegram: https://t.me/+abcdef",
        "telegram.org",
        "Telegram: https://example.com/x",
        "5tg: abc",
    ],
)
def test_ordinary_talk_of_telegram_is_no_account(text: str) -> None:
    """Aeroplanes, words of a sentence and other links are not accounts."""
    assert found("telegram", text) == []


def test_the_span_runs_from_the_cue_to_the_end_of_the_account() -> None:
    """The evidence shows the cue too."""
    text = "请加微信：abc_123！"
    (hit,) = FINDERS["wechat"](text)
    assert text[hit.start : hit.end] == "微信：abc_123"


@pytest.mark.parametrize(
    "written",
    [
        "13800000000",
        "138-0000-0000",
        "138 0000 0000",
        "138 00000000",
        "1 3 8 0 0 0 0 0 0 0 0",
        "１３８００００００００",
        "①③⑧⓪⓪⓪⓪⓪⓪⓪⓪",
        "+86 138 0000 0000",
        "+8613800000000",
        "008613800000000",
        "86-13800000000",
    ],
)
def test_chinese_mobile_numbers_have_one_value(written: str) -> None:
    """Spaces, hyphens, folded digits and the calling code make no difference."""
    text = f"电话{written}，谢谢"
    (hit,) = FINDERS["phone"](text)
    assert (text[hit.start : hit.end], hit.value, hit.detail) == (written, "13800000000", "chinese-mobile")


def test_a_letter_v_may_touch_a_number() -> None:
    """`加V138…` holds a telephone number."""
    assert found("phone", "加V13800000000") == [("13800000000", "chinese-mobile")]


@pytest.mark.parametrize(
    "text",
    [
        "12800000000",
        "1380000000",
        "138000000000",
        "SF13800000000",
        "15000-168000",
        "13 14 15 16 17 1",
        "3.13800000000",
        "13800000000.5",
        "2019-13800000000",
    ],
)
def test_other_numbers_are_no_mobile_numbers(text: str) -> None:
    """Wrong length or prefix, parcels, ranges, lists, decimals and dates."""
    assert found("phone", text) == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+852-5123-4567", "+85251234567"),
    ],
)
def test_international_numbers_keep_their_calling_code(written: str, value: str) -> None:
    """The value is `+` and digits."""
    assert found("phone", f"call {written} now") == [(value, "international")]


@pytest.mark.parametrize(
    "text",
    ["+1234567", "1+14155552671", "+12345678%", "+12345678.5", "+9991234567890", "+0123456789", "20000+"],
)
def test_sums_with_a_plus_are_no_numbers(text: str) -> None:
    """Too short, inside arithmetic, a gain, or no calling code that exists."""
    assert found("phone", text) == []
