"""A story over HTTP in which every operation of the API is done, and of everything something is left."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from authenticators import Authenticator
from gates import PASSWORD
from places import account
from policies import MINIMAL, write_policy
from served import Browser, Served, enrol
from squares import PNG

from tipstaff.actions.access.codes import code_at
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.texts import reader
from tipstaff.assembly.casework import add_person, shadow
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy

ORIGIN: Final = "https://tipstaff.example"
BAD: Final = "稳赚不赔，加我 bitcoin"
RESTS: Final = {"policy": "tiny", "provision": "house-1"}
WARN: Final = {"measures": ["warn"], "reasons": "招揽读者买币", **RESTS}
CLOSE: Final = {"measures": ["close_account"], "reasons": "…", "hearing_waived_for": "grave_harm", **RESTS}
PDF: Final = "JVBERi0="
ORDER: Final = {
    "authority": "bureau", "reference": "2026/41", "basis": "im-2014", "scope": "account", "territory": "CN",
    "targets": ["square/account/court"], "deadline": "2099-01-01T00:00:00+08:00", "text": "关闭该帐号。",
    "attachment": PDF,
}  # fmt: skip
HANDLES: Final = ("news", "shop", "cafe", "bar", "pub", "inn", "gym", "court")
HOOKS: Final = 12

Named = Mapping[str, object]


class Left(NamedTuple):
    """What is there in the end: tokens by who asks, and what paths name of each kind of thing."""

    tokens: Mapping[str, str]
    named: Mapping[str, list[Named]]

    def of(self, path: str) -> list[Named]:
        """Return what the paths of an operation may name."""
        found = [self.named[start] for start in sorted(self.named, key=len) if path.startswith(start)]
        return found[-1] if found else []


def policy_of(folder: Path, version: str = "1.2.3") -> Policy:
    """Return a version of a policy that has two persons undo the closing of an account."""
    head = MINIMAL["policy.toml"].replace("1.2.3", version)
    files = {"policy.toml": f"{head}\n[reversals]\nsecond_person = ['close_account']\n"}
    return load_policy(write_policy(folder, files))


class Story:
    """The story of one place; `tell` tells it."""

    def __init__(self, served: Served, folder: Path) -> None:
        """`folder` is where a policy is written."""
        self.served = served
        self.place = served.place
        self.folder = folder
        self.tokens = self._people()
        self.cases: dict[str, int] = {}
        self.posts: dict[str, str] = {}
        self.named: dict[str, list[Named]] = {}

    def tell(self) -> Left:
        """Do everything, and return what is left."""
        self._complaints()
        self._work()
        hearing = self._hearing()
        self._decisions()
        self._appeal()
        self._links()
        self._orders()
        self._policies()
        self._webhooks()
        self._reading(hearing)
        self._logins()
        self._passkeys()
        self._users()
        return Left(self.tokens, self.named)

    def ask(self, who: str | None, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  JSON
        """Ask for something that is done."""
        answer = self.served.ask(self.tokens[who] if who else None, method, path, body)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        kind = answer.headers.get("content-type")
        return answer.json() if kind == "application/json" else answer.content

    def _people(self) -> dict[str, str]:
        """Bring everybody in, and return their tokens."""
        served, place = self.served, self.place
        for name, role in (("erin", "reviewer"), ("petra", "policy_owner"), ("bureau", "authority")):
            add_person(place.directory, name, role, place.clock)
        staff = {
            "alice": Role.REVIEWER, "erin": Role.SENIOR_REVIEWER, "bob": Role.SENIOR_REVIEWER,
            "carol": Role.SENIOR_REVIEWER, "chen": Role.CLERK, "wu": Role.CLERK, "petra": Role.POLICY_OWNER,
            "bureau": Role.AUTHORITY, "ada": Role.ADMIN, "adam": Role.AUDITOR,
        }  # fmt: skip
        tokens = {name: served.token(name, role) for name, role in staff.items()}
        tokens["rae"] = served.token("rae", Role.COMPLAINANT, reader=reader("square", "rae"))
        held = tuple(account(handle) for handle in HANDLES)
        tokens["moon"] = served.token("moon", Role.ACCOUNT_HOLDER, holds=held)
        return tokens

    def _complaints(self) -> None:
        """Publish, screen what was published, and complain of all of it."""
        for handle in HANDLES:
            self.place.square.register_account(handle, handle)
            self.posts[handle] = self.place.publish(handle, BAD, None, PNG)
        sent = {"id": self.posts["news"], "account": "news", "host": "square", "text": BAD}
        found = self.ask("chen", "POST", "/v1/posts", {"posts": [sent, {"id": "nothing"}]})
        assert (found["verdicts"][0]["case"], len(found["refused"])) == (1, 1)
        self.ask("chen", "POST", "/v1/check", {"text": BAD})
        made = []
        for handle in HANDLES[:-1]:
            about = f"square/account/{handle}/{self.posts[handle]}"
            made.append(
                self.ask(
                    "rae", "POST", "/v1/complaints", {"about": about, "reason": "fraud", "text": "骗人的"}
                )
            )
            self.cases[handle] = int(made[-1]["id"].partition("-")[0])
        self.named["/v1/complaints"] = [{"place": one["id"]} for one in made]
        one = {"decision": 1, "complaint": 1, "digest": hashlib.sha256(PNG).hexdigest()}
        assert self.ask("alice", "GET", f"/v1/cases/{self.cases['news']}/images/{one['digest']}") == PNG
        self.named["/v1/cases"] = [{"number": number, **one} for number in self.cases.values()]

    def _work(self) -> None:
        """Work on a case, and answer the complaint in another one."""
        case = f"/v1/cases/{self.cases['news']}"
        self.ask("alice", "POST", f"{case}/claim")
        self.ask("alice", "POST", f"{case}/notes", {"text": "看过了"})
        self.ask("alice", "POST", f"{case}/questions", {"of": "bob", "text": "算招揽吗？"})
        self.ask("alice", "POST", f"{case}/release")
        self.ask("bob", "POST", f"{case}/opinions", {"text": "算"})
        self.ask("bob", "POST", f"{case}/escalation", {"text": "严重"})
        answered = f"/v1/cases/{self.cases['pub']}/complaints/1/answer"
        self.ask("alice", "POST", answered, {"outcome": "dismissed"})

    def _hearing(self) -> str:
        """Propose something, which the account holder answers; returns the name of the hearing."""
        case = f"/v1/cases/{self.cases['news']}"
        proposed = self.ask(
            "alice", "POST", f"{case}/proposals", {"measures": ["warn"], "text": "拟警告", **RESTS}
        )
        hearing = str(proposed["proposals"][0]["id"])
        about = "/v1/accounts/square/account/news"
        self.ask("moon", "POST", f"{about}/hearings/{hearing}/answer", {"text": "这是新闻"})
        return hearing

    def _decisions(self) -> None:
        """Decide for good, take a decision back, and leave one that waits for a second person."""
        for handle, body in (
            ("shop", CLOSE),
            ("cafe", WARN),
            ("inn", WARN | {"delay": 3600}),
            ("gym", CLOSE),
        ):
            self.ask("alice", "POST", f"/v1/cases/{self.cases[handle]}/decisions", body)
        self.ask("alice", "POST", f"/v1/cases/{self.cases['inn']}/decisions/1/withdrawal")
        self.ask("erin", "POST", f"/v1/cases/{self.cases['shop']}/decisions/1/confirmation")

    def _appeal(self) -> None:
        """Have a decision appealed against, and undone by two."""
        case = f"/v1/cases/{self.cases['shop']}"
        self.served.until(self.tokens["alice"], case, lambda one: one["decisions"][0]["carried_out"] != [])
        appeal = {"decision": 1, "text": "这是新闻", "attachment": PDF}
        self.ask("moon", "POST", "/v1/accounts/square/account/shop/appeals", appeal)
        assert self.ask("bob", "GET", f"{case}/decisions/1/appeal/document") == b"%PDF-"
        self.ask("bob", "POST", f"{case}/decisions/1/result", {"result": "reversed", "answer": "成立"})
        self.ask("carol", "POST", f"{case}/decisions/1/result/confirmation")

    def _links(self) -> None:
        """Answer by a link, and appeal by another one; leave some that nobody has used."""
        cafe, bar = f"/v1/cases/{self.cases['cafe']}", f"/v1/cases/{self.cases['bar']}"
        self.served.until(
            self.tokens["alice"], cafe, lambda one: one["decisions"][0]["statement"]["position"] is not None
        )
        self.ask("alice", "POST", f"{bar}/proposals", {"measures": ["warn"], "text": "拟警告", **RESTS})
        links = [self.ask("alice", "POST", f"{bar}/links", {})["path"]]
        links.append(self.ask("alice", "POST", f"{cafe}/links", {"decision": 1})["path"])
        self.ask(None, "POST", f"{links[0]}/answer", {"text": "这是新闻"})
        self.ask(None, "POST", f"{links[1]}/appeal", {"text": "这是新闻", "attachment": PDF})
        for link in links:
            self.ask(None, "GET", link)
        self.named["/v1/links"] = [{"link": link.rpartition("/")[2]} for link in links]

    def _orders(self) -> None:
        """Enter an order, confirm it, narrow it, and confirm that; leave another one that waits."""
        made = self.ask("chen", "POST", "/v1/orders", ORDER)["number"]
        path = f"/v1/orders/{made}"
        self.ask("wu", "POST", f"{path}/confirmation")
        self.served.until(self.tokens["chen"], path, lambda one: one["standing"] == "in force")
        assert self.ask("wu", "GET", f"{path}/document") == b"%PDF-"
        narrower = {"change": "narrowed", "reasons": "太远", "territory": "CN-11"}
        self.ask("chen", "POST", f"{path}/amendments", narrower)
        self.ask("wu", "POST", f"{path}/amendments/1/confirmation")
        other = self.ask("bureau", "POST", "/v1/orders", ORDER | {"reference": "2026/42"})["number"]
        self.ask("bureau", "GET", "/v1/orders")
        self.named["/v1/orders"] = [{"number": number, "amendment": 1} for number in (made, other)]

    def _policies(self) -> None:
        """Try a version of a policy, compare it; put another policy in force, and retire it."""
        shadow(self.place.directory, policy_of(self.folder / "next", "1.3.0"), self.place.clock)
        self.ask("petra", "GET", "/v1/policies/tiny/comparison")
        for what in ("shadow", "adopt", "retire"):
            told = self.ask("petra", "POST", f"/v1/policies/undisclosed-sponsorship/{what}")
        self.named["/v1/statements"] = [{"entry": told["entry"]}]
        self.named["/v1/policies"] = [{"name": name} for name in ("tiny", "tiny@1.3.0", told["reference"])]
        for path in ("", "/receipt"):
            self.ask(None, "GET", f"/v1/statements/{told['entry']}{path}")

    def _webhooks(self) -> None:
        """Set webhooks up, have one tried, stopped and begun again, and remove one."""
        body = {"url": "https://hooks.example.org/tipstaff", "events": ["case.opened"]}
        made = [self.ask("ada", "POST", "/v1/webhooks", body)["webhook"]["id"] for _ in range(HOOKS)]
        path = f"/v1/webhooks/{made[0]}"
        self.ask("ada", "POST", f"{path}/disable")
        number = self.ask("ada", "POST", f"{path}/test")["number"]
        self.ask("ada", "POST", f"{path}/deliveries/{number}/replay")
        self.ask("ada", "POST", f"{path}/replay", {"since": "2026-01-01T00:00:00Z"})
        self.ask("ada", "POST", f"{path}/secret", {})
        self.ask("ada", "GET", f"{path}/deliveries")
        self.ask("ada", "POST", f"{path}/enable")
        self.ask("ada", "GET", path)
        self.ask("ada", "DELETE", f"/v1/webhooks/{made.pop()}")
        self.named["/v1/webhooks"] = [{"webhook": one, "delivery": number} for one in made]

    def _reading(self, hearing: str) -> None:
        """Read all that can be read, for whom it is."""
        case = self.cases["news"]
        about = "/v1/accounts/square/account/news"
        reading = {
            "alice": ("/v1/cases", f"/v1/cases/{case}/preview", "/v1/measures", "/v1/policies"),
            "rae": ("/v1/complaints", f"/v1/complaints/{case}-1"),
            "moon": ("/v1/accounts", about, f"{about}/export", "/v1/notices"),
            "ada": ("/v1/webhooks", "/metrics"),
            "adam": ("/v1/trail",),
        }
        for who, paths in reading.items():
            for path in paths:
                self.ask(who, "GET", path)
        for path in ("/health", "/ready", "/ledger/checkpoint"):
            self.ask(None, "GET", path)
        self.named["/v1/accounts"] = [
            {"host": "square", "kind": "account", "name": handle, "hearing": hearing} for handle in HANDLES
        ]
        self.named["/ledger"] = [{"path": "checkpoint"}]

    def _logins(self) -> None:
        """Log in, look after one's logins, have a second factor and none any more, and log out."""
        self.served.user("lena", Role.AUDITOR)
        lena, other = self.served.browser("lena"), self.served.browser("lena")
        sessions = self._own(lena, "GET", "/v1/me/sessions")["sessions"]
        ended = next(one["id"] for one in sessions if not one["this"])
        self._own(lena, "DELETE", f"/v1/me/sessions/{ended}")
        assert other.ask("GET", "/v1/me").status_code == 401
        self._own(lena, "DELETE", "/v1/me/sessions")
        self._own(lena, "GET", "/v1/me")
        changed = lena.ask("POST", "/v1/me/password", {"password": PASSWORD, "new": f"{PASSWORD}, twice"})
        lena.take(changed)
        again = {"password": f"{PASSWORD}, twice", "new": PASSWORD}
        lena.take(lena.ask("POST", "/v1/me/password", again))
        secret, _ = enrol(self.served, lena)
        self.place.clock.now += 60  # each code counts once
        code = code_at(secret, self.place.clock())
        lena.take(lena.ask("POST", "/v1/me/totp/removal", {"password": PASSWORD, "code": code}))
        self._own(lena, "POST", "/v1/logout")

    def _passkeys(self) -> None:
        """Have a passkey, log in with it, and have it no more."""
        lena, key = self.served.browser("lena"), Authenticator(origin=ORIGIN)
        begun = self._own(lena, "POST", "/v1/me/passkeys/begin", {"password": PASSWORD})
        lena.take(lena.ask("POST", "/v1/me/passkeys", {"name": "phone", "credential": key.create(begun)}))
        asked = self.ask(None, "POST", "/v1/login/passkey/begin")
        self.ask(None, "POST", "/v1/login/passkey/finish", key.get(asked))
        (own,) = self._own(lena, "GET", "/v1/me/passkeys")["passkeys"]
        self._own(lena, "POST", f"/v1/me/passkeys/{own['id']}/removal", {"password": PASSWORD})

    def _users(self) -> None:
        """Bring people in, change what they may, let them in again, and end their tokens and one's own."""
        self.served.user("amy", Role.ADMIN)
        amy = self.served.browser("amy")
        enrol(self.served, amy)
        self._own(amy, "POST", "/v1/users", {"name": "olga", "roles": ["auditor"]})
        self._own(amy, "POST", "/v1/users/olga/password")
        self._own(amy, "POST", "/v1/users/olga/roles", {"roles": ["auditor", "admin"]})
        self._own(amy, "POST", "/v1/users/olga/unlock")
        self.served.user("lost", Role.AUDITOR)
        enrol(self.served, self.served.browser("lost"))
        self._own(amy, "POST", "/v1/users/lost/second-factor/removal")
        token = self.served.token("lost", Role.AUDITOR).split("_")[1]
        for path in ("", "/lost", "/lost/tokens"):
            self.ask("ada", "GET", f"/v1/users{path}")
        self.ask("ada", "POST", f"/v1/users/lost/tokens/{token}/revocation")
        self.ask("ada", "POST", "/v1/users/lost/stop")
        made = self._own(amy, "POST", "/v1/me/tokens", {"scopes": ["people:read"]})["token"]["id"]
        self._own(amy, "GET", "/v1/me/tokens")
        self._own(amy, "POST", f"/v1/me/tokens/{made}/revocation")
        self.named["/v1/users"] = [{"user": name, "token": token} for name in ("olga", "lost")]
        self.named["/v1/me/tokens"] = [{"token": made}]

    def _own(self, browser: Browser, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  JSON
        """Ask for something about one's own login that is done."""
        answer = browser.ask(method, path, body)
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None
