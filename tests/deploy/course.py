"""The whole as a course runs it: two processes behind the system's nginx."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.browser.conftest import free_port

ROOT = Path(__file__).parents[2]
PROCESSES = 2
START_S = 120
PATIENCE_S = 60
HEALTH = "/_stcore/health"
STRANGERS = 16  # all on one of two processes: once in 32,768 times
STARTED = re.compile(r"^\S+ front end (\d+): process (\d+)$", re.M)
NGINX = re.compile(r"^\S+ nginx: process (\d+)$", re.M)
ASKED = re.compile(r"^\S+ nginx: (\d{3}) (\S+) (\S+) (.+) (\S+) (\S+)$")  # access log
MARK = 6  # of a reader's digits that are logged


def nginx() -> str | None:
    """Where the program is; None if it is not installed."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def gone(numbers: Iterable[int]) -> bool:
    """Whether processes have ended; one that nobody has asked how is a zombie."""
    return not any(map(_lives, numbers))


def _lives(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(true, what: str):
    """Wait for something to become true, and return it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"never: {what}")


@dataclass(frozen=True)
class Asked:
    """One line of nginx's log."""

    status: int
    method: str
    path: str
    processes: tuple[str, ...]  # those tried, in order: "host:port"
    reader: str


class Course:
    """A running course: its address, its processes, and what nginx passed on.

    Parameters
    ----------
    log : Path
        Where its lines go.
    options : str
        For the command line, beside port and number of processes.
    out : file, optional
        Where its lines go instead; the caller brings them to ``log``.
    env : str
        Variables of its environment.
    """

    def __init__(self, log: Path, *options: str, out=None, **env: str) -> None:
        self._log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, str(ROOT / "deploy" / "start.py")]
        command += [f"--port={self.port}", f"--processes={PROCESSES}", *options]
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, "EXPLORER_WARM": "0", **env},  # tests need the cores
                stdout=out or file,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Wait until both processes answer and nginx spreads readers over them."""
        end = time.monotonic() + START_S
        while time.monotonic() < end and self._process.poll() is None:
            if self._spreads():
                return
            time.sleep(0.2)
        raise RuntimeError(f"the course did not start:\n{self.log()[-2000:]}")

    def log(self) -> str:
        """All lines so far."""
        return self._log.read_text(errors="replace")

    def cookie(self, name: str) -> str:
        """What this course calls the cookie ``reader`` or ``home``."""
        return f"explorer_{name}_{self.port}"

    def _spreads(self) -> bool:
        before = len(self.asked(HEALTH))
        for _ in range(STRANGERS):
            get(self.url + HEALTH)
        late = self.asked(HEALTH)[before:]
        ends = {one.processes for one in late if len(one.processes) == 1}
        return len(ends) == PROCESSES and ends == {
            (f"127.0.0.1:{port}",) for port in self.fronts()
        }

    def fronts(self) -> dict[str, int]:
        """Each process's port and number, as of its latest start."""
        found = STARTED.findall(self.log())
        return {port: int(number) for port, number in found}

    def nginx(self) -> int:
        """The number of nginx, as of its latest start."""
        return int(NGINX.findall(self.log())[-1])

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end: its exit status."""
        return self._process.wait(PATIENCE_S)

    def asked(self, path: str = "") -> list[Asked]:
        """What nginx answered so far, all or of one path."""
        lines = self.log().splitlines()
        matches = [found for found in map(ASKED.match, lines) if found]
        asked = [
            Asked(int(m[1]), m[2], m[3], tuple(m[4].split(", ")), m[6]) for m in matches
        ]
        return [one for one in asked if one.path.startswith(path)]

    def served(self, reader: str) -> list[str]:
        """The ports of the processes that answered a reader in the end, each once."""
        mark = reader[:MARK]
        ends = [one.processes[-1] for one in self.asked() if one.reader == mark]
        return sorted({end.rpartition(":")[2] for end in ends if ":" in end})

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask for a page: its status, its headers by their small names, its bytes."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, _small(answer.headers), answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, _small(refusal.headers), refusal.read()
    except OSError as error:
        return 0, {}, json.dumps(str(error)).encode()


def _small(headers) -> dict[str, str]:
    """One value a name; cookies, which come a line each, with line ends between."""
    names = {name.lower() for name in headers}
    return {name: "\n".join(headers.get_all(name)) for name in names}
