"""The errors a caller of Tipstaff may meet.

::

    TipstaffError
    ├── InputError          what was given cannot be used; the message names the place and the mend
    │   ├── PolicyError     (in `tipstaff.policy.faults`) a policy does not load; lists every fault
    │   ├── MissingExtraError   an optional part is not installed
    │   ├── MissingError    there is nothing under the number or the name that was given
    │   ├── RefusedError    (in `tipstaff.hosts.square.pages`) a measure forbids what was asked of square
    │   └── …               (in `tipstaff.ledger.errors`) what a ledger cannot read or refuses
    ├── LogError            (in `tipstaff.ledger.errors`) the store of a log is not as it was left
    ├── HostError           (in `tipstaff.actions.host`) a host is away, or will not do what it is asked
    ├── BusyError           (in `tipstaff.actions.screening.gathering`) more waits than there is room for
    ├── TooManyError        (in `tipstaff.actions.access.limits`) somebody asks too often
    ├── UnsureError         (in `tipstaff.actions.access.once`) the same request has begun, and has no answer
    ├── OtherRequestError   (in `tipstaff.actions.access.once`) a key that was used for another request
    ├── AddressError        (in `tipstaff.actions.webhooks.addresses`) a webhook may not go there
    ├── FullError           (in `tipstaff.actions.webhooks.manage`) there are as many webhooks as may be
    ├── UnreachedError      (in `tipstaff.actions.webhooks.tell`) a webhook's receiver has not answered
    ├── StaleError          (in `tipstaff.actions.ask`) what was asked is about an older version
    ├── ForbiddenError      (in `tipstaff.actions.access.principal`) who asks may not do that
    ├── PeopleError         (in `tipstaff.actions.access.tokens`) users cannot be so, as things stand
    ├── LoginError          (in `tipstaff.actions.access.logins`) who asks is not logged in, or cannot be
    ├── LockedError         (in `tipstaff.actions.access.lockout`) too many wrong logins came before
    ├── PasskeyError        (in `tipstaff.actions.access.passkeys`) what a browser has answered is not right
    ├── UnknownTokenError   (in `tipstaff.actions.access.tokens`) a token is none that may be used
    └── VaultError          (in `tipstaff.vault.vault`) what is kept cannot be used, or is not erased yet

The command line turns all of them into exit code 2. Anything else that escapes is a defect.
"""

from __future__ import annotations


class TipstaffError(Exception):
    """Root of every error that Tipstaff raises on purpose."""


class InputError(TipstaffError):
    """What the caller gave cannot be used; the message says where and how to mend it."""


class MissingError(InputError):
    """There is nothing under the number or the name that was given."""


class MissingExtraError(InputError):
    """An optional part of Tipstaff is not installed; the message names the extra to install."""
