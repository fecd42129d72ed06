"""What a record says about the machine it was made on."""

import os
import platform


def machine() -> str:
    """Name processor kind, cores, Python and torch; no host names, no paths."""
    parts = [f"{platform.machine()}, {os.cpu_count()} cores"]
    parts.append(f"Python {platform.python_version()}")
    try:
        from importlib.metadata import version

        parts.append(f"torch {version('torch').split('+')[0]}")
    except ImportError:
        pass
    return ", ".join(parts)
