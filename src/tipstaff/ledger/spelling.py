"""Spellings of which there is one each: identifiers, names, pseudonyms.

Two statements about one thing must name it alike, or what there is once could be there twice. Whoever reads
must come to the same answer, today and in twenty years, so nothing here depends on the Unicode of a Python: a
name consists of characters of Unicode 3.2, as RFC 3454 lists them for good, and by the stability of
normalization those have the same NFC in every later version.
"""

from __future__ import annotations

import re
import stringprep
import unicodedata
from functools import lru_cache
from typing import Final

_ID: Final = re.compile(r"[a-z0-9][a-z0-9._:/@-]*\Z")
_PSEUDONYM: Final = re.compile(r"v[1-9][0-9]{0,8}:[0-9a-f]{32,128}\Z")
_UNFIT: Final = (
    stringprep.in_table_a1,  # unassigned
    stringprep.in_table_b1,  # soft hyphens, joiners, variation selectors
    stringprep.in_table_c12,  # blanks other than U+0020
    stringprep.in_table_c21_c22,  # controls
    stringprep.in_table_c3,  # private use
    stringprep.in_table_c4,  # no characters
    stringprep.in_table_c5,  # surrogates
    stringprep.in_table_c6,  # stand-ins for what is not text
    stringprep.in_table_c7,  # descriptions of ideographs
    stringprep.in_table_c8,  # directions and what is deprecated
    stringprep.in_table_c9,  # tags
)
"""The tables of RFC 3454 whose characters no name has."""


def is_id(text: str) -> bool:
    """Say whether a text is an identifier: small letters, digits and `._:/@-`, a letter or digit first."""
    return _ID.match(text) is not None


def is_pseudonym(text: str) -> bool:
    """Say whether a text is a pseudonym: the version of how it was made, and hexadecimal digits."""
    return _PSEUDONYM.match(text) is not None


def is_name(text: str) -> bool:
    """Say whether a text is a name: in NFC, without what nobody sees, and without a blank at its ends."""
    if text[:1] == " " or text[-1:] == " ":
        return False
    if text.isascii():
        return text.isprintable()
    return all(map(_is_fit, text)) and unicodedata.is_normalized("NFC", text)


@lru_cache(maxsize=8192)
def _is_fit(character: str) -> bool:
    """Say whether a name may have a character."""
    return not any(table(character) for table in _UNFIT)
