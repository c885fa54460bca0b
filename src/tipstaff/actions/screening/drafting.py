"""Drafts: what an author wants to publish, looked at as a post is, and told in the author's language."""

from __future__ import annotations

from tipstaff.actions.screening.looking import Looked
from tipstaff.policy.model import Language
from tipstaff.screening.posts import Post
from tipstaff.screening.problems import DraftProblem, problem_of, problems_among


def draft_of(text: str, title: str | None = None, url: str | None = None, *, sponsored: bool = False) -> Post:
    """Return a draft as it is looked at: nothing is known of who wrote it."""
    return Post(id="draft", account="author", text=text, title=title, url=url, sponsored=sponsored or None)


def problems_in(looked: Looked, language: Language) -> list[DraftProblem]:
    """Return what was found in a draft, the gravest first."""
    named = {policy.reference: policy for policy in looked.policies}
    found = problems_among(looked.findings)
    return [problem_of(named[one.policy], one, language) for one in found]
