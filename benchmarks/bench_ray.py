"""The served engine against the local one: throughput and waits, in a small table.

Usage: ``python -m benchmarks.bench_ray [--seconds 5] [--readers 1 8] [--replicas 2]``.
Starts a cluster of this machine's cores, measures both in turns, and ends it.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from explorer.core.samples import load_sample
from explorer.models import zoo
from explorer.models.families import family

ROOT = Path(__file__).parents[1]
START_S, END_S = 300, 60
JOBS = {
    "decoder": ("digits_vae_2", "decode", "z"),
    "YOLO v2": ("everyday_yolo_v2", "detect", "image"),
    "EfficientNet-Lite0": ("efficientnet_lite0", "classify", "image"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_ray")
    parser.add_argument("--seconds", type=float, default=5.0, help="of a measurement")
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--replicas", type=int, default=2, help="of each family")
    asked = parser.parse_args()
    with cluster(asked.replicas) as address:
        from explorer.models.engine import Engine
        from explorer.models.ray_cluster import Cluster
        from explorer.models.ray_engine import RayEngine

        engines = {"local": Engine(), "Ray": RayEngine(Cluster(address))}
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print("| Job | Readers | Engine | Answers a second | Median ms | p95 ms |")
        print("|---|---:|---|---:|---:|---:|")
        for what, job in JOBS.items():
            for readers in asked.readers:
                for name, engine in engines.items():
                    times = measure(engine.run, job, readers, asked.seconds)
                    print(row(what, readers, name, times, asked.seconds), flush=True)
        for engine in engines.values():
            engine.stop()
    return 0


@contextlib.contextmanager
def cluster(replicas: int) -> Iterator[str]:
    """Serve this machine's models from a cluster of its own; yields the address."""
    known = zoo.records()
    asked = {family(known[name], known) for name, _, _ in JOBS.values()}
    with tempfile.TemporaryDirectory() as folder:
        config, log = Path(folder, "bench.toml"), Path(folder, "log")
        config.write_text(
            f"[default]\nmin_replicas = 0\nmax_replicas = {replicas}\nnum_cpus = 0.1\n"
            + "".join(f"[{name}]\nmin_replicas = {replicas}\n" for name in asked)
        )
        command = [sys.executable, "-m", "explorer.serve", "--local"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "--config", str(config)], cwd=ROOT, stdout=out, stderr=out
            )
        try:
            yield address_of(process, log)
        finally:
            process.terminate()
            process.wait(END_S)


def address_of(process: "subprocess.Popen[bytes]", log: Path) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text().splitlines():
            if " run at " in line:
                return line.rsplit(" ", 1)[1]
        time.sleep(0.5)
    raise SystemExit(f"The cluster did not start:\n{log.read_text()[-2000:]}")


def measure(
    run: Callable[..., Any], job: tuple[str, str, str], readers: int, seconds: float
) -> list[float]:
    """Return the milliseconds of every answer to readers who each ask at once again."""
    times: list[list[float]] = [[] for _ in range(readers)]
    for _ in range(8):  # weights, every replica's first run
        ask(run, job, np.random.default_rng(0))
    end = time.perf_counter() + seconds

    def reader(mine: list[float], seed: int) -> None:
        random = np.random.default_rng(seed)
        while (start := time.perf_counter()) < end:
            ask(run, job, random)
            mine.append((time.perf_counter() - start) * 1e3)

    threads = [
        threading.Thread(target=reader, args=(mine, seed))
        for seed, mine in enumerate(times)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ms for mine in times for ms in mine]


def ask(
    run: Callable[..., Any], job: tuple[str, str, str], random: np.random.Generator
) -> None:
    """Ask what nobody else asks: the same job at the same time is run once."""
    name, method, argument = job
    if argument == "z":
        run(name, method, z=random.normal(size=(1, 2)).astype(np.float32))
        return
    image = load_sample("astronaut").image.copy()
    image[:2] = random.integers(0, 256, (2, *image.shape[1:]))
    run(name, method, image=image)


def row(
    what: str, readers: int, engine: str, times: list[float], seconds: float
) -> str:
    median, p95 = np.percentile(times, [50, 95])
    rate = len(times) / seconds
    return f"| {what} | {readers} | {engine} | {rate:.1f} | {median:.1f} | {p95:.1f} |"


if __name__ == "__main__":
    sys.exit(main())
