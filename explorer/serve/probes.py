"""A job so small that a replica can run it every few seconds to show it is alive."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.models.answers import Plain
from explorer.models.jobs import Job
from explorer.models.records import Record

SIDE_PX = 64
BY_TASK = {
    "segmentation": "segment",
    "detection": "detect",
    "instance": "detect",
    "classification": "classify",
}


def probe(members: Sequence[Record]) -> Job | None:
    """Return a job for the smallest of a family's models; None if there is none.

    Parameters
    ----------
    members : sequence of Record
        Those whose weights are there.
    """
    for record in sorted(members, key=lambda one: one.bytes):
        return Job(record.name, *_job(record))
    return None


def _job(record: Record) -> tuple[str, Mapping[str, Plain]]:
    if record.task == "generative":
        label: dict[str, Plain] = {"label": 0} if record.architecture == "cvae" else {}
        z = np.zeros((1, int(record.arguments["z"])), np.float32)
        return "decode", {"z": z, **label}
    if record.architecture == "classifier":  # of small grey pictures, many at once
        return "classify", {"images": np.zeros((1, 28, 28), np.uint8)}
    grey = np.full((SIDE_PX, SIDE_PX, 3), 127, np.uint8)
    return BY_TASK[record.task], {"image": grey}
