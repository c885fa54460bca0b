"""What the endpoints have in common that change something which is there already."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Final

from litestar import post

from tipstaff.server.problems import CHANGING

command: Final = partial(post, sync_to_thread=True, status_code=HTTPStatus.OK, responses=CHANGING)
"""Declares an endpoint that is sent a command, and answers with what came of it."""
