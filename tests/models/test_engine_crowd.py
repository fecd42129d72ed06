"""Many threads and many readers at the engine at once."""

import itertools
import threading
import time

import numpy as np
from skimage import data

from explorer.models import (
    engine,
    readers,
    zoo,
)
from tests.models.engine_cases import fake, own
from tests.models.threads import at_once

__all__ = ["fake", "own"]


def test_six_threads_each_get_their_own_answer(own):
    wrong = []

    def reader(i):
        for turn in range(20):
            x = np.array([100 * i + turn])
            if own.run("fake", "double", x=x).arrays["y"][0] != 2 * x[0]:
                wrong.append(i)

    at_once(reader)
    assert wrong == []


LIGHT, HEAVY = 6, 2  # readers
ROUNDS = 1  # of a heavy reader; light ones go on until these have ended
DECODER, SEARCHER = "digits_vae_2", "rcnn"  # a pass a region: seconds on any machine


class Crowd:
    """Readers of two kinds on real networks, and what they waited."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.own, self.wrong, self.ended = engine.Engine(), [], threading.Event()
        self.seconds = {DECODER: [], SEARCHER: []}
        self.image = data.astronaut()[:256:2, 96:352:2].copy()
        self.codes = rng.normal(size=(40, 1, 2)).astype(np.float32)
        decode = zoo.load(DECODER).methods["decode"]
        self.pictures = [decode(z)["images"].astype(int) for z in self.codes]
        self.boxes = self.found("detect", SEARCHER, image=self.image)["boxes"]
        self.seconds[SEARCHER].clear()

    def found(self, method, name, **given):
        start = time.perf_counter()
        arrays = self.own.run(name, method, **given).arrays
        self.seconds[name].append(time.perf_counter() - start)
        return arrays

    def light(self, i):
        with readers.reading(readers.Reader(f"light {i}")):
            for k in itertools.count(7 * i):
                if self.ended.is_set():
                    return
                at = k % len(self.codes)
                seen = self.found("decode", DECODER, z=self.codes[at])["images"]
                if np.abs(seen - self.pictures[at]).max() > 1:
                    self.wrong.append(i)
                time.sleep(0.02)

    def heavy(self, i):
        with readers.reading(readers.Reader(f"heavy {i}")):
            for k in range(ROUNDS):
                threshold = 0.3 + (HEAVY * k + i + 1) / 1e6  # no request is another's
                given = {"image": self.image, "iou_threshold": threshold}
                boxes = self.found("detect", SEARCHER, **given)["boxes"]
                if not np.array_equal(boxes, self.boxes):
                    self.wrong.append(i)


def test_light_readers_hardly_notice_heavy_ones():
    crowd = Crowd()
    lights = [threading.Thread(target=crowd.light, args=(i,)) for i in range(LIGHT)]
    heavies = [threading.Thread(target=crowd.heavy, args=(i,)) for i in range(HEAVY)]
    for thread in [*lights, *heavies]:
        thread.start()
    for thread in heavies:
        thread.join()
    crowd.ended.set()
    for thread in lights:
        thread.join()
    crowd.own.stop()
    light_s, heavy_s = crowd.seconds[DECODER], crowd.seconds[SEARCHER]
    assert crowd.wrong == []
    assert len(crowd.boxes) > 0
    assert len(heavy_s) == HEAVY * ROUNDS
    assert len(light_s) > LIGHT * HEAVY * ROUNDS
    assert np.percentile(light_s, 95) < np.percentile(heavy_s, 50) / 8
