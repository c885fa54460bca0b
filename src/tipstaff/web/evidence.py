"""What findings go by: words and facts, in one language, and where in a post they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tipstaff.actions.views import Finding
from tipstaff.casework.errors import CaseError
from tipstaff.policy.model import Language, Policy
from tipstaff.screening.problems import learned_signals
from tipstaff.web.rendering import outermost

Read = Callable[[str], Policy]
"""What reads a version of a policy, by its reference."""

FIELDS: Final = ("title", "text")


class Passage(NamedTuple):
    """Where a finding stands in a field: `[start, end)` in code points; `learned` is what a model weighed."""

    start: int
    end: int
    found: Finding
    learned: bool


class EvidenceReader:
    """Reads the policies that findings name, each once, in one language."""

    def __init__(self, read: Read, language: Language) -> None:
        self._read = read
        self.language = language
        self._known: dict[str, Policy | None] = {}

    def policy(self, reference: str) -> Policy | None:
        """Return a version of a policy; None where its copy cannot be read."""
        if reference not in self._known:
            try:
                self._known[reference] = self._read(reference)
            except CaseError:  # whoever decides under it is told; the finding itself is told without it
                self._known[reference] = None
        return self._known[reference]

    def words(self, found: Finding) -> tuple[str, ...]:
        """Return the words that a finding goes by, without those within others, and what a model weighed."""
        policy = self.policy(found.policy)
        told = (one for one in found.evidence if not _is_learned(policy, one))
        return outermost(str(one["text"]) for one in told if one.get("text"))

    def facts(self, found: Finding) -> tuple[str, ...]:
        """Return what a finding goes by that stands nowhere."""
        policy = self.policy(found.policy)
        summaries = (
            {one.name: one.summary.in_language(self.language) for one in policy.signals} if policy else {}
        )
        facts = [str(one["signal"]) for one in found.evidence if one.get("start") is None]
        return tuple(dict.fromkeys(summaries.get(one, one) for one in facts))

    def passages(self, found: Sequence[Finding], field: str) -> Iterator[Passage]:
        """Yield where something was found in a field."""
        for one in found:
            policy = self.policy(one.policy)
            for evidence in one.evidence:
                start, end = evidence.get("start"), evidence.get("end")
                if evidence.get("field") == field and isinstance(start, int) and isinstance(end, int):
                    yield Passage(start, end, one, _is_learned(policy, evidence))


def version_of(reference: str) -> str:
    """Return `NAME VERSION`."""
    return reference.partition("+")[0].replace("@", " ")


def _is_learned(policy: Policy | None, evidence: Mapping[str, object]) -> bool:
    """Say whether a piece of evidence is an n-gram that a model has weighed."""
    return policy is not None and evidence.get("signal") in learned_signals(policy)
