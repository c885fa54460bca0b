"""Reading documents: what their readers see, and where in the file it stands."""

from __future__ import annotations

import html

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tipstaff.cli.documents.document import Document, Markup, read_document
from tipstaff.cli.language import environment_language
from tipstaff.policy.model import Language


def read(source: str, markup: Markup = Markup.MARKDOWN) -> Document:
    """Read a source."""
    return read_document("test", source, markup)


def title_of(document: Document) -> str | None:
    """Return the title of a document."""
    return document.title.text if document.title else None


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("**bold** _it_ ~~gone~~ `code` snake_case 2 * 3", "bold it gone code snake_case 2 * 3"),
        ("one\ntwo\n\nthree", "one two\nthree"),
        ("中文\n换行", "中文换行"),
        ("- one\n- [x] two\n1. three", "one\ntwo\nthree"),
        ("> quoted\n> more\n\nnot", "quoted more\nnot"),
        ("| a | b |\n|---|:-:|\n| c | d |", "a\nb\nc\nd"),
        ("[text](https://a.example/x_(y) 'hint') end", "text https://a.example/x_(y) hint end"),
        ("[text](../relative.md) end", "text end"),
        ("![a picture](pic.png)", "a picture"),
        ("[![badge](b.svg)](https://c.example) [not a link]", "badge https://c.example [not a link]"),
        ("<https://a.example> and https://b.example", "https://a.example and https://b.example"),
        (r"\*kept\* &amp; &lt;", "*kept* & <"),
        ("<b>稳</b>赚 <a href='https://d.example'>x</a>", "稳赚 x https://d.example"),
        ("a <!-- no\nnot this --> b", "a b"),
        ("a <!-- never closed", "a <!-- never closed"),
        ("<script>\nx()\n</script>\nafter", "after"),
        ("in `<script>` and `<!--` code", "in <script> and <!-- code"),
        ("```html\n<script>\n```\nafter `</script>`", "<script>\nafter </script>"),
        ("a\\\nb  \nc", "a\nb\nc"),
        ("***\ntext\n\n---", "text"),
    ],
)
def test_markdown_is_read_as_it_is_shown(source: str, seen: str) -> None:
    """Marks are left out; text, code, alternative texts and outside addresses stay."""
    assert read(source).text.text == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>稳<b>赚</b>不\n赔</p><p>x  y<br>z", "稳赚不赔\nx y\nz"),
        ("a<style>p{}</style><script>if (a<b) x()</script><template>t</template>b", "ab"),
        ("&lt;b&gt; &amp; &#x4e70; caf&eacute; &nosuch; &", "<b> & 买 café &nosuch; &"),
        ("<a href='https://a.example/?x=1&amp;y=2'>go</a>!", "go https://a.example/?x=1&y=2 !"),
        ("<a href='https://a.example'>https://a.example</a>", "https://a.example"),
        ("<a href='#top'>up</a> <a href='javascript:x()'>js</a>", "up js"),
        ("<img alt='a &quot;b&quot;' src=x>c<!-- d -->", 'a "b" c'),
        ("<pre>a\n  b</pre>c", "a\n  b\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<title>T</title><title>not</title>", "not"),
    ],
)
def test_html_is_read_as_it_is_shown(source: str, seen: str) -> None:
    """Scripts, styles and comments are left out, white space is one space, blocks are lines."""
    assert read(source, Markup.HTML).text.text == seen


