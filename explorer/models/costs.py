"""How long each model's methods take here, and so in which lane their jobs wait."""

from explorer.models import zoo
from explorer.models.records import RecordError

LIGHT, HEAVY = "light", "heavy"
LANES = (LIGHT, HEAVY)
HEAVY_S = 0.15  # two such jobs before a slider, and it is felt to stick
HEAVY_MACS = 2e10  # about a quarter of a second on two cores
SEARCHING = ("rcnn", "fast_rcnn")  # selective search first: no MACs in their records
NEW = 0.5  # weight of the latest run in the running mean


class Costs:
    """Running means of the seconds that runs took.

    Whoever calls holds the engine's lock.

    Examples
    --------
    >>> costs = Costs()
    >>> costs.note("a model", "detect", 3.0)
    >>> costs.lane("a model", "detect"), costs.lane("a model", "raw")
    ('heavy', 'light')
    """

    def __init__(self) -> None:
        self._seconds: dict[tuple[str, str], float] = {}

    def note(self, name: str, method: str, seconds: float) -> None:
        """Enter what a run took."""
        before = self._seconds.get((name, method), seconds)
        self._seconds[name, method] = (1 - NEW) * before + NEW * seconds

    def lane(self, name: str, method: str) -> str:
        """Return where a job should wait: by what was measured, else by its record."""
        known = self._seconds.get((name, method))
        heavy = _looks_heavy(name) if known is None else known >= HEAVY_S
        return HEAVY if heavy else LIGHT


def _looks_heavy(name: str) -> bool:
    try:
        about = zoo.records().get(name)
    except RecordError:
        return False
    if about is None:
        return False
    if about.macs is None:
        return about.downloadable or about.architecture in SEARCHING
    return about.macs >= HEAVY_MACS
