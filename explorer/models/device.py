"""Which processor the networks run on: chosen once, named on every page."""

import contextlib
import functools
import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar

VARIABLE = "EXPLORER_DEVICE"
PROCESSOR = "cpu"
OPTIONS = ("auto", "cuda", "mps", PROCESSOR)


class DeviceError(RuntimeError):
    """The wanted device is unknown or absent; the message says which there are."""


def wanted() -> str:
    """Read the reader's wish from ``EXPLORER_DEVICE``.

    Returns
    -------
    str
        One of ``OPTIONS``; ``"auto"`` when the variable is unset or empty.

    Raises
    ------
    DeviceError
        If the variable holds anything else.

    Examples
    --------
    >>> wanted() in OPTIONS
    True
    """
    value = os.environ.get(VARIABLE, "").strip().lower() or "auto"
    if value not in OPTIONS:
        raise DeviceError(
            f"{VARIABLE} is {value!r}; it must be one of {', '.join(OPTIONS)}."
        )
    return value


_instead: ContextVar[str] = ContextVar("instead", default="")
_exact_guard = threading.Lock()
_exact = contextlib.ExitStack()
_exact_users = 0


def choose() -> str:
    """Return ``cuda``, ``mps`` or ``cpu``: one for the process. Imports torch.

    Raises
    ------
    DeviceError
        If ``EXPLORER_DEVICE`` names a device this machine does not have.
    """
    return _instead.get() or _settled()


@contextlib.contextmanager
def instead(name: str) -> Iterator[None]:
    """Have this thread alone choose another device while the block runs."""
    token = _instead.set(name)
    try:
        yield
    finally:
        _instead.reset(token)


def free() -> None:
    """Give back the memory that the device holds for later use."""
    import torch

    gc.collect()
    if choose() == "cuda":
        torch.cuda.empty_cache()
    elif choose() == "mps":
        torch.mps.empty_cache()


@functools.cache
def _settled() -> str:
    import torch

    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    wish = wanted()
    if wish == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[wish]:
        found = ", ".join(name for name, present in there.items() if present)
        raise DeviceError(f"{VARIABLE} asks for {wish}; this machine has {found}.")
    return wish


def describe() -> str:
    """Name the device in a few words; never imports torch by itself.

    Pages of pure arithmetic run on the processor: that is what is said until a
    network has brought torch in.

    Examples
    --------
    >>> isinstance(describe(), str)
    True
    """
    try:
        torch = sys.modules.get("torch")
        if torch is None:
            wanted()
            return _cpu(_cores())
        name = choose()
    except DeviceError as error:
        return str(error)
    if name == "cuda":
        return f"cuda, {torch.cuda.get_device_name()}"
    if name == "mps":
        return "mps, Apple GPU"
    return _cpu(torch.get_num_threads())


def _cpu(threads: int) -> str:
    return f"cpu, {threads} thread{'s' * (threads != 1)}"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def inference(exact: bool = False) -> Iterator[str]:
    """Run torch without gradients, in half precision on a GPU unless ``exact``.

    Parameters
    ----------
    exact : bool
        Keep full float32 (no autocast, no TF32), for pages that show the arithmetic.

    Yields
    ------
    str
        The device's name.
    """
    import torch

    name = choose()
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        if name == "cuda" and exact:
            stack.enter_context(plain_convolutions())
        elif name == "cuda":
            stack.enter_context(torch.autocast("cuda", dtype=torch.float16))
        yield name


@contextlib.contextmanager
def plain_convolutions() -> Iterator[None]:
    """Convolve without cuDNN: no TF32, no algorithm that leaves a rest where 0 is due.

    The setting is the process's: with several threads inside, the last to leave puts
    it back.
    """
    import torch

    global _exact_users
    with _exact_guard:
        if _exact_users == 0:
            off = torch.backends.cudnn.flags(enabled=False, allow_tf32=False)
            _exact.enter_context(off)
        _exact_users += 1
    try:
        yield
    finally:
        with _exact_guard:
            _exact_users -= 1
            if _exact_users == 0:
                _exact.close()
