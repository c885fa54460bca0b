"""Signed notes: written as others read them, and read as C2SP says."""

from __future__ import annotations

import base64
import hashlib

import pytest
from worlds import make_es256_key, make_key

from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.note import MAX_SIZE, check_name, key_hash, parse_note, sign_note, verifier

KEY, OTHER = make_key("note"), make_key("other")
NAME, TEXT = "example.org/log", "a text\nof two lines\n"
NOTE = sign_note(TEXT, NAME, [KEY])


def test_a_note_is_text_gap_and_signatures() -> None:
    """Written out by hand: the em dash, the name, and key hash and signature in base64."""
    hashed = hashlib.sha256(NAME.encode() + b"\n\x01" + KEY.public.raw).digest()[:4]
    line = base64.b64encode(hashed + KEY.sign(TEXT.encode())).decode()
    assert NOTE.decode() == f"{TEXT}\n— {NAME} {line}\n"


def test_a_note_that_was_published_is_read() -> None:
    """The key of Go's checksum database, as golang.org/x/mod/sumdb/note prints it, hashes as it says."""
    vkey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    name, hashed, data = vkey.split("+", 2)
    raw = base64.b64decode(data)
    assert hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == hashed


def test_a_verifier_names_the_key() -> None:
    """A vkey is name, key hash and key, each as other implementations want it."""
    name, hashed, data = verifier(NAME, KEY.public).split("+", 2)
    assert (name, hashed) == (NAME, key_hash(NAME, KEY.public).hex())
    assert base64.b64decode(data) == b"\x01" + KEY.public.raw


def test_a_note_is_signed_by_its_key_under_its_name_alone() -> None:
    """Another key, or the same key under another name, has not signed it."""
    note = parse_note(NOTE)
    assert note.text == TEXT
    assert note.signed_by(NAME, KEY.public)
    assert not note.signed_by(NAME, OTHER.public)
    assert not note.signed_by("example.net/log", KEY.public)


def test_one_of_several_signatures_is_enough() -> None:
    """Signatures of keys that are not known stand beside the one that is."""
    note = parse_note(sign_note(TEXT, NAME, [OTHER, KEY]))
    assert len(note.signatures) == 2
    assert note.signed_by(NAME, KEY.public)
    assert note.signed_by(NAME, OTHER.public)


def test_a_text_with_an_empty_line_is_read_to_the_last_one() -> None:
    """The signatures follow the last empty line."""
    text = "one\n\n— not a signature\n"
    note = parse_note(sign_note(text, NAME, [KEY]))
    assert note.text == text
    assert note.signed_by(NAME, KEY.public)


@pytest.mark.parametrize(
    "changed", [TEXT.replace("two", "ten"), TEXT.replace("a text", "A text"), "x" + TEXT]
)
def test_another_text_is_not_signed(changed: str) -> None:
    """The signature is over every byte of the text."""
    assert not parse_note(NOTE.replace(TEXT.encode(), changed.encode())).signed_by(NAME, KEY.public)


def test_a_key_that_signs_no_notes_has_signed_none() -> None:
    """Asked about a P-256 key, a note answers no: it does not fail."""
    assert not parse_note(NOTE).signed_by(NAME, make_es256_key("note").public)


LINE = NOTE.decode().rpartition("\n\n")[2]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        f"text\n{LINE}".encode(),
        f"text\n\n{LINE}".rstrip("\n").encode(),
        f"text\n\n{LINE}x".encode(),
        f"text\n\n{LINE.replace('—', '-')}".encode(),
        f"text\n\n{LINE.replace('— ', '—')}".encode(),
        f"text\n\n{LINE.replace('— ', '—  ')}".encode(),
        f"text\n\n{LINE.replace(NAME, 'a name')}".encode(),
        f"text\n\n{LINE.replace(NAME, 'a+name')}".encode(),
        f"text\n\n{LINE.replace(NAME, '')}".encode(),
        b"text\n\n\xe2\x80\x94 name AAAA\n",
        b"text\n\n\xe2\x80\x94 name AAAAAA==\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAB=\n",
        b"text\n\n\xe2\x80\x94 name ====\n",
        b"text\xff\n\n" + LINE.encode(),
        b"te\txt\n\n" + LINE.encode(),
        b"text\r\n\n" + LINE.encode(),
        b"te\x00xt\n\n" + LINE.encode(),
        b"text\n\n" + LINE.encode() * 101,
        b"x" * MAX_SIZE + b"\n\n" + LINE.encode(),
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    """No gap, no signature, another form of one, controls, another encoding, too many, too long."""
    with pytest.raises(ProofError):
        parse_note(data)


@pytest.mark.parametrize(
    "name", ["", "a name", "a+b", "a\nb", "a\tb", "a\x00b", "n" * 201, "a\u2028b", "a\u200bb"]
)
def test_a_name_has_no_spaces_and_plus_signs(name: str) -> None:
    """What could break a line, or hide, is no origin of a log."""
    with pytest.raises(InputError):
        check_name(name)


@pytest.mark.parametrize("name", ["example.org/log", "记录.example", "n" * 200])
def test_a_name_may_be_in_any_script(name: str) -> None:
    """An origin need not be ASCII."""
    assert check_name(name) == name
    assert parse_note(sign_note(TEXT, name, [KEY])).signed_by(name, KEY.public)
