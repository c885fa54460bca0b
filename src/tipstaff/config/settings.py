"""The settings of an installation: what each is for, what it may be, and what it is unless it is set."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta


class Level(StrEnum):
    """What the log tells: everything, what was done, what went wrong, or what has stopped."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_URL = r"^(sqlite:///.|postgresql(\+psycopg)?://.)"
_URLS = ["sqlite:///PATH", "postgresql://…"]

ROLES = (
    "reader", "complainant", "account_holder", "clerk", "reviewer", "senior_reviewer", "policy_owner",
    "authority", "auditor", "admin",
)  # fmt: skip
"""Those of access, which is above; a test compares them."""

_ROLE = f"({'|'.join(ROLES)})"

LONGEST_HEARING: Final = 8760
"""Hours that a subject is given to answer at the most: a year."""

LONGEST_DELAY: Final = 86_400
"""Seconds for which a decision can be taken back at the most: a day."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of an installation. Those that are texts have examples of what they may be."""

    casework_url: Annotated[
        str,
        Meta(pattern=_URL, examples=_URLS, description="the database of casework (`casework.db`)"),
    ] = ""
    square_url: Annotated[
        str, Meta(pattern=_URL, examples=_URLS, description="the database of square (`square.db`)")
    ] = ""
    claim_minutes: Annotated[
        int, Meta(ge=1, le=1440, description="the minutes for which a claimed case is one's own")
    ] = 30
    hearing_hours: Annotated[
        int,
        Meta(ge=1, le=LONGEST_HEARING, description="the hours that a subject has to answer what is proposed"),
    ] = 72
    decision_delay: Annotated[
        int, Meta(ge=0, le=LONGEST_DELAY, description="the seconds for which a decision can be taken back")
    ] = 0
    hold_severity: Annotated[
        int,
        Meta(
            ge=0,
            le=5,
            description="the least severity that a machine holds, 0 for none",
        ),
    ] = 0
    hold_hours: Annotated[
        int, Meta(ge=1, le=72, description="the hours for which a machine holds what nobody reviews")
    ] = 24
    late_hours: Annotated[
        int, Meta(ge=0, le=72, description="the hours for which machines hold on while the ledger is down")
    ] = 6
    down_after: Annotated[
        int,
        Meta(
            ge=1, le=3600, description="the seconds that another may write before the ledger counts as down"
        ),
    ] = 60
    retention_days: Annotated[
        int,
        Meta(
            ge=1,
            le=36500,
            description="the days for which texts are kept after their case was settled, or for as long as "
            "its subject can appeal, 180 days, if that is longer",
        ),
    ] = 365
    check_hours: Annotated[
        int,
        Meta(
            ge=0,
            le=8760,
            description="the hours after which a measure, or its end, is read back again; 0 for never: then "
            "`tipstaff worker --check` alone finds what has drifted, or was gone and is back",
        ),
    ] = 24
    posts_at_once: Annotated[
        int, Meta(ge=1, le=10_000, description="the posts that one request to the API may have")
    ] = 1000
    posts_waiting: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="the posts that may wait to be screened, and to be kept; more are put off (503)",
        ),
    ] = 10_000
    gather_ms: Annotated[
        int, Meta(ge=0, le=1000, description="the milliseconds in which requests are screened together")
    ] = 2
    requests_a_minute: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="the requests to the API a minute of each user, and of each address without a token; "
            "0 for no limit. Posts that are sent are bounded by posts_waiting instead",
        ),
    ] = 1200
    trail_days: Annotated[
        int, Meta(ge=1, le=36500, description="the days for which it is kept who asked the API for what")
    ] = 366
    session_idle_minutes: Annotated[
        int, Meta(ge=1, le=10_080, description="the minutes of rest after which a login ends")
    ] = 30
    session_hours: Annotated[
        int, Meta(ge=1, le=720, description="the hours after which a login ends, rest or not")
    ] = 12
    second_factor_roles: Annotated[
        str,
        Meta(
            pattern=rf"^({_ROLE}(,{_ROLE})*)?$",
            examples=list(ROLES),
            description="the roles, with commas between them, that may do nothing over HTTP after a login "
            "without a second factor but have one",
        ),
    ] = "reviewer,senior_reviewer,policy_owner,admin"
    public_origin: Annotated[
        str,
        Meta(
            pattern=r"^(https://[a-z0-9.-]+(:[0-9]{1,5})?|http://localhost(:[0-9]{1,5})?)?$",
            examples=["https://HOST", "https://HOST:PORT", "http://localhost:PORT"],
            description="under which origin people reach the API (`https://tipstaff.example`): changes that "
            "another page asks for are refused; unless it is set, that of the `Host` of each request",
        ),
    ] = ""
    webhook_ports: Annotated[
        str,
        Meta(
            pattern=r"^[1-9][0-9]{0,4}( [1-9][0-9]{0,4})*$",
            examples=["PORT", "PORT PORT…"],
            description="the ports that webhooks may go to, separated by blanks",
        ),
    ] = "443"
    webhook_inside: Annotated[
        str,
        Meta(
            pattern=r"^[!-~]+( [!-~]+)*$",
            examples=["HOST", "HOST HOST…"],
            description="the hosts that webhooks may go to although they are inside, as they are written in "
            "addresses, separated by blanks; http is for those of them that are this machine",
        ),
    ] = ""
    webhook_days: Annotated[
        int,
        Meta(
            ge=4,
            le=3660,
            description="the days for which it is kept what webhooks were told, and can be again",
        ),
    ] = 30
    log_level: Annotated[
        Level, Meta(description="what the log of a worker or server tells: this and what is graver")
    ] = Level.INFO
