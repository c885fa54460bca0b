"""What a statement cites, and whether it may: kinds, confirmations, states, claims that repeat, persons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tipstaff.ledger.cbor import Value
from tipstaff.ledger.claims import holds
from tipstaff.ledger.errors import RefusedError
from tipstaff.ledger.kind import ENTRY, HOLDER, Agree, Confirmed, Equal, Kind, Member, States
from tipstaff.ledger.state import (
    Fact,
    KeyRecord,
    View,
    find_confirmers,
    find_fact,
    find_judges,
    state_key,
)
from tipstaff.ledger.table import Table


class Citations:
    """What one statement cites: `cited` is what is kept of it, by claim, once it has been checked."""

    def __init__(
        self, claims: Mapping[str, Value], iat: int, row: Kind, signer: KeyRecord, view: View, table: Table
    ) -> None:
        self._claims = claims
        self._iat = iat
        self._row = row
        self._signer = signer
        self._view = view
        self._table = table
        self.cited: dict[str, Fact] = {}

    def lead(self, path: str) -> Fact | None:
        """Return what a path of citations leads to from this statement."""
        first, _, rest = path.partition(".")
        return self.follow(self.cited.get(first), rest)

    def check(self) -> None:
        """Go through the rules about what is cited. Raises `RefusedError`."""
        row = self._row
        if not row.citing:
            return
        self._resolve()
        if row.requires:
            self._check_required()
        if row.equal:
            self._check_uncited()
        for name, cited in self.cited.items():
            rules = row.applying[name, cited.kind]
            for equal in rules.equal:
                self._check_repeated(equal, cited)
            for agree in rules.agree:
                self._check_agreement(agree, cited)
            for confirmed in rules.confirmed:
                self._check_confirmed(confirmed, cited)
            for states, rest in rules.states:
                self._check_states(states, cited, rest)
        if row.member and (of := self.cited.get(row.member.cited)):
            self._check_member(row.member, of)
        if row.role_of or row.differs:
            self._check_persons()

    def _resolve(self) -> None:
        """Find what is cited: of a kind that may be, and stated before."""
        found: dict[bytes, Fact | None] = {}
        for name, kinds in self._row.citing:
            entry = self._claims.get(name)
            if type(entry) is not bytes:
                continue
            if entry not in found:  # one statement is often cited by several claims
                found[entry] = find_fact(self._view, entry)
            fact = found[entry]
            if fact is None or fact.kind not in kinds:
                told = f"is of kind {fact.kind}" if fact else "is not on the log, or cannot be cited"
                allowed = " or ".join(self._row.claims[name].of)
                raise RefusedError(f"{name} cites {entry.hex()[:16]}…, which {told}; it cites {allowed}")
            if self._iat < fact.iat:
                raise RefusedError(f"iat lies before that of the statement which {name} cites, {fact.iat}")
            self.cited[name] = fact

    def _check_required(self) -> None:
        """Ask for the kinds of what must be cited."""
        for rule in self._row.requires:
            for name in rule.cites if rule.kinds and holds(rule.when, self._claims) else ():
                cited = self.cited.get(name)
                if cited is None or cited.kind not in rule.kinds:
                    found = f"a statement of kind {cited.kind}" if cited else "none"
                    raise RefusedError(f"{name} must cite {' or '.join(rule.kinds)} here, not {found}")

    def _check_uncited(self) -> None:
        """Refuse claims that would repeat those of a statement which is not cited."""
        for rule in self._row.equal:
            for here, there in rule.claims.items() if rule.cited not in self._claims else ():
                if here in self._claims:
                    raise RefusedError(f"{here} repeats the {there} of the {rule.cited}, which is not cited")

    def _check_repeated(self, rule: Equal, cited: Fact) -> None:
        """Compare claims with those of what is cited that they repeat."""
        for here, there in rule.claims.items():
            if self._claims.get(here) != self.claimed(cited, there):
                raise RefusedError(f"{here} is not the {there} of the {rule.cited} that is cited")

    def _check_agreement(self, rule: Agree, cited: Fact) -> None:
        """Compare what a citation leads to with what others lead to."""
        if rule.roles and self._signer.role not in rule.roles:
            return
        there = self._value(cited, rule.path)
        if there is None or there != self._value_here(rule.with_):
            raise RefusedError(
                f"{rule.cited}.{rule.path} is not {rule.with_}: "
                f"the {cited.kind} that is cited belongs to something else"
            )

    def _check_confirmed(self, rule: Confirmed, cited: Fact) -> None:
        """Ask for a confirmation that is due."""
        if holds(rule.when, self._claims) and not find_confirmers(self._view, cited.position):
            raise RefusedError(
                f"the {cited.kind} cited by {rule.cited} must be confirmed by another person first"
            )

    def _check_states(self, rule: States, cited: Fact, rest: str) -> None:
        """Ask for the states of what a citation leads to."""
        if rule.when and not holds(rule.when, self._claims):
            return
        found = self.follow(cited, rest) if rest else cited
        if found is None:
            return
        state = (self._view.get(state_key(found.thing)) or b"").decode()
        if state not in rule.values:
            allowed = " or ".join(value or "as it was" for value in rule.values)
            raise RefusedError(f"the {found.kind} that {rule.cited} leads to is {state}, not {allowed}")

    def _check_member(self, rule: Member, cited: Fact) -> None:
        """Compare with one member of a list in what is cited."""
        members = self.claimed(cited, rule.list)
        for member in members if isinstance(members, list) else ():
            if isinstance(member, dict) and self._repeats(member, rule.by):
                break
        else:
            named = ", ".join(f"{there} {self._claims.get(here)}" for here, there in rule.by.items())
            raise RefusedError(f"there is no {named} among the {rule.list} of the {rule.cited} that is cited")
        for here, there in rule.claims.items():
            if self._claims.get(here) != member.get(there):
                raise RefusedError(f"{here} is not the {there} which the {rule.cited} that is cited says")
        for here, there in rule.most.items():
            most = member.get(there)
            if not isinstance(most, int) or cast("int", self._claims.get(here, 0)) > most:
                raise RefusedError(
                    f"{here} is more than the {there} which the {rule.cited} that is cited says"
                )
        for here, there in rule.least.items():
            least = member.get(there)
            if isinstance(least, int) and cast("int", self._claims.get(here, 0)) < least:
                raise RefusedError(
                    f"{here} is less than the {there} which the {rule.cited} that is cited says"
                )

    def _repeats(self, member: Mapping[str, object], names: Mapping[str, str]) -> bool:
        """Say whether claims repeat those of a member: the name here to the name there."""
        for here, there in names.items():  # noqa: SIM110  `all` takes twice as long
            if self._claims.get(here) != member.get(there):
                return False
        return True

    def _check_persons(self) -> None:
        """Ask for the roles and the distance of persons."""
        role_of = self._row.role_of
        if role_of and role_of in self.cited:
            kind = self.cited[role_of].kind
            if self._signer.role not in self._table.kinds[kind].signed_by:
                raise RefusedError(f"a {self._signer.role} may not act on a {kind}, which it could not sign")
        signer = self._signer.holder
        for path in self._row.differs:
            cited = self.lead(path)
            if cited and signer in (
                cited.holder,
                *find_confirmers(self._view, cited.position),
                *find_judges(self._view, cited.position),
            ):
                raise RefusedError(
                    f"{signer!r} signed or confirmed the {cited.kind} itself, or judged it; "
                    "another person must act"
                )

    def follow(self, cited: Fact | None, path: str) -> Fact | None:
        """Follow citations from a cited statement; None where one on the way cites nothing.

        Raises `RefusedError` where nobody can tell: an older table did not keep what the rules go on by.
        """
        while cited and path:
            first, _, path = path.partition(".")
            entry = self.claimed(cited, first)
            if not isinstance(entry, bytes):
                return None
            fact = find_fact(self._view, entry)
            if fact is None:
                raise _untold(cited, first)
            cited = fact
        return cited

    def claimed(self, cited: Fact, name: str) -> object:
        """Return what a cited statement claims; None where it does not, and could not.

        Raises `RefusedError` where nobody can tell: it was not kept under the table of then.
        """
        kept = cited.kept
        if name in kept:
            return kept[name]
        row = self._table.kinds.get(cited.kind)
        if row is None or name in row.claims:
            raise _untold(cited, name)
        return None

    def _value(self, cited: Fact, path: str) -> object:
        """Return what a path leads to from a cited statement: the value of a claim of the last one."""
        citations, _, claim = path.rpartition(".")
        found = self.follow(cited, citations)
        if found is None or claim == ENTRY:
            return found.entry if found else None
        return self.claimed(found, claim)

    def _value_here(self, path: str) -> object:
        """Return what a path leads to from this statement."""
        if path == HOLDER:
            return self._signer.holder
        first, _, rest = path.partition(".")
        if not rest:
            return self._claims.get(first)
        cited = self.cited.get(first)
        return self._value(cited, rest) if cited else None


def _untold(cited: Fact, name: str) -> RefusedError:
    """Say that nobody can tell what a statement cites or claims."""
    return RefusedError(
        f"the {name} of the {cited.kind} at entry {cited.position} was not kept under the table of "
        "then: what rests on it is refused"
    )
