"""Tools that kill what they have begun: run as they are, and loaded for their checks."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

_TOOLS = Path(__file__).parents[1] / "tools"


def ten_kills(name: str, folder: Path) -> str:
    """Run a tool with ten seeded kills, which it must come through; returns what it has told."""
    command = [
        sys.executable, str(_TOOLS / f"{name}.py"), "--kills", "10", "--seed", "7", "--keep", str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=300)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("10 kills, seed 7: "), done.stdout
    return done.stdout


def load_tool(name: str) -> ModuleType:
    """Load a tool."""
    sys.path.insert(0, str(_TOOLS))  # where tools find one another when they are run
    spec = importlib.util.spec_from_file_location(name, _TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
