"""What the tests of the command line share."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.core.samples import load_sample


def save_picture(path: Path, image: np.ndarray, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, **options)
    return path


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    return load_sample("astronaut").image
