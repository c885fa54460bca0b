"""The errors of the ledger.

::

    TipstaffError
    ├── InputError
    │   ├── EncodingError         bytes are not deterministic CBOR, or not of the expected form
    │   ├── StatementError        a statement is malformed, or its signature does not verify
    │   ├── RefusedError          the registration rules refuse a statement
    │   ├── TableError            a table of registration rules cannot be used
    │   └── ProofError            a receipt, proof or checkpoint does not verify
    ├── WorkerError               a process that verifies signatures was killed, or does not answer as asked
    └── LogError                  the log's own store is not as it was left: nothing is signed any more
        ├── AnotherWriterError    another writer has the log, or has moved it on
        ├── LayoutError           another version of Tipstaff has laid the log's files out
        └── CorruptLogError       what was read back is not what was written
"""

from __future__ import annotations

from tipstaff.base.errors import InputError, TipstaffError


class EncodingError(InputError):
    """Bytes are not deterministic CBOR, or not of the expected form."""


class StatementError(InputError):
    """A statement is malformed, or its signature does not verify."""


class RefusedError(InputError):
    """The registration rules refuse a statement."""


class TableError(InputError):
    """A table of registration rules cannot be used."""


class ProofError(InputError):
    """A receipt, a proof or a checkpoint does not verify."""


class WorkerError(TipstaffError):
    """A process that verifies signatures was killed, or answers otherwise than asked."""


class LogError(TipstaffError):
    """The log cannot go on; nothing is signed."""


class AnotherWriterError(LogError):
    """Another writer has the log, or has moved it on."""


class LayoutError(LogError):
    """Another version of Tipstaff has laid a file out, and this one cannot open it."""


class CorruptLogError(LogError):
    """What was read back is not what was written."""
