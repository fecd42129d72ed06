"""Serve the explorer from several processes behind nginx: ``python deploy/start.py``.

Needs the virtual environment and the system's nginx. Ctrl-C or SIGTERM stops all.
"""

import argparse
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
SECRET = "STREAMLIT_SERVER_COOKIE_SECRET"
LOOK_S = 0.5  # between two looks at the processes
LONGEST_PAUSE_S = 30.0  # before one that keeps falling is started again
STEADY_S = 60.0  # one that lived this long starts again at once
GRACE_S = 10.0
SETTLE_S = 5.0  # nginx that ends sooner after its first start would do so again
STOPS = (signal.SIGINT, signal.SIGTERM)
FIRST_S = 60.0  # nginx waits so long for the first front end, then says 503


def render(template: str, values: Mapping[str, str]) -> str:
    """Put values in the place of ``${NAME}``; nginx's own ``$name`` stay.

    Raises
    ------
    KeyError
        If the template names a value that is not given.

    Examples
    --------
    >>> render("listen ${PORT}; set $x 1;", {"PORT": "80"})
    'listen 80; set $x 1;'
    """
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: values[found[1]], template)


def servers(ports: Sequence[int]) -> str:
    """Return the lines of nginx's upstream."""
    line = "server 127.0.0.1:{} max_fails=1 fail_timeout=5s;"
    return "\n        ".join(line.format(port) for port in ports)


def homes(ports: Sequence[int]) -> str:
    """Return nginx's upstreams of one process each: where its readers live."""
    line = "upstream home_{0} {{ server 127.0.0.1:{0} max_fails=0; keepalive 32; }}"
    return "\n    ".join(line.format(port) for port in ports)


def listen(port: int, certificate: str = "", key: str = "") -> str:
    """Return nginx's listen lines, with TLS where a certificate is given."""
    if not certificate:
        return f"listen {port};"
    return (
        f"listen {port} ssl http2;\n        ssl_certificate {certificate};\n"
        f"        ssl_certificate_key {key};\n"
        "        ssl_protocols TLSv1.2 TLSv1.3;\n"
        "        ssl_session_cache shared:tls:10m;"
    )


def free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def chosen_ports(count: int, first: int) -> list[int]:
    """Return the processes' ports: free ones, or those from ``first`` on.

    Raises
    ------
    ValueError
        If one of them is taken: another's process would answer our readers.
    """
    if not first:
        return free_ports(count)
    ports = list(range(first, first + count))
    for port in ports:
        with socket.socket() as probe:
            # As its process will: a port that was left a moment ago is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise ValueError(
                    f"Port {port} cannot be had ({error.strerror}); name another "
                    "--first-port, or 0 for free ones."
                ) from None
    return ports


