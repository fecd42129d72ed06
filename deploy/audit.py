"""Known weaknesses in the installed packages: ``make audit``.

Found ones fail, unless ``audit-ignore.txt`` names them with a reason. Without a
network nothing can be known: it says so, and the other checks go on.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

IGNORED = Path(__file__).with_name("audit-ignore.txt")
PATIENCE_S = 180


def ignored(text: str) -> dict[str, str]:
    """Read the list: a number of an advisory and, after it, why it does not matter.

    Raises
    ------
    ValueError
        If one has no reason.

    Examples
    --------
    >>> ignored("# head\\nCVE-1 the part is not used here")
    {'CVE-1': 'the part is not used here'}
    """
    lines = (line.strip() for line in text.splitlines())
    found = {}
    for line in (line for line in lines if line and not line.startswith("#")):
        name, _, why = line.partition(" ")
        if not why.strip():
            raise ValueError(f"{IGNORED.name} gives no reason for {name}")
        found[name] = why.strip()
    return found


def weaknesses(report: Mapping[str, Any], allowed: Mapping[str, str]) -> list[str]:
    """Return a sentence for each weakness found that the list does not allow."""
    told = []
    for package in report["dependencies"]:
        for one in package.get("vulns", ()):
            if not {one["id"], *one.get("aliases", ())} & set(allowed):
                mended = ", ".join(one.get("fix_versions", ())) or "no version yet"
                name = f"{package['name']} {package['version']}"
                told.append(f"{name}: {one['id']}, mended in {mended}")
    return told


def ask(command: Sequence[str]) -> dict[str, Any] | str:
    """Return the tool's report, or its last words where it could not make one."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        report: dict[str, Any] = json.loads(done.stdout)
        return report
    except subprocess.TimeoutExpired:
        return f"no answer in {PATIENCE_S} s"
    except json.JSONDecodeError:
        return (done.stderr.strip().splitlines() or ["no report"])[-1]


def main(command: Sequence[str] = ()) -> int:
    """Audit, say what was found, and return the exit status."""
    usual = [sys.executable, "-m", "pip_audit", "--local", "--format=json"]
    answer = ask(command or [*usual, "--progress-spinner=off", "--timeout=20"])
    if isinstance(answer, str):
        print(f"audit skipped, the advisories are out of reach: {answer}")
        return 0
    found = weaknesses(answer, ignored(IGNORED.read_text("utf-8")))
    print("\n".join(found) or "audit: no known weakness in the installed packages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
