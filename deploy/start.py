"""Serve the explorer from several processes behind nginx: ``python deploy/start.py``.

Needs the virtual environment and the system's nginx. Ctrl-C, SIGTERM, SIGHUP or SIGQUIT
stops all; if it is killed itself, the others end with it.
"""

import argparse
import errno
import importlib.util
import os
import resource
import secrets
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run by its path

from deploy import folders
from deploy.kept import Front, Kept, look, stop
from deploy.lines import Lines
from deploy.proxy import configuration, program, start_nginx
from deploy.pulse import PATIENCE_S, STARTING_S

SECRET = "STREAMLIT_SERVER_COOKIE_SECRET"
ADDRESS = "EXPLORER_ADDRESS"  # how "Share" knows that nginx is met in the network
SETTLE_S = 5.0  # nginx that ends sooner after its first start would do so again
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
FIRST_S = 60.0  # nginx waits so long for the first front end, then says 503
FALLS = 3  # of a front end in a row before any of them ever answered: it never will
LEFT_S = 5.0  # what a course that was killed has left is gone by then
MOST_PORT = 65_535


class Hopeless(RuntimeError):
    """The course cannot be started; the message says why."""


def free_ports(count: int, but: int = 0) -> list[int]:
    """Return ports that were free a moment ago, none of them ``but``."""
    probes = [socket.socket() for _ in range(count + 1)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        found = [int(probe.getsockname()[1]) for probe in probes]
        return [port for port in found if port != but][:count]
    finally:
        for probe in probes:
            probe.close()


def taken(host: str, port: int) -> str:
    """Return why a port cannot be had; empty if it can.

    One that another has is waited for: a course that was killed may just leave it.
    """
    end = time.monotonic() + LEFT_S
    while True:
        with socket.socket() as probe:
            # As its process will: a port that was left a moment ago is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return ""
            except OSError as error:
                why = error.strerror
                if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                    return why
        time.sleep(0.2)


def chosen_ports(count: int, first: int, nginx: int) -> list[int]:
    """Return the processes' ports: free ones, or those from ``first`` on.

    ``nginx`` is the port that nginx will have: free until it starts, and not for them.

    Raises
    ------
    Hopeless
        If one of them is taken: another's process would answer our readers.
    """
    if not first:
        return free_ports(count, nginx)
    ports = list(range(first, first + count))
    for port in ports:
        if why := taken("127.0.0.1", port):
            raise Hopeless(
                f"Port {port} cannot be had ({why}); name another --first-port, or 0 "
                "for free ones."
            )
    return ports


def environment(processes: int, given: Mapping[str, str]) -> dict[str, str]:
    """Return what each process is started with: one secret, its share of the cores."""
    share = str(max(1, (os.cpu_count() or 1) // processes))
    defaults = {
        SECRET: secrets.token_hex(32),
        "OMP_NUM_THREADS": share,
        ADDRESS: "auto",
        "PYTHONFAULTHANDLER": "1",  # one that hangs or breaks prints where
    }
    return defaults | dict(given)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8501, help="where nginx listens")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    parser.add_argument(
        "--first-port", type=int, default=0, help="of the processes; 0: free ones"
    )
    parser.add_argument("--certificate", default="", help="TLS: the chain, PEM")
    parser.add_argument("--key", default="", help="TLS: its key, PEM")
    parser.add_argument("--trusted", default="127.0.0.1", help="the balancer before us")
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE_S,
        help="seconds a process may stay silent before it is started again",
    )
    asked = parser.parse_args(given)
    if asked.processes < 1:
        parser.error(f"--processes must be at least 1, got {asked.processes}")
    if asked.patience <= 0:
        parser.error(f"--patience must be above 0 s, got {asked.patience}")
    if bool(asked.certificate) != bool(asked.key):
        parser.error("--certificate and --key go together")
    if not 1 <= asked.port <= MOST_PORT:
        parser.error(f"--port must be 1 to {MOST_PORT}, got {asked.port}")
    last = asked.first_port + asked.processes - 1
    if asked.first_port and not 1 <= asked.first_port <= last <= MOST_PORT:
        parser.error(
            f"--first-port must be 0, or so that all ports are 1 to {MOST_PORT}; got "
            f"{asked.first_port} to {last}"
        )
    if asked.first_port and asked.first_port <= asked.port <= last:
        parser.error(f"--port {asked.port} is also a process's: see --first-port")
    return asked


def check(asked: argparse.Namespace) -> list[int]:
    """Return the processes' ports, or say at once why nothing can be started.

    Raises
    ------
    Hopeless
        With a sentence for whoever started it.
    """
    if importlib.util.find_spec("streamlit") is None:
        raise Hopeless(
            f"{sys.executable} has no streamlit: run `make install`, then "
            "`.venv/bin/python deploy/start.py`."
        )
    program()
    if why := taken("0.0.0.0", asked.port):
        raise Hopeless(f"Port {asked.port} cannot be had ({why}); name another --port.")
    return chosen_ports(asked.processes, asked.first_port, asked.port)


def watch(fronts: Sequence[Front], nginx: Kept, lines: Lines, began: float) -> int:
    """Keep all alive until a signal says stop, or nginx cannot start at all."""
    end = time.monotonic() + SETTLE_S
    while time.monotonic() < end:
        if (code := nginx.process.poll()) is not None:
            lines.pump(0.0)
            return code or 1  # its port is taken, or it cannot read the certificate
        look(fronts, lines)
    while True:
        give_up_if_hopeless(fronts, began)
        look((*fronts, nginx), lines)


def wait_for_one(fronts: Sequence[Front], lines: Lines, began: float) -> None:
    """Wait until a front end takes connections, so that nobody meets a closed door."""
    while time.monotonic() < began + FIRST_S:
        for front in fronts:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", front.port)) == 0:
                    return
        give_up_if_hopeless(fronts, began)
        look(fronts, lines, 0.1)


def give_up_if_hopeless(fronts: Sequence[Front], began: float) -> None:
    """End where front ends keep falling and none has ever answered.

    All must have, or their time to start be over: one may fall while others load.

    Raises
    ------
    Hopeless
        With the name of the one that falls.
    """
    fallen = [front for front in fronts if front.falls >= FALLS]
    late = time.monotonic() > began + STARTING_S
    if not fallen or any(front.pulse.ever for front in fronts):
        return
    if late or len(fallen) == len(fronts):
        raise Hopeless(
            f"The {fallen[0].name} fell {FALLS} times before any answered: its lines "
            "above say why."
        )


def serve(
    asked: argparse.Namespace,
    ports: Sequence[int],
    run: Path,
    lines: Lines,
    kept: list[Kept],
) -> int:
    """Start the front ends, then nginx, each noted in ``kept``; watch them."""
    env = environment(asked.processes, os.environ)
    fronts: list[Front] = []
    began = time.monotonic()
    for port in ports:
        fronts.append(Front(port, env, lines, asked.patience))
        kept.append(fronts[-1])
    wait_for_one(fronts, lines, began)
    tls = (asked.certificate, asked.key)
    text = configuration(asked.port, ports, run, tls, asked.trusted)
    nginx = start_nginx(run, text, lines)
    kept.insert(0, nginx)  # stops first: nobody is sent to a process that is gone
    return watch(fronts, nginx, lines, began)


def _told(number: int, frame: FrameType | None) -> None:
    """Stop, once: a second signal would leave processes behind."""
    _deaf()
    raise KeyboardInterrupt


def _deaf() -> None:
    for one in STOPS:
        signal.signal(one, signal.SIG_IGN)


def main() -> int:
    """Start all, watch, and stop all."""
    asked = arguments()
    try:
        ports = check(asked)
    except Hopeless as error:
        raise SystemExit(str(error)) from None
    for one in STOPS:
        if one != signal.SIGHUP or signal.getsignal(one) != signal.SIG_IGN:  # nohup
            signal.signal(one, _told)
    # A process that breaks would write its memory to disk, with readers' photos.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines, kept = Lines(), list[Kept]()
    with folders.run_folder() as folder:
        try:
            return serve(asked, ports, folder, lines, kept)
        except KeyboardInterrupt:
            return 0
        except (Hopeless, OSError) as error:
            lines.say("course", str(error))
            return 1
        finally:
            _deaf()
            stop(kept, lines)


if __name__ == "__main__":
    sys.exit(main())
