"""Record what `tipstaff demo` prints, in colour, as docs/images/demo.png.

Run it from the root of the project after the output has changed: `python tools/record_demo.py`. Needs
Debian's `chromium`. A picture and no SVG, because Rich's SVG squeezes Chinese characters together.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

WIDTH = 94
SIZE = "880,2200"
WIDE = re.compile("[\u2e80-\u9fff\uff00-\uff60]")
OUT = Path("docs/images/demo.png")
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ background: {background}; color: {foreground}; margin: 12px; overflow: hidden; }}
pre {{ font: 15px/1.25 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "WenQuanYi Zen Hei Mono", monospace; }}
i.wide {{ display: inline-block; width: 2ch; font-style: normal; text-decoration: inherit; }}
{stylesheet}</style><pre><code>{code}</code></pre>"""


def main() -> None:
    """Run the demo as a newcomer would see it and take the picture."""
    command = [str(Path(sys.executable).with_name("tipstaff")), "demo"]
    environment = {
        **os.environ,
        "FORCE_COLOR": "1",
        "COLUMNS": str(WIDTH),
        "TERM": "xterm-256color",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    printed = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(printed))
        page = Path(folder) / "demo.html"
        html = console.export_html(theme=MONOKAI, code_format=PAGE)
        # In a terminal a Chinese character takes two columns, whatever width the font gives it.
        page.write_text(WIDE.sub(r'<i class="wide">\g<0></i>', html), encoding="utf-8")
        subprocess.run(
            [
                "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={folder}/profile", f"--window-size={SIZE}",
                f"--screenshot={OUT.resolve()}", page.as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
