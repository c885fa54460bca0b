"""The conditions of rules: what of SQL is understood, and what is refused."""

from __future__ import annotations

import pytest

from tipstaff.policy.condition import (
    And,
    Compare,
    Comparison,
    Condition,
    Constant,
    Flag,
    Name,
    Not,
    Number,
    Or,
    ValueType,
    names,
    render,
)
from tipstaff.policy.parsing import ConditionError, parse_condition

SIGNALS = {
    "coins": ValueType.NUMBER,
    "calls": ValueType.NUMBER,
    "score": ValueType.NUMBER,
    "declared": ValueType.BOOLEAN,
}


def compare(left: str | int, sign: str, right: str | int) -> Compare:
    """Return a comparison of names and numbers."""
    sides = [Name(side) if isinstance(side, str) else Number(side) for side in (left, right)]
    return Compare(sides[0], Comparison(sign), sides[1])


COINS = compare("coins", ">", 0)
CALLS = compare("calls", ">", 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("coins > 0", COINS),
        ("coins>0", COINS),
        ("(coins > 0)", COINS),
        ("((coins)) > (0)", COINS),
        ("coins > 0 -- a comment", COINS),
        ("coins /* a */ > 0", COINS),
        ("0 < coins", compare(0, "<", "coins")),
        ("coins >= 10", compare("coins", ">=", 10)),
        ("coins <= 10", compare("coins", "<=", 10)),
        ("coins = 3", compare("coins", "=", 3)),
        ("coins <> 3", compare("coins", "<>", 3)),
        ("coins != 3", compare("coins", "<>", 3)),
        ("score > -250", compare("score", ">", -250)),
        ("coins = calls", compare("coins", "=", "calls")),
        ('"coins" > 0', COINS),
        ("declared", Flag("declared")),
        ("NOT declared", Not(Flag("declared"))),
        ("not not declared", Not(Not(Flag("declared")))),
        ("NOT coins > 0", Not(COINS)),
        ("TRUE", Constant(value=True)),
        ("false", Constant(value=False)),
        ("coins > 0 AND calls > 0 AND declared", And((COINS, CALLS, Flag("declared")))),
        ("coins > 0 OR calls > 0 OR declared", Or((COINS, CALLS, Flag("declared")))),
        ("coins > 0 OR calls > 0 AND declared", Or((COINS, And((CALLS, Flag("declared")))))),
        ("(coins > 0 OR calls > 0) AND declared", And((Or((COINS, CALLS)), Flag("declared")))),
        ("NOT declared AND coins > 0", And((Not(Flag("declared")), COINS))),
        ("coins BETWEEN 2 AND 4", And((compare("coins", ">=", 2), compare("coins", "<=", 4)))),
        (
            "coins BETWEEN -4 AND calls AND declared",
            And((And((compare("coins", ">=", -4), compare("coins", "<=", "calls"))), Flag("declared"))),
        ),
        ("coins NOT BETWEEN 2 AND 4", Not(And((compare("coins", ">=", 2), compare("coins", "<=", 4))))),
        ("coins IN (1, 2)", Or((compare("coins", "=", 1), compare("coins", "=", 2)))),
        ("coins IN (1)", compare("coins", "=", 1)),
        ("coins NOT IN (1)", Not(compare("coins", "=", 1))),
    ],
)
def test_what_is_understood(text: str, expected: Condition) -> None:
    """AND, OR, NOT, comparisons, IN, BETWEEN, whole numbers and signals mean what they mean in SQL."""
    assert parse_condition(text, SIGNALS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "COUNT(coins) > 1",
        "SUM(coins) > 1",
        "COALESCE(coins, 0) > 1",
        "COUNT(*) > 1",
        "random() > 1",
        "coins - 1 > 1",
        "coins * 2 > 1",
        "coins % 2 = 0",
        "coins & 1 = 1",
        "coins ^ 1 = 1",
        "coins << 1 > 1",
        "~coins > 1",
        "- coins < 0",
        "coins > - -1",
        "coins = NULL",
        "NULL",
        "coins IS NOT NULL",
        "coins ISNULL",
        "coins IS DISTINCT FROM 1",
        "coins <=> 1",
        "declared IS TRUE",
        "EXISTS (SELECT 1)",
        "coins IN (SELECT 1)",
        "coins > ANY (SELECT 1)",
        "coins > ALL (1, 2)",
        "SELECT 1",
        "SELECT TRUE",
        "coins > 0 UNION SELECT 1",
        "WITH t AS (SELECT 1) SELECT 1",
        "DROP TABLE posts",
        "SET coins = 1",
        "coins := 1",
        "CASE WHEN declared THEN TRUE ELSE FALSE END",
        "IF(declared, TRUE, FALSE)",
        "CAST(declared AS BOOLEAN)",
        "coins::BIGINT > 0",
        "coins > '1'",
        "coins LIKE 1",
        "coins ILIKE 'a%'",
        "coins SIMILAR TO 'a'",
        "'true'",
        "coins > 1.0",
        "coins > 1e3",
        "coins > 0x10",
        "coins > 1_000",
        "coins > ٣",
        "coins > TRUE",
        "declared = TRUE",
        "declared > 0",
        "declared = declared",
        "TRUE = TRUE",
        "coins",
        "NOT coins",
        "coins AND declared",
        "1",
        "-1",
        "1 = 1",
        "declared AND 1",
        "coins IN ()",
        "coins IN 1",
        "coins IN calls",
        "coins IN UNNEST(calls)",
        "(coins, calls) = (1, 1)",
        "(declared, declared)",
        "1 < coins < 5",
        "coins > 0; calls > 0",
        "coins > 0;; DROP TABLE posts",
        "post.coins > 0",
        "a.b.coins > 0",
        "*",
        "post.*",
        "? > 0",
        ":coins > 0",
        "@coins > 0",
        "{{ coins }} > 0",
        "coins[0] > 0",
        "coins -> 'a' > 0",
        "coins || calls",
        "declared XOR declared",
        "coins COLLATE x > 0",
        "coins > 0 AS big",
        "coins > 0 ORDER BY coins",
        "coins > 0 LIMIT 1",
        "INTERVAL 1 DAY > 0",
        "CURRENT_DATE > 0",
        "EXTRACT(DAY FROM coins) > 0",
        "coins > 0 AND",
        "AND coins > 0",
        "coins > > 0",
        "coins > 0)",
        "(coins > 0",
        "coins > 0 declared",
        "",
        " \n ",
        "-- nothing",
        "Coins > 0",
        "x > 0",
        "coins > 0\x00",
        "coins > \U0001f4b0",
    ],
)
def test_what_is_refused(text: str) -> None:
    """Whatever else SQL has, and whatever is no SQL, is refused with words about it."""
    with pytest.raises(ConditionError) as caught:
        parse_condition(text, SIGNALS)
    assert caught.value.message
    assert caught.value.mend


