"""`python -m tipstaff`: the same as `tipstaff`."""

from __future__ import annotations

import sys

from tipstaff.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
