"""Deploy the engine onto a cluster: ``python -m explorer.serve``."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from explorer.models.engine import EngineError
from explorer.models.ray_cluster import AUTO, VARIABLE, connect, settle
from explorer.serve.settings import SettingsError

DONE, MISUSED = 0, 2  # exit statuses
STORE_BYTES = 256 * 2**20  # of a cluster started here: pictures in, arrays out


def main(arguments: list[str] | None = None) -> int:
    """Deploy, say so, and return the exit status; with ``--local`` stay until told."""
    parsed = _parser().parse_args(arguments)
    try:
        address = _start(parsed.cpus) if parsed.local else _join(parsed.address)
        names = _deploy(parsed.config)
    except (EngineError, SettingsError) as error:
        print(error, file=sys.stderr)
        return MISUSED
    print(f"{', '.join(names)} run at {address}", flush=True)
    if parsed.local:
        _wait()
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explorer.serve",
        description="Serve the explorer's models on a cluster of Ray.",
    )
    parser.add_argument(
        "--address",
        default=os.environ.get(VARIABLE) or AUTO,
        help=f"of the cluster (default: {VARIABLE}, or the one this machine is in)",
    )
    parser.add_argument("--config", type=Path, help="TOML file of replicas and shares")
    parser.add_argument(
        "--local",
        action="store_true",
        help="start a cluster on this machine and keep it until interrupted",
    )
    parser.add_argument(
        "--cpus", type=int, help="cores of the cluster that --local starts"
    )
    return parser


def _join(address: str) -> str:
    connect(address)
    return address


def _start(cpus: int | None) -> str:
    """Start a cluster of this machine alone; return its address."""
    settle()
    import ray

    ray.init(
        "local",  # even where another one runs
        num_cpus=cpus,
        object_store_memory=STORE_BYTES,
        include_dashboard=False,
        log_to_driver=False,
    )
    return str(ray.get_runtime_context().gcs_address)


def _deploy(config: Path | None) -> list[str]:
    from explorer.serve.deploy import run

    try:
        return run(config)
    except RuntimeError as error:
        raise EngineError(
            f"{error} Each machine of the cluster needs this repository on its "
            "PYTHONPATH, and its packages; the logs of Ray say more."
        ) from error


def _wait() -> None:
    """Return when the process is interrupted or told to end."""
    told = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: told.set())
    told.wait()


if __name__ == "__main__":
    sys.exit(main())