def test_depth_is_bounded() -> None:
    """A condition nested deeper than anything sensible is refused before it is parsed; a long one is not."""
    with pytest.raises(ConditionError, match="nests deeper"):
        parse_condition("NOT " * 1_000_000 + "declared", SIGNALS)
    with pytest.raises(ConditionError, match="nests deeper"):
        parse_condition("(" * 1_000_000, SIGNALS)
    long = parse_condition(" AND ".join(f"coins <> {i}" for i in range(400)), SIGNALS)
    assert isinstance(long, And)
    assert len(long.parts) == 400


def test_names_come_in_the_order_written() -> None:
    """The signals of a condition are listed as they stand in it, each time."""
    condition = parse_condition("coins > calls AND (NOT declared OR score IN (1, coins))", SIGNALS)
    assert list(names(condition)) == ["coins", "calls", "declared", "score", "score", "coins"]


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("coins>0 and(calls>0 or not declared)", "coins > 0 AND (calls > 0 OR NOT (declared))"),
        ("coins between 1 and 2 or false", "(coins >= 1 AND coins <= 2) OR FALSE"),
        ("coins in (1, -2)", "coins = 1 OR coins = -2"),
        ("((score)) <> calls", "score <> calls"),
    ],
)
def test_one_canonical_spelling(text: str, rendered: str) -> None:
    """Conditions that mean the same in the same order are written the same."""
    assert render(parse_condition(text, SIGNALS)) == rendered
