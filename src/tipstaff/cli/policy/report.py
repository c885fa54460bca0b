"""The report on what a policy would change, as a page for the policy's owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tipstaff.cli.policy.marked import marked, marks_of
from tipstaff.cli.policy.page import frame, text
from tipstaff.cli.policy.words import CHANGES, MEANINGS, VERDICTS, word
from tipstaff.policy.citations import citation
from tipstaff.policy.model import Language, Outcome, Policy, Verdict
from tipstaff.screening.backtest import Backtest, Change, Example, Outcomes, RuleChanges
from tipstaff.screening.findings import ABSENT, Finding

_ACCOUNTS = 20
_SOURCES = 3
_LEAST = 0.0001


def make_page(backtest: Backtest, sources: Sequence[str], rejects: int, language: Language) -> str:
    """Return the report of a back-test over posts from some sources."""
    report = _Report(backtest, language)
    parts = [
        *report.head(sources, rejects),
        *report.tiles(),
        *report.verdicts(),
        *report.rules(),
        *report.accounts(),
        *report.examples(),
        *report.foot(),
    ]
    title = f"{word('heading', language)}: {backtest.new.title.in_language(language)}"
    return frame(title, "\n".join(parts), language)


@dataclass(frozen=True, slots=True)
class _Report:
    """A report in one language. Every text that comes from posts or policies goes through `text`."""

    backtest: Backtest
    language: Language

    def head(self, sources: Sequence[str], rejects: int) -> Iterable[str]:
        """Yield what was compared."""
        backtest, language = self.backtest, self.language
        yield f"<h1>{text(word('heading', language))}</h1>"
        yield f'<p class="soft">{text(backtest.new.title.in_language(language))}</p>'
        yield '<dl class="pair">'
        for key, policy in (("old", backtest.old), ("new", backtest.new)):
            name = f"{policy.name} {policy.version}"
            digest = f'<code class="soft">{policy.digest[:12]}</code>'
            yield f"<dt>{text(word(key, language))}</dt><dd>{text(name)} {digest}</dd>"
        named = ", ".join(sources[:_SOURCES]) + (", …" if len(sources) > _SOURCES else "")
        count = word("posts_of", language, posts=f"{backtest.posts:,}", sources=named)
        more = f"; {word('rejects', language, count=f'{rejects:,}')}" if rejects else ""
        yield f"<dt>{text(word('posts', language))}</dt><dd>{text(count + more)}</dd></dl>"
        if backtest.old.reference == backtest.new.reference:
            yield f"<p><strong>{text(word('same', language))}</strong></p>"

    def tiles(self) -> Iterable[str]:
        """Yield the three figures that matter."""
        yield '<div class="tiles">'
        for change in Change:
            count = self.backtest.count(change)
            share = f" ({_share(count, self.backtest.posts)})" if count else ""
            yield f'<div class="tile {change.value}">{text(CHANGES[change].in_language(self.language))}'
            yield f"<b>{count:,}</b>"
            meaning = MEANINGS[change].in_language(self.language) + share
            yield f'<span class="soft small">{text(meaning)}</span></div>'
        yield "</div>"

    def verdicts(self) -> Iterable[str]:
        """Yield how many posts went from each verdict to each."""
        language = self.language
        yield f"<h2>{text(word('verdicts', language))}</h2>"
        yield f'<p class="soft small">{text(word("verdicts_note", language))}</p>'
        heads = "".join(f'<th class="number">{self.chip(verdict)}</th>' for verdict in Verdict)
        corner = f"{word('before', language)} ↓ {word('after', language)} →"
        yield f'<table class="matrix"><thead><tr><th>{text(corner)}</th>{heads}</tr></thead><tbody>'
        for old in Verdict:
            cells = "".join(_number(self.backtest.verdicts[old, new], bold=old is not new) for new in Verdict)
            yield f"<tr><th>{self.chip(old)}</th>{cells}</tr>"
        yield "</tbody></table>"

    def rules(self) -> Iterable[str]:
        """Yield the rules, and what each has to do with the changes."""
        language = self.language
        yield f"<h2>{text(word('by_rule', language))}</h2>"
        yield f'<p class="soft small">{text(word("by_rule_note", language))}</p>'
        labels = [word("before", language), word("after", language)]
        changes = [CHANGES[change].in_language(language) for change in Change]
        heads = "".join(f'<th class="number">{text(label)}</th>' for label in (*labels, *changes))
        first = text(word("rule", language))
        yield f'<table class="stack"><thead><tr><th>{first}</th><th></th>{heads}</tr></thead><tbody>'
        rules = self.backtest.rules()
        most = max((max(each.before, each.after) for each in rules), default=0)
        for each in rules:
            rule = each.rule
            name = f"{text(rule.title.in_language(language))} {self.chip(Verdict(rule.outcome))}"
            about = f'{name}<br><code class="soft">{text(rule.name)}</code>'
            cells = self._before_and_after(each) + _changes(each.changes, changes)
            yield f"<tr><td>{about}</td><td>{_bar(each, most)}</td>{cells}</tr>"
        yield "</tbody></table>"

    def _before_and_after(self, each: RuleChanges) -> str:
        """Return on how many posts a rule stands, as cells."""
        cells = ""
        for key, known, count in (("before", each.in_old, each.before), ("after", each.in_new, each.after)):
            label = text(word(key, self.language))
            value = (
                f"{count:,}" if known else f'<span class="soft small">{word("absent", self.language)}</span>'
            )
            cells += f'<td class="number" data-label="{label}">{value}</td>'
        return cells

    def accounts(self) -> Iterable[str]:
        """Yield the accounts with most changes."""
        accounts, language = self.backtest.accounts(), self.language
        if not accounts:
            return
        yield f"<h2>{text(word('by_account', language))}</h2>"
        note = word("by_account_note", language, count=f"{len(accounts):,}")
        yield f'<p class="soft small">{text(note)}</p>'
        changes = [CHANGES[change].in_language(language) for change in Change]
        posts = word("posts", language)
        heads = "".join(f'<th class="number">{text(label)}</th>' for label in (posts, *changes))
        first = text(word("account", language))
        yield f'<table class="stack"><thead><tr><th>{first}</th>{heads}</tr></thead><tbody>'
        for each in accounts[:_ACCOUNTS]:
            host = f' <span class="soft">@ {text(each.host)}</span>' if each.host else ""
            count = f'<td class="number" data-label="{text(posts)}">{each.posts:,}</td>'
            cells = count + _changes(each.changes, changes)
            yield f"<tr><th><bdi>{text(each.account)}</bdi>{host}</th>{cells}</tr>"
        yield "</tbody></table>"
        if len(accounts) > _ACCOUNTS:
            more = word("more_accounts", language, count=f"{len(accounts) - _ACCOUNTS:,}")
            yield f'<p class="soft small">{text(more)}</p>'

    def examples(self) -> Iterable[str]:
        """Yield examples of each change, by rule."""
        language = self.language
        rules = {each.rule.name: each.rule for each in self.backtest.rules()}
        if not any(self.backtest.count(change) for change in Change):
            yield f"<h2>{text(word('no_changes', language))}</h2>"
        for change in Change:
            groups = self.backtest.examples(change)
            if not groups:
                continue
            heading = f"{CHANGES[change].in_language(language)}: {word('examples', language)}"
            yield f'<section class="{change.value}"><h2>{text(heading)}</h2>'
            yield f'<p class="soft small">{text(word("examples_note", language))}</p>'
            for name, examples in groups:
                rule = rules[name]
                yield f"<h3>{text(rule.title.in_language(language))} "
                yield f'<code class="soft">{text(name)}</code></h3>'
                yield f'<p class="soft small">{text(rule.explanation.in_language(language))}</p>'
                for example in examples:
                    yield from self.example(example)
            yield "</section>"

    def example(self, example: Example) -> Iterable[str]:
        """Yield one post: what became of it, its text with the evidence, and what each policy says of it."""
        post = example.post
        yield "<article><header>"
        yield f"<span>{self.chip(example.old.verdict)} → {self.chip(example.new.verdict)}</span>"
        about = [post.account if post.host is None else f"{post.account} @ {post.host}"]
        about += [f"{word('post', self.language)} {post.id}", post.published_at or ""]
        yield "".join(f"<span><bdi>{text(part)}</bdi></span>" for part in about if part)
        yield "</header>"
        findings = _telling(example)
        if post.title:
            yield f'<p class="post title" dir="auto">{marked(post.title, marks_of(findings, "title"))}</p>'
        yield f'<p class="post" dir="auto">{marked(post.text, marks_of(findings, "text"))}</p>'
        yield '<ul class="why">'
        for key, policy, outcomes in (
            ("before", self.backtest.old, example.old),
            ("after", self.backtest.new, example.new),
        ):
            yield f'<li><span class="soft">{text(word(key, self.language))}:</span> '
            yield "; ".join(self.reasons(policy, outcomes)) or text(word("no_rule", self.language))
            yield "</li>"
        yield "</ul></article>"

    def reasons(self, policy: Policy, outcomes: Outcomes) -> Iterable[str]:
        """Yield what each rule that fired says, and the provision it cites."""
        language = self.language
        for finding in outcomes.findings:
            rule, provision = policy.rule(finding.rule), policy.provision(finding.provision)
            chip = self.chip(Verdict(rule.outcome), dim=bool(finding.exempted_by))
            reason = f"{chip} {text(rule.title.in_language(language))} "
            reason += f'<span class="soft small">({text(citation(provision, language))})</span>'
            if finding.exempted_by:
                names = [policy.rule(name).title.in_language(language) for name in finding.exempted_by]
                reason += f" - {text(word('exempted', language, rules=', '.join(names)))}"
            facts = ", ".join(self._facts(finding))
            if facts:
                reason += f' <span class="soft small">[{text(word("facts", language))}: {text(facts)}]</span>'
            yield reason

    def _facts(self, finding: Finding) -> Iterable[str]:
        """Yield the evidence of a finding that stands nowhere in particular."""
        for item in finding.evidence:
            if item.start is None:
                absent = item.matched == ABSENT
                yield f"{item.signal}: {word('not_found', self.language) if absent else item.matched}"

    def foot(self) -> Iterable[str]:
        """Yield what pins the policies down."""
        yield f'<h2>{text(word("digests", self.language))}</h2><dl class="pair small">'
        for key, policy in (("old", self.backtest.old), ("new", self.backtest.new)):
            yield f"<dt>{text(word(key, self.language))}</dt><dd><code>{text(policy.reference)}</code></dd>"
        yield "</dl>"

    def chip(self, verdict: Verdict, *, dim: bool = False) -> str:
        """Return a verdict as a coloured word; grey if it had no effect."""
        colour = Verdict.NONE if dim else verdict
        shown = text(VERDICTS[verdict].in_language(self.language))
        return f'<span class="chip {colour.value}">{shown}</span>'


def _telling(example: Example) -> list[Finding]:
    """Return the findings whose evidence explains a change.

    Of what is caught, what catches it now; of what is let through, what caught it before and what permits it.
    """
    if example.change is not Change.NEWLY_LET_THROUGH:
        return example.new.catching
    permitting = [each for each in example.new.findings if each.outcome is Outcome.PERMITTED]
    return [*example.old.catching, *permitting]


def _share(count: int, posts: int) -> str:
    """Return a share that is not nothing."""
    return f"{count / posts:.2%}" if count / posts >= _LEAST else "< 0.01%"


def _number(count: int, *, bold: bool = False, label: str = "") -> str:
    """Return a count as a cell."""
    kind = "number" if count else "number zero"
    shown = f"<strong>{count:,}</strong>" if bold and count else f"{count:,}"
    named = f' data-label="{text(label)}"' if label else ""
    return f'<td class="{kind}"{named}>{shown}</td>'


def _changes(changes: Mapping[Change, int], labels: Sequence[str]) -> str:
    """Return counts of changes as cells."""
    counts = [changes.get(change, 0) for change in Change]
    return "".join(
        _number(count, bold=True, label=label) for count, label in zip(counts, labels, strict=True)
    )


def _bar(each: RuleChanges, most: int) -> str:
    """Return two bars that compare before and after."""
    widths = [round(100 * count / most, 1) if most else 0 for count in (each.before, each.after)]
    return (
        '<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="before" width="{widths[0]}" height="6"/>'
        f'<rect y="8" width="{widths[1]}" height="6"/></svg>'
    )
