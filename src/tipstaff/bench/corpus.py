"""The seeded corpus: posts in the invented language of `tipstaff.bench.vocabulary`, alike on every machine.

Posts average about 256 code points and 605 bytes; 60% are Chinese, 25% English, 15% mixed. Three in a
hundred are promotions as the bench policy describes them, half of those disguised; twelve in a hundred
talk of the same things lawfully; the rest hold terms only by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, TypeVar

import msgspec

from tipstaff.bench.vocabulary import GROUPS, Vocabulary, Words, make_vocabulary
from tipstaff.policy import folding
from tipstaff.screening.posts import Post

SEED: Final = 20180821

_Choice = TypeVar("_Choice", bound=StrEnum)


_SUBJECTS: Final = ("coins", "venues")
_OFFERS: Final = ("sale", "gift", "referral", "calling", "dealing", "returns", "scheme")


class Language(StrEnum):
    """What a post is written in."""

    ZH = "zh"
    EN = "en"
    MIXED = "mixed"


class Kind(StrEnum):
    """What a post is."""

    ORDINARY = "ordinary"
    TOPICAL = "topical"
    VIOLATING = "violating"


class Disguise(StrEnum):
    """How the words of a promotion are hidden."""

    NONE = "none"
    ZERO_WIDTH = "zero_width"
    SEPARATORS = "separators"
    FULL_WIDTH = "full_width"
    LOOK_ALIKES = "look_alikes"
    TRADITIONAL = "traditional"


@dataclass(frozen=True, slots=True)
class Written:
    """A post, and what it was written to be."""

    post: Post
    language: Language
    kind: Kind
    disguise: Disguise


_LANGUAGE_SHARES: Final = {Language.ZH: 0.60, Language.EN: 0.25, Language.MIXED: 0.15}
_KIND_SHARES: Final = {Kind.VIOLATING: 0.03, Kind.TOPICAL: 0.12, Kind.ORDINARY: 0.85}
_DISGUISED = 0.5
_SIZES: Final = {Language.ZH: 273, Language.EN: 146, Language.MIXED: 207}
_SPREAD = 0.75
_SHORTEST, _LONGEST = 12, 3000
_ACCOUNTS = 4000

_ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_SEPARATORS = (" ", "·", "*", "-", "~", "|", "_", "♥")
_LOOK_ALIKES = str.maketrans("aceopxyijs", "асеорхуіјѕ")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_PAUSES = ("，", "，", "，", "、", "：", "“", "”")
_ENDS = ("。", "。", "。", "！", "？", "；")
_TOP_LEVEL = ("com", "net", "org", "io", "cn", "com.cn", "xyz", "top")
_HANDLES = "abcdefghijklmnopqrstuvwxyz0123456789_"


class Writer:
    """Writes posts; the same ones in the same order for the same seed."""

    def __init__(self, seed: int = SEED) -> None:
        self.vocabulary: Vocabulary = make_vocabulary(Random(seed))  # noqa: S311  not a secret: a corpus
        self._random = Random(seed + 1)  # noqa: S311
        self._traditional = _traditional()
        self._written = 0

    def posts(self, count: int) -> list[Post]:
        """Return the next posts alone."""
        return [written.post for written in self.write(count)]

    def write(self, count: int) -> list[Written]:
        """Return the next posts, with what each was written to be."""
        return [self._post() for _ in range(count)]

    def write_as(self, kind: Kind, count: int) -> list[Written]:
        """Return the next posts, all of one kind."""
        return [self._post(kind) for _ in range(count)]

    def _post(self, kind: Kind | None = None) -> Written:
        """Write one post."""
        random = self._random
        language = _drawn(random, _LANGUAGE_SHARES)
        kind = kind or _drawn(random, _KIND_SHARES)
        disguise = Disguise.NONE
        if kind is Kind.VIOLATING and random.random() < _DISGUISED:
            disguise = random.choice(tuple(Disguise)[1:])
        post = Post(
            id=str(self._written),
            account=f"account-{int(random.paretovariate(0.6)) % _ACCOUNTS}",
            text=self._text(language, kind, disguise),
            lang=language.value,
            published_at="2018-08-21T20:00:00+08:00",
            followers=int(random.paretovariate(0.8) * 100),
        )
        self._written += 1
        return Written(post, language, kind, disguise)

    def _text(self, language: Language, kind: Kind, disguise: Disguise) -> str:
        """Write a text: sentences until it is as long as it was meant to be."""
        random = self._random
        size = random.lognormvariate(0, _SPREAD) / 1.325 * _SIZES[language]
        size = min(max(size, _SHORTEST), _LONGEST)
        sentences: list[str] = []
        groups = random.choice(_SUBJECTS), random.choice(_OFFERS), "acting"
        while kind is Kind.VIOLATING and sum(map(len, sentences)) < 0.4 * size:
            sentences += self._promotion(self._script(language), disguise, groups)
        topics = random.sample(GROUPS, 3) if kind is Kind.TOPICAL else ()
        length = sum(map(len, sentences))
        while length < size or not sentences:
            sentence = self._sentence(self._script(language), int(size - length), topics)
            sentences.append(sentence)
            length += len(sentence)
        random.shuffle(sentences)
        return "".join(sentences).strip()

    def _script(self, language: Language) -> Language:
        """Return in which script the next sentence of a post is: mixed ones take turns."""
        if language is Language.MIXED:
            return Language.ZH if self._random.random() < 0.75 else Language.EN  # noqa: PLR2004
        return language

    def _sentence(self, script: Language, room: int, topics: Sequence[str]) -> str:
        """Write a sentence; one on some topics has one or two of their terms."""
        random = self._random
        words = self._words(script, min(random.randint(4, 26), 4 + room // 2))
        for topic in random.sample(topics, min(len(topics), random.randint(1, 2))):
            words.insert(random.randint(0, len(words)), self._term(topic, script))
        if random.random() < 0.22:  # noqa: PLR2004
            words.insert(random.randint(0, len(words)), self._figure(script))
        return _joined(random, script, words)

    def _words(self, script: Language, count: int) -> list[str]:
        """Return words of the language as they come."""
        source: Words = self.vocabulary.han if script is Language.ZH else self.vocabulary.latin
        return self._random.choices(source.words, cum_weights=source.cumulated, k=count)

    def _term(self, group: str, script: Language) -> str:
        """Return a term of a group in one script, the first ones more often."""
        terms = self.vocabulary.terms[group]
        han = len(terms) * 3 // 5
        first, last = (0, han) if script is Language.ZH else (han, len(terms))
        return terms[first + int((last - first) * self._random.random() ** 2)]

    def _promotion(self, script: Language, disguise: Disguise, groups: tuple[str, str, str]) -> list[str]:
        """Write two sentences of a promotion: what it is about, what it offers, what to do."""
        random = self._random
        subject, offer, call = groups
        terms = [self._term(group, script) for group in (subject, offer, offer, call)]
        hidden = [self._disguised(term, disguise) for term in terms]
        figure = random.choice(
            (
                f"{random.randint(2, 900)}%",
                f"{random.randint(2, 100)}{'倍' if script is Language.ZH else 'x'}",
                f"{random.randint(100, 90000)} USDT",
            )
        )
        first = [*hidden[:2], *self._words(script, 3), figure, hidden[2]]
        touch = random.choice((self._handle, self._link, self._phone, self._contact))()
        last = [*self._words(script, 2), hidden[3], hidden[1], touch]
        return [_joined(random, script, first), _joined(random, script, last)]

    def _disguised(self, term: str, disguise: Disguise) -> str:
        """Hide a term."""
        random = self._random
        match disguise:
            case Disguise.ZERO_WIDTH:
                return random.choice(_ZERO_WIDTH).join(term)
            case Disguise.SEPARATORS:
                return random.choice(_SEPARATORS).join(term.replace(" ", ""))
            case Disguise.FULL_WIDTH:
                return term.translate(_FULL_WIDTH)
            case Disguise.LOOK_ALIKES:
                return term.translate(_LOOK_ALIKES)
            case Disguise.TRADITIONAL:
                return term.translate(self._traditional)
        return term

    def _figure(self, script: Language) -> str:
        """Write what stands between words: a number, a date, a price, a link, a name, a tag."""
        random = self._random
        units = ("万", "元", "年", "%", "人", "倍") if script is Language.ZH else ("", "%", "k", "th")
        writers: Mapping[Callable[[], str], int] = {
            lambda: f"{int(random.paretovariate(0.7))}{random.choice(units)}": 45,
            lambda: f"2018-{random.randint(1, 12):02}-{random.randint(1, 28):02}": 15,
            lambda: f"{random.choice('$¥€')}{random.randint(1, 99999):,}": 12,
            self._link: 12,
            self._handle: 8,
            lambda: f"#{self._words(script, 1)[0]}#": 7,
            self._phone: 1,
        }
        return random.choices(tuple(writers), tuple(writers.values()))[0]()

    def _name(self) -> str:
        """Invent the name of a site or a person."""
        return "".join(self._random.choices(_HANDLES[:26], k=self._random.randint(4, 11)))

    def _handle(self) -> str:
        """Invent a handle."""
        return f"@{self._name()}{self._random.randint(0, 99)}"

    def _link(self) -> str:
        """Invent a link."""
        path = "".join(self._random.choices(_HANDLES, k=self._random.randint(0, 12)))
        return f"https://{self._name()}.{self._random.choice(_TOP_LEVEL)}/{path}"

    def _phone(self) -> str:
        """Invent a telephone number (the range 1380000 is given to nobody in particular)."""
        return f"1380000{self._random.randint(0, 9999):04}"

    def _contact(self) -> str:
        """Invent a WeChat contact."""
        return f"微信:{self._name()}_{self._random.randint(1, 999)}"


def as_json_lines(posts: Sequence[Post]) -> bytes:
    """Write posts as the lines of a JSONL file."""
    return msgspec.json.Encoder().encode_lines(posts)


def _drawn(random: Random, shares: Mapping[_Choice, float]) -> _Choice:
    """Draw one of several things by their shares."""
    return random.choices(tuple(shares), tuple(shares.values()))[0]


def _joined(random: Random, script: Language, words: Sequence[str]) -> str:
    """Make a sentence of words."""
    if script is Language.EN:
        text = " ".join(words)
        return text[:1].upper() + text[1:] + random.choice((". ", ". ", ". ", "! ", "? ", ",\n"))
    parts: list[str] = []
    since = 0
    for word in words:
        parts.append(word)
        since += 1
        if since > 3 and random.random() < 0.22:  # noqa: PLR2004  how long a clause is
            parts.append(random.choice(_PAUSES))
            since = 0
    return "".join(parts) + random.choice(_ENDS) + ("\n" if random.random() < 0.15 else "")  # noqa: PLR2004


def _traditional() -> dict[int, str]:
    """Return a traditional form of each character that has one: the first that folds to it."""
    forms: dict[int, str] = {}
    for code, normal in folding.table().items():
        if 0x4E00 <= code < 0xA000 and len(normal) == 1:  # noqa: PLR2004  the unified Han characters
            forms.setdefault(ord(normal), chr(code))
    return forms
