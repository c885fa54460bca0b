"""`tipstaff check`: for authors, before they publish."""

from __future__ import annotations

import argparse

from tipstaff.cli.language import add_language, chosen_language

NAME = "check"
HELP = "show which passages of a text would break a provision, before it is published"

_EPILOG = """Markdown (.md, .markdown, .mdx), HTML (.html, .htm, .xhtml) and text (.txt, .rst, .adoc, .org,
.tex, or no ending) are read; the standard input is taken for HTML if it begins like it, else for Markdown.
The title is that of the front matter, else <title> or the first heading. `sponsored: true` in the
front matter declares a paid promotion. Rules that find the same passages are shown together.

examples:
  tipstaff check article.md
  tipstaff check --policy ./my-policy --lang zh drafts/*.html
  pandoc article.docx -t markdown | tipstaff check -
  tipstaff check --json article.md | jq '.files[].problems[].rule'

exit codes: 0 clean; 1 something was found; 2 a file or a policy cannot be used
"""

_FOUND = 1
_UNREAD = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `check` is given."""
    parser.epilog = _EPILOG
    add = parser.add_argument
    add("file", nargs="+", metavar="FILE", help="a file, or - for the standard input")
    add("--policy", action="append", default=[], metavar="NAME|DIR", help="a policy; default: all that ship")
    add_language(parser)
    add("--json", action="store_true", help="write what was found as JSON")


def run(args: argparse.Namespace) -> int:
    """Check some files; what cannot be read is named, and keeps nothing from being shown of the others."""
    import sys

    from tipstaff.base.errors import InputError
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.documents.document import load_document
    from tipstaff.cli.documents.passages import check_documents
    from tipstaff.cli.documents.show import as_json, show_checked
    from tipstaff.cli.policies import load_policies

    language = chosen_language(args)
    documents, unread = [], []
    for name in dict.fromkeys(args.file):
        try:
            documents.append(load_document(name))
        except InputError as error:
            unread.append(error)
    checked = check_documents(documents, load_policies(args.policy), language)
    if args.json:
        sys.stdout.buffer.write(as_json(checked))
    elif documents:
        show_checked(stdout_console(), documents, checked, language)
    sys.stdout.flush()
    sys.stderr.writelines(f"tipstaff: {each}\n" for each in unread)
    if unread:
        return _UNREAD
    return _FOUND if any(each.problems for each in checked) else 0
