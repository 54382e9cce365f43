"""No file over 400 lines: one that wants more is two ideas."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LONGEST = 400
CODE = {".py", ".html", ".css", ".js", ".typ", ".sh"}


def main() -> int:
    """Print each tracked code file that is too long; 1 when there is one."""
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    sizes = {name: len(Path(name).read_text().splitlines()) for name in tracked if Path(name).suffix in CODE}
    long = {name: size for name, size in sizes.items() if size > LONGEST and "/migrations/" not in name}
    for name, size in sorted(long.items()):
        print(f"{name}: {size} lines, at most {LONGEST}")
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(main())
