"""The engine behind Ray Serve: the same answers, and none lost with a machine."""

import concurrent.futures as futures
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.models import engine, zoo
from explorer.models.families import families, family

pytestmark = [
    pytest.mark.slow,
    # Ray, as it is imported, of its own use of other packages.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
States = Callable[[], dict[int, dict[str, Any]]]
PHOTO = load_sample("astronaut").image[:256, 100:356]
Z = np.array([[0.5, -1.0]], np.float32)
ASKED = {
    "generative": ("digits_vae_2", "decode", {"z": Z}),
    "detectors": ("everyday_faster_rcnn_fpn", "detect", {"image": PHOTO}),
    "segmenters": ("people_fcn8s", "segment", {"image": PHOTO}),
    "classifiers": ("efficientnet_lite0", "classify", {"image": PHOTO}),
    "classical": ("hog_svm", "raw", {"image": PHOTO}),
}


@pytest.fixture(scope="module")
def local() -> Any:
    made = engine.Engine()
    yield made
    made.stop()


def test_a_method_of_every_family_is_asked() -> None:
    known = zoo.records()
    assert {family(known[name], known) for name, _, _ in ASKED.values()} == set(ASKED)
    assert set(ASKED) == set(families(known)) - {"full_size"}  # not shipped


@pytest.mark.usefixtures("served")  # Ray, once imported, hears of no token
@pytest.mark.parametrize(("said", "share"), [("1", 0.1), ("0", 0.0)])
def test_a_share_of_a_gpu_is_asked_for_before_one_has_joined(
    monkeypatch: pytest.MonkeyPatch, said: str, share: float
) -> None:
    from explorer.serve import deploy, settings

    monkeypatch.setenv(settings.GPU, said)
    given = settings.read(families(zoo.records()))["detectors"]
    assert deploy.actor_options(given)["num_gpus"] == share


@pytest.mark.parametrize("kind", ASKED)
def test_the_same_results_as_the_local_engine(
    kind: str, served: Any, local: engine.Engine
) -> None:
    name, method, given = ASKED[kind]
    there = served.run(name, method, **given)
    here = local.run(name, method, **given)
    assert there.arrays.keys() == here.arrays.keys()
    assert sum(one.size for one in here.arrays.values()) > 0
    for key, array in here.arrays.items():
        assert there.arrays[key].flags.writeable
        if array.dtype.kind == "f":
            assert np.allclose(there.arrays[key], array, rtol=1e-5, atol=1e-5), key
        else:
            assert np.array_equal(there.arrays[key], array), key
    assert there.stages.keys() == here.stages.keys()
    assert there.device.endswith(", by Ray")


@pytest.mark.parametrize(
    ("name", "method", "given"),
    [
        ("nobody", "decode", {"z": Z}),
        ("digits_vae_2", "fly", {"z": Z}),
        ("digits_vae_2", "decode", {"z": Z[0]}),
        ("digits_vae_2", "decode", {"z": np.zeros((1, 3))}),
        ("digits_cvae_10", "decode", {"z": np.zeros((1, 10)), "label": 12}),
        ("digits_vae_2", "decode", {"z": [0.5, 1]}),
        ("everyday_lite", "detect", {"image": PHOTO}),
    ],
)
def test_the_same_sentences_as_the_local_engine(
    name: str, method: str, given: dict[str, Any], served: Any, local: engine.Engine
) -> None:
    with pytest.raises(engine.EngineError) as here:
        local.run(name, method, **given)
    with pytest.raises(engine.EngineError) as there:
        served.run(name, method, **given)
    assert str(there.value) == str(here.value)


def test_all_families_are_ready(served: Any) -> None:
    ready, words = served.ready()
    for _ in range(20):  # the first time it may take longer than a probe waits
        if ready:
            break
        ready, words = served.ready()
    assert (ready, words) == (True, "All 6 families run on the cluster.")


def test_codes_that_wait_are_decoded_together(
    served: Any, local: engine.Engine, states: States
) -> None:
    """Each gets its own picture, and one of a wrong length fails alone."""
    codes = np.random.default_rng(0).normal(size=(40, 1, 2)).astype(np.float32)
    asked = [served.submit("digits_vae_2", "decode", z=z) for z in codes]
    wrong = served.submit("digits_vae_2", "decode", z=np.zeros((1, 5), np.float32))
    want = local.run("digits_vae_2", "decode", z=codes[:, 0]).arrays["images"]
    for future, image in zip(asked, want, strict=True):
        found = future.result(60).arrays["images"]
        assert found.shape == (1, 28, 28)
        assert np.abs(found[0].astype(int) - image).max() <= 1  # of 255: rounding
    with pytest.raises(engine.EngineError, match=r"takes \(N, 2\)"):
        wrong.result(60)
    for _ in range(20):  # a fast machine may be done before the next is sent
        if any(max(one["batch_sizes"]) > 1 for one in states().values()):
            return
        again = [served.submit("digits_vae_2", "decode", z=z) for z in codes]
        futures.wait(again, 60)
    pytest.fail("40 codes at once were decoded one by one, twenty times")


def test_classes_are_kept_apart_in_a_batch(served: Any, local: engine.Engine) -> None:
    z = np.zeros((1, 10), np.float32)
    asked = [
        served.submit("digits_cvae_10", "decode", z=z, label=k % 10) for k in range(20)
    ]
    for k, future in enumerate(asked):
        want = local.run("digits_cvae_10", "decode", z=z, label=k % 10)
        found = future.result(60).arrays["images"].astype(int)
        assert np.abs(found - want.arrays["images"]).max() <= 1


def test_too_many_at_once_are_told(served: Any) -> None:
    """The classifiers' table lets one run and one wait."""
    asked = [
        served.submit("efficientnet_lite0", "classify", image=PHOTO) for _ in range(12)
    ]
    failed = [one.exception(60) for one in asked]
    busy = [one for one in failed if one is not None]
    assert None in failed
    assert busy
    assert all(isinstance(one, engine.BusyError) for one in busy)
    assert "The machine is busy" in str(busy[0])


def test_a_front_end_holds_no_network(
    address: str, environment: dict[str, str]
) -> None:
    code = """if True:
        import sys
        import numpy as np
        from explorer.models import engine, zoo
        found = engine.run("digits_vae_2", "decode", z=np.zeros((1, 2), np.float32))
        assert found.arrays["images"].shape == (1, 28, 28)
        assert "torch" not in sys.modules
        assert not any(zoo.loaded(name) for name in zoo.records())
        print("none")
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **environment,
            "EXPLORER_ENGINE": "ray",
            "EXPLORER_RAY_ADDRESS": address,
        },
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.endswith("none\n"), done.stderr[-2000:]


def test_a_replica_killed_under_load_loses_no_request(
    served: Any, states: States
) -> None:
    """Six readers drag; after a while one of the two decoders' processes is killed."""
    before = states()
    want = served.run("digits_vae_2", "decode", z=Z).arrays["images"]
    answered, killed = threading.Semaphore(0), threading.Event()

    def drag() -> int:
        count = after = 0
        while after < 10:
            found = served.run("digits_vae_2", "decode", z=Z).arrays["images"]
            assert np.array_equal(found, want)
            count, after = count + 1, after + killed.is_set()
            answered.release()
        return count

    with futures.ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(drag) for _ in range(6)]
        for _ in range(30):
            assert answered.acquire(timeout=60)
        os.kill(next(iter(before)), signal.SIGKILL)
        killed.set()
        counts = [one.result(120) for one in readers]
    assert sum(counts) >= 60
