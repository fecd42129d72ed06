"""Programs that are kept alive: started again when they die, or hang."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.lines import Lines
from deploy.pulse import PATIENCE_S, Pulse

ROOT = Path(__file__).resolve().parents[1]
TIED = Path(__file__).with_name("tied.py")
LONGEST_PAUSE_S = 30.0  # before one that keeps falling is started again
STEADY_S = 60.0  # one that lived this long starts again at once
GRACE_S = 10.0
ABORT_S = 2.0  # to print where it hangs
LOOK_S = 0.5  # between two looks at the programs


def ending(code: int) -> str:
    """Say how a process ended, in an operator's words.

    Examples
    --------
    >>> ending(-9), ending(3)
    ('killed by signal 9 (SIGKILL)', 'ended with exit status 3')
    """
    if code >= 0:
        return f"ended with exit status {code}"
    try:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:  # a real-time signal has no name
        return f"killed by signal {-code}"


class Kept:
    """One program that is started again when it dies, in a group of its own.

    Parameters
    ----------
    name : str
        What it is called in the log.
    command : sequence of str
    lines : Lines
        Writes what it prints.
    env : mapping, optional
        Its environment; without it, ours.
    orphaned : str
        The signal it gets if this process is killed.

    Attributes
    ----------
    falls : int
        How often in a row it ended soon after its start.

    Raises
    ------
    OSError
        If it cannot be started the first time.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        lines: Lines,
        env: Mapping[str, str] | None = None,
        orphaned: str = "SIGTERM",
    ) -> None:
        self.name, self.lines, self.falls = name, lines, 0
        tied = [sys.executable, "-IS", str(TIED), orphaned, str(os.getpid())]
        self._command = [*tied, *command]
        self._env = dict(os.environ if env is None else env)
        self._pause_s = 1.0
        self.start()

    def start(self) -> None:
        """Start it; on the main thread, whose end is what it is tied to."""
        # Ctrl-C in a terminal reaches this program alone, which asks the others.
        self.process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._env,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
        )
        assert self.process.stdout is not None
        self.lines.follow(self.name, self.process.stdout)
        self._began = time.monotonic()
        self._due = 0.0
        self.say(f"process {self.process.pid}")

    def say(self, words: str) -> None:
        """Write a line about it."""
        self.lines.say(self.name, words)

    def look(self) -> None:
        """Start it again if it died: soon the first time, later the more it falls."""
        code = self.process.poll()
        if code is None:
            return
        if not self._due:
            self._fell(code)
            self.bury()
        elif time.monotonic() >= self._due:
            try:
                self.start()
            except OSError as error:  # no process or no memory to be had: later, then
                self._wait(f"cannot be started ({error.strerror})")

    def say_its_end(self) -> None:
        """Say how it ended, unless that was said when it fell."""
        if not self._due:
            self.say(ending(self.process.returncode))

    def _fell(self, code: int) -> None:
        if time.monotonic() - self._began > STEADY_S:
            self.falls, self._pause_s = 0, 0.5
        self.falls += 1
        self._wait(ending(code))

    def _wait(self, why: str) -> None:
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._due = time.monotonic() + self._pause_s
        self.say(f"{why}; again in {self._pause_s:.0f} s")

    def bury(self) -> None:
        """End what it left behind: nginx's workers would hold on to its port."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Front(Kept):
    """One Streamlit process on a port of its own, which must answer."""

    def __init__(
        self,
        port: int,
        env: Mapping[str, str],
        lines: Lines,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.port = port
        self.pulse = Pulse(port, patience_s)
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        command += [f"--server.port={port}", "--server.address=127.0.0.1"]
        command += ["--server.fileWatcherType=none", "--logger.hideWelcomeMessage=true"]
        # One that hangs hears nothing milder.
        super().__init__(f"front end {port}", command, lines, env, "SIGKILL")

    def start(self) -> None:
        """Start it, and give it time to answer."""
        super().start()
        self.pulse.begin()
        self._told = False

    def look(self) -> None:
        """Start it again if it died, and end it if it hangs; say when it answers."""
        if self.pulse.answered and not self._told:
            self._told = True
            self.say(f"answers, {time.monotonic() - self._began:.0f} s after its start")
        silent = self.pulse.silent_s()
        if silent and self.process.poll() is None:
            self.say(f"no answer for {silent:.0f} s: it hangs, and is ended")
            self._end()
        super().look()

    def _end(self) -> None:
        """Have it print where it hangs, if it can, and kill it."""
        self.process.send_signal(signal.SIGABRT)
        self.lines.pump(ABORT_S)
        self.bury()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE_S)
        self.pulse.begin()


def stop(kept: Sequence[Kept], lines: Lines) -> None:
    """End programs and what they started, and say how: asked first, then made to."""
    for one in kept:
        one.process.terminate()
    end = time.monotonic() + GRACE_S
    while time.monotonic() < end and any(one.process.poll() is None for one in kept):
        lines.pump(0.1)
    for one in kept:
        one.bury()
        one.process.wait()
    lines.end()
    for one in kept:
        one.say_its_end()


def look(kept: Sequence[Kept], lines: Lines, wait_s: float = LOOK_S) -> None:
    """Look after each once; pass on what they print meanwhile."""
    for one in kept:
        one.look()
    lines.pump(wait_s)
