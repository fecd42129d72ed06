"""The models by name: their records, their state, and the loaded networks."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from explorer.models import device, download, weights
from explorer.models.records import Record, RecordError, read_all


class ZooError(RuntimeError):
    """A model is unknown or cannot be used; the message is a sentence."""


class Runner(Protocol):
    """A loaded model: plain functions by name."""

    @property
    def methods(self) -> Mapping[str, Callable[..., dict[str, np.ndarray[Any, Any]]]]:
        """What the model can do."""
        ...


def records() -> Mapping[str, Record]:
    """Return every model's record by name; no network library is imported."""
    return read_all()


def record(name: str) -> Record:
    """Return one model's record.

    Raises
    ------
    ZooError
        If there is no such model; the message lists those there are.
    """
    found = records()
    if name not in found:
        raise ZooError(f"There is no model {name!r}; there are {', '.join(found)}.")
    return found[name]


def status(name: str) -> str:
    """Say in two words whether a model can be used now.

    Returns
    -------
    str
        ``"ready"``, ``"needs download"`` or ``"missing"`` (a package or file that
        should have come with the installation is not there).
    """
    about = record(name)
    try:
        there = all(path.is_file() for path in weights.locate(about))
    except weights.WeightsError:
        there = False
    if there:
        return "ready"
    return "needs download" if about.downloadable else "missing"


_runners: dict[str, Runner] = {}
_on_processor: dict[str, Runner] = {}
_load_guard = threading.Lock()


def loaded(name: str) -> bool:
    """Whether a model is in memory already."""
    return name in _runners


def load(name: str) -> Runner:
    """Return a model ready to run, verifying and loading its weights the first time.

    Raises
    ------
    ZooError
        If the model is unknown, not downloaded, or its weights are not the recorded
        ones.
    """
    found = _runners.get(name)
    if found is not None:
        return found
    with _load_guard:
        found = _runners.get(name)
        if found is None:
            found = _runners[name] = _open(record(name))
        return found


def on_processor(name: str) -> Runner:
    """Return a second copy of a model on the processor, for when its device is full.

    Raises
    ------
    ZooError
        As ``load``.
    """
    with _load_guard:
        found = _on_processor.get(name)
        if found is None:
            with device.instead(device.PROCESSOR):
                found = _on_processor[name] = _open(record(name))
        return found


def forget(name: str) -> None:
    """Have the next ``load`` read a model anew; who uses the old copies keeps them.

    Without the guard: another model's weights may be read for long, and who calls this
    holds the queue.
    """
    _runners.pop(name, None)
    _on_processor.pop(name, None)


def _open(about: Record) -> Runner:
    try:
        if status(about.name) == "needs download":
            megabytes = about.bytes / 1e6
            raise ZooError(
                f"{about.label} is not on this machine yet: "
                f"its weights ({megabytes:.0f} MB) have to be downloaded first."
            )
        paths = weights.locate(about)
        weights.verify(paths, about)
        return LOADERS[about.architecture](about, paths)
    except (weights.WeightsError, RecordError) as error:
        raise ZooError(str(error)) from error


def fetch(name: str, progress: download.Progress | None = None) -> None:
    """Download a full-size model's weights, in the caller's own thread.

    The inference thread is never held up by it. Nothing happens when the weights are
    there already; two readers who ask at once share one download.

    Parameters
    ----------
    name : str
        A model's name.
    progress : callable, optional
        Called with the bytes so far and the bytes in all (0: not told).

    Raises
    ------
    ZooError
        With a sentence: no network, no room, or not the recorded file.
    """
    about = record(name)
    if status(name) == "ready":
        return
    try:
        if not about.downloadable:
            weights.locate(about)
            raise ZooError(f"The weights of {about.label} are missing; reinstall.")
        download.fetch(about, progress)
    except weights.WeightsError as error:
        raise ZooError(str(error)) from error


Paths = tuple[Path, ...]


def _classifier(about: Record, paths: Paths) -> Runner:
    from explorer.models import classifier

    return classifier.load(about, paths)


def _cascades(about: Record, paths: Paths) -> Runner:
    from explorer.models import cascades

    return cascades.load(about, paths)


def _fullsize(about: Record, paths: Paths) -> Runner:
    from explorer.models import fullsize

    return fullsize.load(about, paths)


def _opencv_people(about: Record, paths: Paths) -> Runner:
    from explorer.models import detectors

    return detectors.load_opencv(about, paths)


def _hog_svm(about: Record, paths: Paths) -> Runner:
    from explorer.models import detectors

    return detectors.load_svm(about, paths)


def _dpm(about: Record, paths: Paths) -> Runner:
    from explorer.models import detectors

    return detectors.load_dpm(about, paths)


def _rcnn(about: Record, paths: Paths) -> Runner:
    from explorer.models import rcnn

    return rcnn.load(about, paths)


def _everyday(about: Record, paths: Paths) -> Runner:
    from explorer.models import everyday

    return everyday.load(about, paths)


def _generative(about: Record, paths: Paths) -> Runner:
    from explorer.models import generative

    return generative.load(about, paths)


def _segmenter(about: Record, paths: Paths) -> Runner:
    from explorer.models import segmenters

    return segmenters.load(about, paths)


def _backbone(about: Record, paths: Paths) -> Runner:
    raise ZooError(f"{about.label} is a backbone: use one of the heads that name it.")


LOADERS: dict[str, Callable[[Record, Paths], Runner]] = {
    "efficientnet_lite0": _classifier,
    "cascade": _cascades,
    "opencv_people": _opencv_people,
    "hog_svm": _hog_svm,
    "dpm": _dpm,
    "rcnn": _rcnn,
    "torchvision": _fullsize,
    "efficientnet_lite0_trunk": _backbone,
    **dict.fromkeys(
        (
            *("yolo_v1", "yolo_v2", "yolo_v3", "ssd"),
            *("fast_rcnn", "faster_rcnn", "faster_rcnn_fpn", "mask_rcnn"),
        ),
        _everyday,
    ),
    **dict.fromkeys(("classifier", "autoencoder", "vae", "cvae"), _generative),
    **dict.fromkeys(
        ("fcn32s", "fcn16s", "fcn8s", "segnet", "unet", "deeplabv3plus"), _segmenter
    ),
}
