"""The folder nginx writes to while a course runs, and those that courses left."""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX, NEW = "explorer-course-", "explorer-new-"
LOCK = "lock"  # held by the course that uses the folder, for as long as it lives


@contextlib.contextmanager
def run_folder() -> Iterator[Path]:
    """Give a folder of this course's own; remove it, and those that nobody uses."""
    sweep()
    new = Path(tempfile.mkdtemp(prefix=NEW))
    lock = os.open(new / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    # Found by others from here on, when it is locked already.
    folder = new.rename(new.with_name(PREFIX + new.name.removeprefix(NEW)))
    folder.chmod(0o711)  # nginx's workers run as nobody when it is root
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep() -> list[Path]:
    """Remove the folders of courses that were killed; return them."""
    left = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    gone = [folder for folder in left if _abandoned(folder)]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return gone


def _abandoned(folder: Path) -> bool:
    """Whether a folder is ours and no course that lives has locked it."""
    try:
        about = folder.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
            return False
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
