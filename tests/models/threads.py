"""One piece of work on several threads at once."""

import threading
from collections.abc import Callable


def at_once(work: Callable[[int], object], count: int = 6) -> None:
    """Call ``work`` with 0 to ``count`` - 1, each on a thread; wait for all."""
    threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
