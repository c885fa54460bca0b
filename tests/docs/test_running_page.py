"""docs/running.md and its examples: what is started is a command, and what links to a page finds one."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

from tipstaff.api.links import LinkController
from tipstaff.cli.main import make_parser
from tipstaff.server.app import BODY_BYTES

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


def test_the_proxy_keeps_links_out_of_its_log_and_long_bodies_away() -> None:
    """Its path of links is that of the code, and so is its bound."""
    text = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    assert f"~^{LinkController.path}/ " in text
    bound = re.search(r"client_max_body_size (\d+)m;", text)
    assert bound is not None
    assert int(bound[1]) << 20 == BODY_BYTES
