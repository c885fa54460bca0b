"""A client for the API: typed answers, and the words that a server is asked in."""

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.deciding import Wanted, WantedProposal
from tipstaff.actions.ordering import WantedAmendment, WantedOrder
from tipstaff.api.drafts import Draft
from tipstaff.api.users import NewUser, UserRoles
from tipstaff.casework.events import Outcome, Reason, Result, Waiver
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.words import MeasureKind
from tipstaff.client.client import Client
from tipstaff.client.connection import ProblemError
from tipstaff.screening.posts import Post

__all__ = [
    "Change", "Client", "Draft", "MeasureKind", "NewUser", "Outcome", "Post", "ProblemError", "Reason",
    "Result", "Role", "Scope", "UserRoles", "Waiver", "Wanted", "WantedAmendment", "WantedOrder",
    "WantedProposal",
]  # fmt: skip
