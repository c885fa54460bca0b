"""docs/running.md and its examples: what is started is a command, and what links to a page finds one."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

from tipstaff.api.links import LinkController
from tipstaff.assembly.beside import END_SECONDS
from tipstaff.cli.main import make_parser
from tipstaff.server.app import BODY_BYTES
from tipstaff.server.connections import CUT_SECONDS, GRACE_SECONDS, HEAD_SECONDS, MOST, READ_SECONDS
from tipstaff.server.ending import LAST_SECONDS
from tipstaff.server.reading import BODY_SECONDS, GONE

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def test_the_service_starts_what_there_is() -> None:
    """The command of the unit is one, with options that it has; it may write where the installation is."""
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names have capitals
    unit.read(EXAMPLES / "tipstaff.service", encoding="utf-8")
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    asked = make_parser().parse_args(arguments)
    assert (Path(program).name, arguments[0]) == ("tipstaff", "serve")
    assert Path(asked.directory).is_relative_to(service["ReadWritePaths"])
    assert CUT_SECONDS <= GRACE_SECONDS
    assert int(service["TimeoutStopSec"]) > GRACE_SECONDS + LAST_SECONDS + 2 * END_SECONDS


def test_the_proxy_keeps_links_out_of_its_log_and_long_bodies_away() -> None:
    """Its path of links is that of the code, and so is its bound."""
    text = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    assert f"~^{LinkController.path}/ " in text
    bound = re.search(r"client_max_body_size (\d+)m;", text)
    assert bound is not None
    assert int(bound[1]) << 20 == BODY_BYTES


def test_the_proxy_lets_nobody_hold_the_connections_of_the_server() -> None:
    """It is no more patient than the server, and one address has a small part of what there is."""
    text = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    told = dict(
        re.findall(r"^ *(client_header_timeout|client_body_timeout|send_timeout) (\d+)s;", text, re.MULTILINE)
    )
    bounds = {
        "client_header_timeout": HEAD_SECONDS,
        "client_body_timeout": BODY_SECONDS,
        "send_timeout": READ_SECONDS,
    }
    assert told.keys() == bounds.keys()
    assert all(int(told[name]) <= bounds[name] for name in bounds)
    zone = re.search(r"^limit_conn_zone \$binary_remote_addr zone=(\w+):", text, re.MULTILINE)
    assert zone is not None
    most = re.search(rf"^ *limit_conn {zone[1]} (\d+);", text, re.MULTILINE)
    assert most is not None
    assert int(most[1]) * 8 <= MOST


def test_the_page_tells_the_bounds_that_there_are() -> None:
    """Each number of it is that of the code."""
    text = " ".join((ROOT / "docs" / "running.md").read_text(encoding="utf-8").split())
    for told in (
        f"Headers have {HEAD_SECONDS:.0f} seconds, a body {BODY_SECONDS:.0f} (then it is 408)",
        f"nothing of an answer for {READ_SECONDS:.0f} seconds is cut off",
        f"at most {MOST} connections",
        f"a body that is on its way has {CUT_SECONDS:.0f} seconds, all else {GRACE_SECONDS}.",
        f"What still works then has {LAST_SECONDS:.0f} more",
        f"who tells webhooks have {END_SECONDS:.0f} each",
        f"is status {GONE} in the log",
    ):
        assert told in text, told
