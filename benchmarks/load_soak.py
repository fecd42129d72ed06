"""Soak: readers come and go for half an hour; the server's memory must not grow."""

import asyncio
import itertools
import random
import time
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.load_plan import seats
from benchmarks.load_reader import Book, Reader
from benchmarks.load_report import MOST_ERRORS
from benchmarks.load_server import Server

READERS = 20  # at once
STAY_S = (20.0, 60.0)
AWAY_S = (0.5, 4.0)
SAMPLE_S = 5.0
WARM_UP = 1 / 3  # of the time: kept results fill their room, sessions start to expire
ALLOWED = 0.05  # growth, from the first quarter after it to the last


@dataclass(frozen=True)
class Soak:
    """Memory over time, and what the readers met.

    Attributes
    ----------
    growth : float
        Median of the last quarter after the warm-up over that of the first, less one.
    slope_mb_an_hour : float
        Of the line through all samples after the warm-up.
    """

    minutes: float
    visits: int
    start_mb: float
    early_mb: float
    late_mb: float
    growth: float
    slope_mb_an_hour: float
    errors: dict[str, int]
    shed: int
    samples: list[tuple[float, float]]

    def plain(self) -> dict[str, object]:
        return asdict(self)


async def soak(server: Server, seconds: float) -> Soak:
    """Keep readers coming and going; return what became of the memory."""
    book, samples = Book(), list[tuple[float, float]]()
    queue, visits = seats(), itertools.count()
    start = time.perf_counter()

    async def seat(rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(*AWAY_S))
        while (left := start + seconds - time.perf_counter()) > 0:
            number = next(visits)
            reader = Reader(server.url, next(queue), number, book)
            await reader.stay(min(left, rng.uniform(*STAY_S)))
            await asyncio.sleep(rng.uniform(*AWAY_S))

    async def sample() -> None:
        while True:
            samples.append((time.perf_counter() - start, server.memory_mb() or 0.0))
            await asyncio.sleep(SAMPLE_S)

    sampling = asyncio.create_task(sample())
    try:
        await asyncio.gather(*(seat(random.Random(i)) for i in range(READERS)))
    finally:
        sampling.cancel()
    return judged(samples, seconds, next(visits), book)


def judged(
    samples: list[tuple[float, float]], seconds: float, visits: int, book: Book
) -> Soak:
    """Compare the memory early after the warm-up with that at the end."""
    at, mb = np.array(samples).T
    first = seconds * WARM_UP
    quarter = (seconds - first) / 4
    early = float(np.median(mb[(at >= first) & (at < first + quarter)]))
    late = float(np.median(mb[at >= seconds - quarter]))
    slope = float(np.polyfit(at[at >= first], mb[at >= first], 1)[0]) * 3600
    return Soak(
        minutes=seconds / 60,
        visits=visits,
        start_mb=float(mb[0]),
        early_mb=early,
        late_mb=late,
        growth=late / early - 1,
        slope_mb_an_hour=slope,
        errors=dict(book.errors.most_common(MOST_ERRORS)),
        shed=book.shed,
        samples=[(round(t, 1), round(m, 1)) for t, m in samples],
    )


def sentence(found: Soak) -> str:
    """Say what was found, and whether what is owed was kept."""
    kept = "kept" if found.growth <= ALLOWED else "**missed**"
    return (
        f"Soak, {found.minutes:g} minutes, {READERS} readers at once, {found.visits} "
        f"visits: {found.early_mb:.0f} MB after the warm-up, {found.late_mb:.0f} MB at "
        f"the end, growth {found.growth:+.1%} of at most {ALLOWED:.0%}, {kept}; "
        f"{found.slope_mb_an_hour:+.0f} MB an hour; {sum(found.errors.values())} "
        f"errors, {found.shed} shed."
    )
