"""Write the records of the two detectors whose weights come inside OpenCV.

Run as ``python -m explorer.training.record_opencv``. Nothing is trained here.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from explorer.models import records, weights

CASCADES = {  # class: file, raw boxes that must agree
    "face": ("haarcascade_frontalface_default.xml", 4),
    "eye": ("haarcascade_eye.xml", 4),
    "upper body": ("haarcascade_upperbody.xml", 3),
    "cat face": ("haarcascade_frontalcatface.xml", 3),
}
COMMON: dict[str, Any] = {
    "task": "detection",
    "scores": {},
    "macs": None,
    "command": "python -m explorer.training.record_opencv",
    "seed": None,
    "commit": None,
    "seconds": None,
    "machine": "published with OpenCV",
}


def people() -> dict[str, Any]:
    """Describe OpenCV's linear SVM on HOG."""
    numbers = np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32)
    return COMMON | {
        "name": "opencv_people",
        "title": "HOG + OpenCV's people SVM",
        "architecture": "opencv_people",
        "arguments": {},
        "data": "inria",
        "classes": ["person"],
        "preprocessing": {"color": "RGB", "window_px": [64, 128]},
        "parameters": numbers.size,
        "bytes": numbers.nbytes,
        "sha256": hashlib.sha256(numbers.tobytes()).hexdigest(),
        "weights": {"package": "cv2", "files": []},
        "licence": "Apache-2.0 (OpenCV)",
        "note": "The linear SVM of Dalal and Triggs's kind that OpenCV carries as "
        "numbers (HOGDescriptor.getDefaultPeopleDetector); digest of its float32s.",
    }


def haar() -> dict[str, Any]:
    """Describe four of OpenCV's Haar cascades as one detector."""
    spec = find_spec("cv2")
    assert spec is not None
    assert spec.origin is not None
    names = [f"data/{file}" for file, _ in CASCADES.values()]
    paths = tuple(Path(spec.origin).parent / name for name in names)
    return COMMON | {
        "name": "haar_faces",
        "title": "Haar cascades: faces, eyes, bodies, cats",
        "architecture": "cascade",
        "arguments": {
            "neighbours": {label: near for label, (_, near) in CASCADES.items()}
        },
        "data": "faces",
        "classes": list(CASCADES),
        "preprocessing": {"color": "grey"},
        "parameters": sum(_thresholds(path) for path in paths),
        "bytes": sum(path.stat().st_size for path in paths),
        "sha256": weights.digest(*paths),
        "weights": {"package": "cv2", "files": names},
        "licence": "Intel License Agreement (in each file's head)",
        "note": "Cascades of Lienhart and others, shipped with OpenCV. Parameters are "
        "the thresholds and leaf values of their weak classifiers. A score is the sum "
        "of votes in the last stage, not a probability.",
    }


def _thresholds(path: Path) -> int:
    """Count the numbers a cascade learned: thresholds and leaves."""
    import xml.etree.ElementTree as ElementTree

    weak = ElementTree.parse(path).getroot().findall(".//weakClassifiers/_")
    nodes = sum(len((one.findtext("internalNodes") or "").split()) // 4 for one in weak)
    leaves = sum(len((one.findtext("leafValues") or "").split()) for one in weak)
    return nodes + leaves


def main() -> None:
    """Write both records."""
    for values in (people(), haar()):
        print(records.write(values).name, values["parameters"])


if __name__ == "__main__":
    main()
