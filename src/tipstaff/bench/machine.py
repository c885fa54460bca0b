"""The machine on which something is measured."""

from __future__ import annotations

import os
import platform
import re
import resource
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tipstaff.bench.results import Machine


def machine(packages: Sequence[str]) -> Machine:
    """Say where this runs, and with which versions of some packages."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("model name")
        ]
        processor = names[0].partition(":")[2].strip() if names else processor
    return Machine(
        processor=processor,
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        packages={name: version(name) for name in packages},
        load=os.getloadavg()[0],
    )


def peak_mb() -> float:
    """Return the most memory that this process has used, in MB.

    `ru_maxrss` outlives `exec`, so that of a process which was just started may be its parent's; Linux keeps
    what it was since then.
    """
    status = Path("/proc/self/status")
    if status.is_file() and (found := re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
