"""The server under test: the application as shipped, and the memory it takes."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
START_S = 180
MB = 1e6


@dataclass(frozen=True)
class Server:
    """Where it answers, and its process where it is one of ours."""

    url: str
    process: psutil.Process | None = None

    def memory_mb(self) -> float | None:
        """Return its resident memory, with that of processes it started."""
        if self.process is None:
            return None
        all_of_it = [self.process, *self.process.children(recursive=True)]
        return sum(one.memory_info().rss for one in all_of_it) / MB

    def seconds(self) -> float | None:
        """Return the processor's time it has used."""
        if self.process is None:
            return None
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def metric(self, name: str) -> float | None:
        """Return one number of ``/metrics`` that has no labels; None without it."""
        with contextlib.suppress(OSError):
            text = get(self.url + "/metrics")[1]
            for line in text.splitlines():
                if line.startswith(name + " "):
                    return float(line.split()[1])
        return None


def get(url: str) -> tuple[int, str]:
    """Return the status and text at an address."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextlib.contextmanager
def serve() -> Iterator[Server]:
    """Start the application on a free port; yield it once its models are warm."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    command += ["--server.headless=true", "--server.fileWatcherType=none"]
    started = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=None, env=os.environ
    )
    try:
        yield _ready(f"http://127.0.0.1:{port}", started)
    finally:
        started.terminate()
        try:
            started.wait(15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def _ready(url: str, started: "subprocess.Popen[bytes]") -> Server:
    until, said = time.monotonic() + START_S, "no answer"
    while time.monotonic() < until and started.poll() is None:
        with contextlib.suppress(OSError):
            status, said = get(url + "/readyz")
            if status == 200:
                return Server(url, psutil.Process(started.pid))
        time.sleep(0.2)
    raise RuntimeError(f"the server is not ready: {said}")
