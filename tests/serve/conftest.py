"""A cluster of two cores with two decoders, started as a reader would start it."""

import importlib.util
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
START_S, END_S = 400, 60
DECODERS = 2
CONFIG = f"""
[generative]
min_replicas = {DECODERS}
max_replicas = {DECODERS}
[classifiers]
max_replicas = 1
max_ongoing_requests = 1
max_queued_requests = 1
[full_size]
min_replicas = 0
"""


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """What Ray must know before it is imported; nothing of it stays."""
    if importlib.util.find_spec("ray") is None:  # not imported yet
        pytest.skip("more machines need Ray: pip install -r requirements-ray.txt")
    before = dict(os.environ)
    os.environ.update(
        RAY_AUTH_MODE="token",
        RAY_AUTH_TOKEN=secrets.token_hex(32),
        RAY_USAGE_STATS_ENABLED="0",
        RAY_ENABLE_AUTO_CONNECT="0",  # else its threads begin a cluster of their own
        EXPLORER_WARM="0",
        PYTHONPATH=str(ROOT),
    )
    yield dict(os.environ)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def address(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a cluster that serves every family."""
    folder = tmp_path_factory.mktemp("ray")
    config, log = folder / "own.toml", folder / "log"
    config.write_text(CONFIG)
    command = [sys.executable, "-m", "explorer.serve", "--local", "--cpus", "2"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--config", str(config)],
            cwd=folder,  # not where the code lies
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _started(process, log)
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(END_S)
        _, alive = psutil.wait_procs(family, END_S)
        for one in alive:
            one.kill()
    assert not alive, [one.pid for one in alive]


def _started(process: "subprocess.Popen[bytes]", log: Path) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        found = [line for line in log.read_text().splitlines() if " run at " in line]
        if found:
            return found[0].rsplit(" ", 1)[1]
        time.sleep(0.2)
    raise RuntimeError(f"the cluster did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def served(address: str) -> Iterator[Any]:
    """The engine of a front end that has joined the cluster."""
    from explorer.models.ray_cluster import Cluster
    from explorer.models.ray_engine import RayEngine

    engine = RayEngine(Cluster(address))
    yield engine
    engine.stop()
    engine.cluster.leave()
    _nothing_begins_anew()


def _nothing_begins_anew() -> None:
    """Ray's threads outlive the connection; what they call must not start a cluster."""
    import ray

    with pytest.raises(ray.exceptions.RaySystemError, match="has not been started"):
        ray.nodes()


@pytest.fixture
def states(served: Any) -> Callable[[], dict[int, dict[str, Any]]]:
    """``states()`` is what each decoder's process says of itself, by process number.

    Both are heard, or the test fails: who believes one of them busy asks the other
    only, for some seconds.
    """

    def ask() -> dict[int, dict[str, Any]]:
        handle = served.cluster._handle("generative")
        told: dict[int, dict[str, Any]] = {}
        end = time.monotonic() + END_S
        while time.monotonic() < end:
            for _ in range(24):
                one = handle.state.remote().result(timeout_s=60)
                told[one["pid"]] = one
            if len(told) >= DECODERS:
                return told
            time.sleep(0.5)
        raise AssertionError(f"{len(told)} of {DECODERS} decoders answer")

    def wait() -> dict[int, dict[str, Any]]:
        with ThreadPoolExecutor(1) as pool:  # Ray refuses a thread that has a loop
            return pool.submit(ask).result()

    return wait
