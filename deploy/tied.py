"""Run a program that ends with whoever started it: ``tied.py SIGNAL PARENT program``.

A supervisor that was killed can end nobody any more. Linux then sends the signal; other
systems know no such wish, and the program runs without.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>; it outlives exec, and is not handed on by fork
ORPHANED = 1


def tie(number: int, parent: int) -> None:
    """Have the system send this process ``number`` when its parent ends.

    Raises
    ------
    SystemExit
        If the parent has ended already: nobody would send it.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(ORPHANED)


if __name__ == "__main__":
    tie(signal.Signals[sys.argv[1]], int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])
