"""A client for the API: the same words, and what is answered as typed values."""

from tipstaff.client.client import Client
from tipstaff.client.connection import ProblemError

__all__ = ["Client", "ProblemError"]
