"""The archives of the training data."""

import zipfile
from pathlib import Path


def open_archive(folder: Path, name: str) -> zipfile.ZipFile:
    """Open one of the folder's archives for reading.

    Raises
    ------
    FileNotFoundError
        If the folder has none of that name.
    """
    path = folder / name
    if not path.is_file():
        raise FileNotFoundError(f"{folder} has no {name}")
    return zipfile.ZipFile(path)