@pytest.mark.parametrize(
    ("source", "markup", "title", "text"),
    [
        ("# One **two**\ntext", Markup.MARKDOWN, "One two", "text"),
        ("text\n\nHeading\n===\nmore", Markup.MARKDOWN, "Heading", "text\nmore"),
        ("---\ntitle: 'Front'\n---\n# Heading", Markup.MARKDOWN, "Front", "Heading"),
        ('+++\ntitle = "Front"\n+++\ntext', Markup.MARKDOWN, "Front", "text"),
        (
            "---\r\ntitle: >-\r\n  two\r\n  lines\r\ntags: []\r\n---\r\ntext",
            Markup.MARKDOWN,
            "two lines",
            "text",
        ),
        ("---\ntitle:\n---\n# Heading", Markup.MARKDOWN, "Heading", ""),
        ("<title>A\n B</title><h1>C</h1>d", Markup.HTML, "A B", "C\nd"),
        ("<h2>C</h2>d<h2>e</h2>", Markup.HTML, "C", "d\ne"),
        ("# no heading in text", Markup.TEXT, None, "# no heading in text"),
    ],
)
def test_titles(source: str, markup: Markup, title: str | None, text: str) -> None:
    """The title is that of the front matter, else of the page, else the first heading, and not text."""
    document = read(source, markup)
    assert (title_of(document), document.text.text) == (title, text)


@pytest.mark.parametrize(
    ("line", "declared"), [("sponsored: true", True), ("sponsored: no", False), ("x: 1", False)]
)
def test_authors_declare_sponsorship_in_the_front_matter(line: str, declared: bool) -> None:  # noqa: FBT001
    """A declaration counts only where it says yes."""
    assert read(f"---\n{line}\n---\ntext").sponsored is declared


@pytest.mark.parametrize("markup", list(Markup))
@example(source="a &amp; &#x4e70; <b title='&lt;'>&gt;</b>")
@example(source="<![1")
@given(source=st.text(st.sampled_from("ab 中文\n\r\t#*_`~[]()<>!&;|-=>+.\\'\"/1:\u200b"), max_size=120))
def test_every_letter_knows_where_it_stands(markup: Markup, source: str) -> None:
    """Whatever is read, each code point is that of the source, or stands for a reference or a space."""
    document = read(source, markup)
    for extract in filter(None, (document.title, document.text)):
        assert len(extract.text) == len(extract.starts) == len(extract.ends)
        for char, start, end in zip(extract.text, extract.starts, extract.ends, strict=True):
            there = source[start:end]
            assert 0 <= start < end <= len(source)
            assert char == there or char in " \n" or char in html.unescape(there)


def test_what_a_browser_takes_for_a_comment_is_none_of_the_text() -> None:
    """Sections that only XML has, and what looks like one, end with the next `>`, or are text without one."""
    assert read("a <![if !IE]>b<![endif]> c", Markup.HTML).text.text == "a b c"
    assert read("a <![1>b", Markup.HTML).text.text == "a b"


@given(st.text(st.sampled_from("ab 中文\n#*_`~!|-=>+.1"), max_size=80))
def test_no_letter_of_markdown_escapes(source: str) -> None:
    """However marks are put, all letters come out in their order, in the title or in the text."""
    assume("```" not in source and "~~~" not in source)  # what stands after a fence is not shown
    document = read(source)
    letters = sorted(char for char in source if char.isalpha())
    assert (
        sorted(char for char in (title_of(document) or "") + document.text.text if char.isalpha()) == letters
    )


@given(
    st.text(st.sampled_from("ab 中&;\r\nlt"), max_size=60), st.text(st.sampled_from("xy\n中"), max_size=20)
)
def test_places_count_lines_and_columns_from_one(before: str, after: str) -> None:
    """A place is where an editor shows it: the line breaks before it, and the code points since the last."""
    document = read(f"{before}@{after}", Markup.TEXT)
    offset = len(before)
    line, column = document.place(offset)
    assert line == before.count("\n") + 1
    assert column == len(before) - (before.rfind("\n") + 1) + 1
    start, end = document.line(line)
    assert start <= offset < end
    assert "\n" not in document.source[start:end]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, Language.EN),
        ({"LANG": "zh_CN.UTF-8"}, Language.ZH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, Language.ZH),
        ({"LANG": "zh_CN", "LC_ALL": ""}, Language.ZH),
    ],
)
def test_the_environment_chooses_the_language(environment: dict[str, str], language: Language) -> None:
    """The first of LC_ALL, LC_MESSAGES and LANG that is set decides."""
    assert environment_language(environment) is language