def environment(processes: int, given: Mapping[str, str]) -> dict[str, str]:
    """Return what each process is started with: one secret, its share of the cores."""
    share = str(max(1, (os.cpu_count() or 1) // processes))
    defaults = {SECRET: secrets.token_hex(32), "OMP_NUM_THREADS": share}
    return defaults | dict(given)


class Kept:
    """One program that is started again when it dies, in a group of its own."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._command = list(command)
        self._env = dict(os.environ if env is None else env)
        self._pause_s = 1.0
        self._start()

    def _start(self) -> None:
        # Ctrl-C in a terminal reaches this program alone, which asks the others.
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._env, start_new_session=True
        )
        self._began = time.monotonic()
        self._due = 0.0
        print(f"{self.name}: process {self.process.pid}", flush=True)

    def look(self) -> None:
        """Start it again if it died: soon the first time, later the more it falls."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if not self._due:
            steady = now - self._began > STEADY_S
            self._pause_s = 1.0 if steady else min(2 * self._pause_s, LONGEST_PAUSE_S)
            self._due = now + self._pause_s
            self.bury()
        elif now >= self._due:
            self._start()

    def bury(self) -> None:
        """End what it left behind: nginx's workers would hold on to its port."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Front(Kept):
    """One Streamlit process on a port of its own."""

    def __init__(self, port: int, env: Mapping[str, str]) -> None:
        self.port = port
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        command += [f"--server.port={port}", "--server.address=127.0.0.1"]
        command += ["--server.fileWatcherType=none"]
        super().__init__(f"front end {port}", command, env)


def stop(kept: Sequence[Kept]) -> None:
    """End programs and what they started: asked first, made to after a while."""
    for one in kept:
        one.process.terminate()
    end = time.monotonic() + GRACE_S
    for one in kept:
        with contextlib.suppress(subprocess.TimeoutExpired):
            one.process.wait(max(0.1, end - time.monotonic()))
        one.bury()
        one.process.wait()


def start_nginx(folder: Path, text: str) -> Kept:
    """Write the configuration and start nginx in the foreground with it."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise SystemExit("nginx is not installed: apt-get install nginx")
    (folder / "nginx.conf").write_text(text, "utf-8")
    command = [program, "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"]
    return Kept("nginx", [*command, "-g", "daemon off;"])


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8500, help="where nginx listens")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    parser.add_argument(
        "--first-port", type=int, default=0, help="of the processes; 0: free ones"
    )
    parser.add_argument("--certificate", default="", help="TLS: the chain, PEM")
    parser.add_argument("--key", default="", help="TLS: its key, PEM")
    parser.add_argument("--trusted", default="127.0.0.1", help="the balancer before us")
    asked = parser.parse_args(given)
    if asked.processes < 1:
        parser.error(f"--processes must be at least 1, got {asked.processes}")
    if bool(asked.certificate) != bool(asked.key):
        parser.error("--certificate and --key go together")
    return asked


def watch(fronts: Sequence[Front], nginx: Kept) -> int:
    """Keep all alive until a signal says stop, or nginx cannot start at all."""
    end = time.monotonic() + SETTLE_S
    while time.monotonic() < end:
        if (code := nginx.process.poll()) is not None:
            return code or 1  # its port is taken, or it cannot read the certificate
        _look((*fronts,))
    while True:
        _look((*fronts, nginx))


def _look(kept: Sequence[Kept]) -> None:
    for one in kept:
        one.look()
    time.sleep(LOOK_S)


def _told(number: int, frame: FrameType | None) -> None:
    """Stop, once: a second signal would leave processes behind."""
    for one in STOPS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


def wait_for_one(fronts: Sequence[Front]) -> None:
    """Wait until a front end takes connections, so that nobody meets a closed door."""
    end = time.monotonic() + FIRST_S
    while time.monotonic() < end:
        for front in fronts:
            front.look()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", front.port)) == 0:
                    return
        time.sleep(0.1)


def configuration(asked: argparse.Namespace, ports: Sequence[int], run: Path) -> str:
    """Return nginx's configuration for what was asked on the command line."""
    values = {
        "EXPLORER_LISTEN": listen(asked.port, asked.certificate, asked.key),
        "EXPLORER_SERVERS": servers(ports),
        "EXPLORER_HOMES": homes(ports),
        "EXPLORER_TRUSTED": asked.trusted,
        "EXPLORER_RUN": str(run),
    }
    return render(TEMPLATE.read_text("utf-8"), values)


def main() -> int:
    """Start all, watch, and stop all."""
    asked = arguments()
    try:
        ports = chosen_ports(asked.processes, asked.first_port)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    for one in STOPS:
        signal.signal(one, _told)
    env = environment(asked.processes, os.environ)
    kept: list[Kept] = []
    with tempfile.TemporaryDirectory(prefix="explorer-") as folder:
        os.chmod(folder, 0o711)  # nginx's workers run as nobody when it is root
        try:
            return serve(asked, ports, env, Path(folder), kept)
        except KeyboardInterrupt:
            return 0
        finally:
            for one in STOPS:
                signal.signal(one, signal.SIG_IGN)
            stop(kept)


def serve(
    asked: argparse.Namespace,
    ports: Sequence[int],
    env: Mapping[str, str],
    run: Path,
    kept: list[Kept],
) -> int:
    """Start the front ends, then nginx, each noted in ``kept``; watch them."""
    fronts: list[Front] = []
    for port in ports:
        fronts.append(Front(port, env))
        kept.append(fronts[-1])
    wait_for_one(fronts)
    nginx = start_nginx(run, configuration(asked, ports, run))
    kept.insert(0, nginx)  # stops first: nobody is sent to a process that is gone
    return watch(fronts, nginx)


if __name__ == "__main__":
    sys.exit(main())
