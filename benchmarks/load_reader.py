"""What a reader does: opens a lesson, moves a control, sends a photo, drags."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import cv2
import numpy as np

from benchmarks.load_http import Http
from benchmarks.load_plan import Visit
from benchmarks.load_wire import Run, Wire

MOVE_EVERY_S = 1.0
DRAG_S = 4.0
DRAG_EVERY_S = 12.0
FRAME_S = 1 / 60  # a screen asks for no more pictures
PHOTO_PX = (1224, 1632)
BUSY = (429, 503)
OPEN, PHOTO, DRAG = "opening a lesson", "a photo of one's own", "dragging"


@dataclass
class Book:
    """What all readers met: milliseconds by kind and lesson, faults by their words."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_lesson: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    shed: int = 0
    failed: int = 0
    due: int = 0
    bytes: int = 0

    def enter(self, kind: str, slug: str, run: Run) -> None:
        """Count a run: its time where it went well, its errors where not."""
        self.note(slug, run)
        if not run.errors and not run.busy:
            self.ms[kind].append(run.ms)
            self.by_lesson[f"{slug}: {kind}"].append(run.ms)

    def note(self, slug: str, run: Run) -> None:
        """Count what a run met, but not its time: nobody moved anything for it."""
        self.bytes += run.bytes
        self.shed += run.busy
        self.errors.update(f"{slug}: {sentence}" for sentence in run.errors)


def photo(seed: int) -> bytes:
    """Return a photo that no other reader has: cloudy colours with hard edges."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (6, 8, 3), np.uint8)
    image = cv2.resize(small, PHOTO_PX[::-1], interpolation=cv2.INTER_CUBIC)
    for left, top in rng.integers(0, 900, (8, 2)).tolist():
        color = rng.integers(0, 256, 3).tolist()
        cv2.rectangle(image, (left, top), (left + 160, top + 240), color, -1)
    return cv2.imencode(".jpg", image)[1].tobytes()


class Reader:
    """One reader with a mind of her own; whatever happens to her is in the book."""

    def __init__(self, url: str, visit: Visit, seed: int, book: Book) -> None:
        self.visit, self.book, self.url = visit, book, url
        self.rng = random.Random(seed)
        self.wire = Wire(url, visit.slug, visit.query)
        self.photo = photo(seed) if visit.photo else b""

    async def stay(self, seconds: float) -> None:
        """Open the lesson, read for so long; a fault ends this reader's visit alone."""
        try:
            self._enter(OPEN, await self.wire.open())
            await self._read(time.perf_counter() + seconds)
        except Exception as error:  # whatever it is, the others read on
            self.book.failed += 1
            self.book.errors[f"{self.visit.slug}: {error or type(error).__name__}"] += 1
        finally:
            await self.wire.close()

    def _enter(self, kind: str, run: Run) -> None:
        self.book.enter(kind, self.visit.slug, run)

    async def _read(self, leave: float) -> None:
        now = time.perf_counter()
        show = now + (leave - now) * self.rng.uniform(0.15, 0.6)
        drag = now + self.rng.uniform(0, DRAG_EVERY_S / 4)
        tick = now + self.rng.uniform(0, MOVE_EVERY_S)  # readers are out of step
        while tick < leave:
            await self._pause(tick)
            moved = False
            if self.photo and time.perf_counter() > show:
                run = await self.wire.upload("photo.jpg", self.photo, "image/jpeg")
                self._enter(PHOTO, run)
                self.photo = b""
            elif self.visit.drag and time.perf_counter() > drag:
                await self._drag(min(leave, time.perf_counter() + DRAG_S))
                drag = time.perf_counter() + DRAG_EVERY_S
            else:
                await self._move()
                moved = True
            ticks = 1 + int((time.perf_counter() - tick) / MOVE_EVERY_S)
            self.book.due += ticks if moved else 0  # a late answer costs moves
            tick += MOVE_EVERY_S * ticks

    async def _pause(self, until: float) -> None:
        """Wait for the next tick; the page may heal or refresh itself meanwhile."""
        while (run := await self.wire.due(until)) is not None:
            self.book.note(self.visit.slug, run)
        await asyncio.sleep(max(0.0, until - time.perf_counter()))

    async def _move(self) -> None:
        wanted = self.visit.label
        found = [w for w in self.wire.widgets.values() if w.label == wanted]
        if not found:
            raise LookupError(f"the page shows no control “{wanted}”")
        run = await self.wire.move(found[0], found[0].at(self.rng.random()))
        self._enter(self.visit.kind, run)

    async def _drag(self, until: float) -> None:
        """Ask for one picture after the other, as a stage does while it is dragged."""
        x, y = self.rng.uniform(-2, 2), self.rng.uniform(-2, 2)
        async with Http(self.url) as line:
            while time.perf_counter() < until:
                x, y = (max(-3, min(3, v + self.rng.gauss(0, 0.1))) for v in (x, y))
                path = f"/live/decode?model={self.visit.drag}&z={x:.3f},{y:.3f}"
                start = time.perf_counter()
                reply = await line.ask(path, headers=self.wire.headers())
                ms = (time.perf_counter() - start) * 1e3
                if reply.status in BUSY:
                    self.book.shed += 1
                elif reply.status != 200:
                    self.book.errors[f"dragging: status {reply.status}"] += 1
                else:
                    self._enter(DRAG, Run(ms, len(reply.body)))
                await asyncio.sleep(max(0.0, FRAME_S - ms / 1e3))
