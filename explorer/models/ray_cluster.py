"""A front end's way to a cluster of Ray Serve: connect, ask, tell what went wrong."""

import concurrent.futures as futures
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.models import zoo
from explorer.models.answers import EngineError
from explorer.models.families import PREFIX, families

VARIABLE = "EXPLORER_RAY_ADDRESS"
AUTO = "auto"  # the cluster that this machine is part of
AGAIN_S = 5.0  # after a failed connection: until then the same sentence, at once
READY_S = 5.0  # to hear whether all is well
LOOK_S = 1.0  # between two looks whether it has
SILENT_S = 30.0  # a cluster that says nothing for so long is gone, not slow
# Ray ends a process whose cluster's head is gone for a minute: a front end's readers
# would lose their pages. It leaves and joins again by itself instead (``ready``).
PATIENCE = ("RAY_gcs_rpc_server_reconnect_timeout_s", str(365 * 86_400))
TOKENS = {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"}  # Ray's own variables


class Lost(RuntimeError):
    """The machine or process that had a job is gone; asking again may help."""


class Full(RuntimeError):
    """The cluster has as many jobs waiting as it may."""


class _Look:
    """A question to the cluster whether all is well, which may never be answered."""

    def __init__(self, ask: Callable[[], dict[str, str]]) -> None:
        self.since = time.monotonic()
        self.states: futures.Future[dict[str, str]] = futures.Future()
        self._ask = ask
        threading.Thread(target=self._run, name="look", daemon=True).start()

    def _run(self) -> None:
        try:
            self.states.set_result(self._ask())
        except Exception as error:
            self.states.set_exception(error)


class Cluster:
    """One connection a process, made when it is first needed.

    Parameters
    ----------
    address : str, optional
        Of the cluster: ``host:port``, ``ray://host:port``, or ``auto``; without it
        ``EXPLORER_RAY_ADDRESS``.
    """

    def __init__(self, address: str | None = None) -> None:
        self.address = address or os.environ.get(VARIABLE, "").strip() or AUTO
        self._guard = threading.Lock()
        self._doubting = threading.Lock()
        self._asking = threading.Lock()
        self._leaving = False
        self._handles: dict[str, Any] = {}
        self._look: _Look | None = None
        self._failed = ("", -AGAIN_S)

    def ask(
        self,
        family: str,
        job: tuple[str, str, dict[str, Any], str],
        timeout_s: float,
        future: "futures.Future[Any]",
    ) -> dict[str, Any]:
        """Send a job to its family; return what the replica tells.

        Raises
        ------
        Lost
            If the replica, its machine or the connection went away.
        Full
            If too many jobs wait already.
        TimeoutError
            If there was no answer within ``timeout_s`` seconds, or not even one to the
            future's having been cancelled.
        EngineError
            If there is no cluster, or the family isn't deployed on it.
        """
        handle = self._handle(family)
        response = handle.answer.remote(*job)
        future.add_done_callback(lambda done: done.cancelled() and response.cancel())
        try:
            return _told(response, timeout_s, future)
        except TimeoutError:
            response.cancel()
            raise
        except Exception as error:
            raise _meaning(error, job[0]) from error

    def ready(self) -> tuple[bool, str]:
        """Say whether every family answers, and in a sentence why not."""
        try:
            states = self._looking().states.result(READY_S)
        except futures.TimeoutError:
            return False, self._silent()
        except Exception as error:
            return False, str(error)
        absent = [n for n in families(zoo.records()) if states.get(n) != "RUNNING"]
        if absent:
            return False, f"Not running on the cluster: {', '.join(absent)}."
        return True, f"All {len(states)} families run on the cluster."

    def doubt(self) -> None:
        """See whether the cluster answers; leave it where it doesn't for long.

        Ray does not say that a cluster is gone, and its calls would wait for ever. The
        next job joins anew. One thread looks for all who doubt meanwhile.
        """
        if not self._doubting.acquire(blocking=False):
            return
        try:
            look = self._looking()
            while self._look is look and not look.states.done():
                if time.monotonic() > look.since + SILENT_S:
                    self.leave()
                    return
                time.sleep(LOOK_S)
        finally:
            self._doubting.release()

    def _looking(self) -> _Look:
        """Return the question that is still open, or ask anew."""
        with self._asking:
            look = self._look
            if look is None or look.states.done():
                look = self._look = _Look(self._states)
            return look

    def leave(self) -> None:
        """Close the connection, if this process has one; jobs are refused meanwhile."""
        import ray

        self._leaving, self._look = True, None
        with self._guard:
            for handle in self._handles.values():  # its thread goes on measuring, else
                threading.Thread(target=handle.shutdown, daemon=True).start()
            self._handles.clear()
            ray.shutdown()
            self._leaving = False

    def _silent(self) -> str:
        return f"The cluster at {self.address} does not answer; try again in a while."

    def _states(self) -> dict[str, str]:
        if self._leaving:
            raise EngineError(self._silent())
        with self._guard:
            self._connect()
        from ray import serve

        found = serve.status().applications
        return {
            name.removeprefix(PREFIX): about.status.value
            for name, about in found.items()
            if name.startswith(PREFIX)
        }

    def _handle(self, family: str) -> Any:
        if self._leaving:
            raise EngineError(self._silent())
        with self._guard:
            if family not in self._handles:
                self._connect()
                self._handles[family] = _found(family)
            return self._handles[family]

    def _connect(self) -> None:
        """Join the cluster; called with the guard held."""
        sentence, at = self._failed
        if time.monotonic() < at + AGAIN_S:
            raise EngineError(sentence)
        try:
            connect(self.address)
        except EngineError as error:
            self._failed = (str(error), time.monotonic())
            raise


def settle() -> None:
    """Tell Ray, before it is imported, what it can be told in no other way.

    It reports nothing to anybody. A cluster that was started asks for a token; a
    process that joins sends one only where this is said, even if it has one.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")  # once left, it stays left
    own = Path("~/.ray/auth_token").expanduser()
    if TOKENS & set(os.environ) or own.is_file():
        os.environ.setdefault("RAY_AUTH_MODE", "token")


def connect(address: str) -> None:
    """Join a cluster that runs, unless this process has joined one already.

    Raises
    ------
    EngineError
        If Ray is not installed, or there is no cluster at the address.
    """
    settle()
    os.environ.setdefault(*PATIENCE)
    if address != AUTO:  # Ray may join by itself after it was left: nowhere else then
        os.environ["RAY_ADDRESS"] = address
    try:
        import ray
    except ImportError:
        raise EngineError(
            "EXPLORER_ENGINE is ray, and the package ray is not installed: "
            "pip install -r requirements-ray.txt"
        ) from None
    for one in ("ray", "ray.serve"):
        logging.getLogger(one).setLevel(logging.ERROR)
    if ray.is_initialized():
        return
    try:
        from ray import serve  # noqa: F401  (takes seconds; jobs should not wait)

        ray.init(address, logging_level=logging.ERROR, log_to_driver=False)
    except Exception as error:
        raise EngineError(
            f"No cluster of Ray answers at {address} ({type(error).__name__}); "
            f"{VARIABLE} names another."
        ) from error


def _told(
    response: Any, timeout_s: float, future: "futures.Future[Any]"
) -> dict[str, Any]:
    """Wait for what a replica tells, looking up whether anybody still wants it.

    A cancelled job ends by itself where there is a cluster to end it.
    """
    end = time.monotonic() + timeout_s
    while True:
        start = time.monotonic()
        slice_s = max(0.0, min(LOOK_S, end - start))
        try:
            return dict(response.result(timeout_s=slice_s))
        except TimeoutError:
            now = time.monotonic()
            its_own = now < start + slice_s / 2  # raised by the job, not by the wait
            if its_own or now >= end or future.cancelled():
                raise


def _found(family: str) -> Any:
    """Return the handle of a family that is deployed."""
    from ray import serve
    from ray.serve.exceptions import RayServeException

    try:
        return serve.get_app_handle(PREFIX + family)
    except RayServeException as error:
        raise EngineError(
            f"The cluster does not serve {family!r}; "
            "`python -m explorer.serve` deploys it."
        ) from error
    except Exception as error:
        raise _meaning(error, family) from error


def _meaning(error: Exception, name: str) -> Exception:
    """Return what an error of Ray means to a job."""
    from ray import exceptions
    from ray.serve import exceptions as of_serve

    if isinstance(error, of_serve.BackPressureError):
        return Full()
    gone = (
        exceptions.RayActorError,
        exceptions.NodeDiedError,
        exceptions.ObjectLostError,
        exceptions.WorkerCrashedError,
        exceptions.TaskCancelledError,
        of_serve.RequestCancelledError,
        of_serve.ReplicaUnavailableError,
        of_serve.DeploymentUnavailableError,
        ConnectionError,
        futures.CancelledError,
    )
    if isinstance(error, gone):
        return Lost(
            f"The machine that ran {name} was lost, and others as well; try again."
        )
    return error
