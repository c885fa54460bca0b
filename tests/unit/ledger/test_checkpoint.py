"""Checkpoints: the text that is signed, and what is none."""

from __future__ import annotations

import base64

import pytest
from worlds import ORIGIN, START, digest, make_key

from tipstaff.ledger.cbor import decode
from tipstaff.ledger.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from tipstaff.ledger.cose import to_be_signed
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.note import sign_note

KEY = make_key("log")
ROOT = digest("root")
TEXT = base64.b64encode(ROOT).decode()


def test_a_checkpoint_is_origin_size_and_root() -> None:
    """Three lines, as C2SP tlog-checkpoint says."""
    assert Checkpoint(ORIGIN, 1234, ROOT).text() == f"{ORIGIN}\n1234\n{TEXT}\n"


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    """Origin, size and root, and a signature that verifies under the origin."""
    signed = sign_checkpoint(Checkpoint(ORIGIN, 1234, ROOT), START, KEY)
    found, note = parse_checkpoint(signed.note)
    assert found == signed.checkpoint == Checkpoint(ORIGIN, 1234, ROOT)
    assert note.signed_by(ORIGIN, KEY.public)


def test_the_receipts_of_a_checkpoint_share_its_second_signature() -> None:
    """The protected header says whose log, which size and when; the signature is over the root."""
    signed = sign_checkpoint(Checkpoint(ORIGIN, 1234, ROOT), START, KEY)
    assert decode(signed.protected) == {
        1: -8, 4: KEY.public.kid, 15: {1: ORIGIN, 2: f"{ORIGIN}#1234", 6: START}, 395: 1,
    }  # fmt: skip
    assert KEY.public.verify(signed.signature, to_be_signed(signed.protected, ROOT))


def test_further_lines_are_passed_over() -> None:
    """Extensions may follow the root; the signature is over them too."""
    text = f"{ORIGIN}\n7\n{TEXT}\nan extension\nanother\n"
    found, note = parse_checkpoint(sign_note(text, ORIGIN, [KEY]))
    assert found == Checkpoint(ORIGIN, 7, ROOT)
    assert note.signed_by(ORIGIN, KEY.public)


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        f"{ORIGIN}\n",
        f"{ORIGIN}\n7\n",
        f"\n7\n{TEXT}\n",
        f"{ORIGIN}\n\n{TEXT}\n",
        f"{ORIGIN}\n07\n{TEXT}\n",
        f"{ORIGIN}\n-7\n{TEXT}\n",
        f"{ORIGIN}\n+7\n{TEXT}\n",
        f"{ORIGIN}\n7 \n{TEXT}\n",
        f"{ORIGIN}\n٧\n{TEXT}\n",
        f"{ORIGIN}\n0x7\n{TEXT}\n",
        f"{ORIGIN}\n{10**19}\n{TEXT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{TEXT}\n",
        f"{ORIGIN}\n7\n{TEXT[:-1]}\n",
        f"{ORIGIN}\n7\n{TEXT} \n",
        f"{ORIGIN}\n7\n{ROOT.hex()}\n",
        f"{ORIGIN}\n7\n{base64.b64encode(ROOT[:-1]).decode()}\n",
        f"{ORIGIN}\n7\n{base64.b64encode(ROOT + b'x').decode()}\n",
        f"{ORIGIN}\n7\n{TEXT}\n\nafter a gap\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Missing lines, other forms of numbers, roots that are no hash: whoever signed them."""
    with pytest.raises(ProofError):
        parse_checkpoint(sign_note(text, ORIGIN, [KEY]))
