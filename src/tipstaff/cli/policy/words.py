"""The words of a report on what a policy would change, in both languages."""

from __future__ import annotations

from typing import Final

from tipstaff.policy.model import Language, Text, Verdict
from tipstaff.screening.backtest import Change

CHANGES: Final = {
    Change.NEWLY_CAUGHT: Text(zh="新拦下", en="Newly caught"),
    Change.NEWLY_LET_THROUGH: Text(zh="新放行", en="Newly let through"),
    Change.CHANGED_OUTCOME: Text(zh="处理变化", en="Changed outcome"),
}
MEANINGS: Final = {
    Change.NEWLY_CAUGHT: Text(
        zh="原来放行，现在认定违反或转人工查看", en="free before, now a violation or up for review"
    ),
    Change.NEWLY_LET_THROUGH: Text(
        zh="原来认定违反或转人工查看，现在放行", en="a violation or up for review before, now free"
    ),
    Change.CHANGED_OUTCOME: Text(zh="在违反与人工查看之间变化", en="from review to violation, or back"),
}
VERDICTS: Final = {
    Verdict.VIOLATION: Text(zh="违反", en="violation"),
    Verdict.REVIEW: Text(zh="人工查看", en="review"),
    Verdict.PERMITTED: Text(zh="许可", en="permitted"),
    Verdict.NONE: Text(zh="无", en="none"),
}
_WORDS: Final = {
    "heading": Text(zh="这份政策会改变什么", en="What this policy would change"),
    "old": Text(zh="原政策", en="Old policy"),
    "new": Text(zh="新政策", en="New policy"),
    "posts": Text(zh="内容", en="Posts"),
    "posts_of": Text(
        zh="{posts} 条，来自 {sources}；两份政策都在这些内容上运行",
        en="{posts} from {sources}; both policies were run over them",
    ),
    "rejects": Text(zh="另有 {count} 行无法读取，未计入", en="{count} more lines could not be read"),
    "same": Text(
        zh="两份政策的摘要相同，结果不会有差别。",
        en="Both policies have the same digest: nothing can differ.",
    ),
    "verdicts": Text(zh="判定结果", en="Verdicts"),
    "verdict": Text(zh="判定", en="verdict"),
    "verdicts_note": Text(
        zh="每条内容在原政策下（行）和新政策下（列）的判定。",
        en="Every post, by its verdict under the old policy (rows) and the new one (columns).",
    ),
    "by_rule": Text(zh="按规则", en="By rule"),
    "by_rule_note": Text(
        zh="“原”“新”是该规则成立的内容数（被豁免的不计）。一条内容可能被几条规则拦下，因此各行相加会多于总数。",
        en="Before and after count the posts on which a rule stands, exempted ones left out. "
        "Several rules may catch one post, so the rows can add up to more than there are.",
    ),
    "rule": Text(zh="规则", en="rule"),
    "before": Text(zh="原", en="before"),
    "after": Text(zh="新", en="after"),
    "absent": Text(zh="无此规则", en="no such rule"),
    "by_account": Text(zh="按账号", en="By account"),
    "by_account_note": Text(
        zh="有变化的账号 {count} 个，变化多的在前。",
        en="{count} accounts have changed posts, most changes first.",
    ),
    "account": Text(zh="账号", en="account"),
    "more_accounts": Text(zh="其余 {count} 个账号未列出。", en="{count} more accounts are not listed."),
    "examples": Text(zh="示例", en="examples"),
    "examples_note": Text(
        zh="每类变化、每条规则各取几例，按内容编号的散列值选取，每次相同。标出的是证据。",
        en="A few posts for each change and rule, chosen by the hash of their ids: the same on every run. "
        "What is marked is the evidence.",
    ),
    "no_changes": Text(zh="没有内容的判定有变化。", en="No post changes."),
    "post": Text(zh="内容编号", en="post"),
    "no_rule": Text(zh="没有规则成立", en="no rule stands"),
    "exempted": Text(zh="被 {rules} 豁免", en="exempted by {rules}"),
    "facts": Text(zh="依据的事实", en="facts"),
    "not_found": Text(zh="没有发现", en="none found"),
    "digests": Text(zh="政策摘要", en="Digests of the policies"),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a phrase, with values filled in."""
    return _WORDS[key].in_language(language).format(**values)
