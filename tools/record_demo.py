"""Record what `tipstaff demo` prints, in colour, as docs/images/demo.svg.

Run it from the root of the project after the output has changed: `python tools/record_demo.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 110
OUT = Path("docs/images/demo.svg")


def main() -> None:
    """Run the demo as a newcomer would see it and write the picture."""
    command = [str(Path(sys.executable).with_name("tipstaff")), "demo"]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    printed = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    console = Console(record=True, width=WIDTH, file=Path(os.devnull).open("w"), force_terminal=True)  # noqa: SIM115
    console.print(Text.from_ansi(printed))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    console.save_svg(str(OUT), title="tipstaff demo")


if __name__ == "__main__":
    main()
