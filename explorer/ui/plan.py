"""A lesson plan: which lessons, in what order, each from which view; as a link's text.

Whatever a link holds is checked here: lengths are bounded, a lesson is one of the
catalogue, a view is parameters of its own lesson, and no address is ever followed.
"""

import base64
import binascii
import functools
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from explorer.ui.catalogue import BY_SLUG

MOST_STEPS = 30
LONGEST_TITLE = 80  # characters
LONGEST_VALUE = 900  # of one parameter: a drawing has up to 800
LONGEST_CODE = 1900  # of the packed plan: with an address before it, 2,000
LARGEST = 20_000  # bytes that a code may unpack to
VERSION = "1"
NAME = re.compile(r"[a-z0-9_]{1,60}")
DIGIT_PHOTO = re.compile(r"[a-z0-9_]+_(digit|from|to)_photo")  # see digitbar.py
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Step:
    """A lesson of a plan.

    Attributes
    ----------
    slug : str
        The lesson's.
    view : str
        The query it starts from, the lesson's own parameters and ``image``; empty for
        the usual start.
    """

    slug: str
    view: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The view as parameters of an address."""
        return dict(parse_qsl(self.view))


@dataclass(frozen=True)
class Plan:
    """A title and the lessons in their order, at most ``MOST_STEPS``."""

    title: str = ""
    steps: tuple[Step, ...] = ()

    def named(self, title: str) -> "Plan":
        """Return it under another title, on one line and not too long."""
        return replace(self, title=CONTROL.sub(" ", title).strip()[:LONGEST_TITLE])

    def moved(self, place: int, by: int) -> "Plan":
        """Return it with one lesson moved up (-1) or down (1); the ends hold.

        Examples
        --------
        >>> two = Plan("", (Step("hog"), Step("nms")))
        >>> [step.slug for step in two.moved(1, -1).steps]
        ['nms', 'hog']
        """
        steps = list(self.steps)
        step = steps.pop(place)
        steps.insert(min(max(place + by, 0), len(steps)), step)
        return replace(self, steps=tuple(steps))

    def without(self, place: int) -> "Plan":
        """Return it without one lesson."""
        return replace(self, steps=self.steps[:place] + self.steps[place + 1 :])

    def seen_from(self, place: int, view: str) -> "Plan":
        """Return it with another starting view of one lesson."""
        step = Step(self.steps[place].slug, view)
        steps = (*self.steps[:place], step, *self.steps[place + 1 :])
        return _fitting(replace(self, steps=steps))

    def added(self, step: Step) -> "Plan":
        """Return it with one more lesson at its end.

        Raises
        ------
        ValueError
            With a sentence, if it has no room for another.
        """
        if len(self.steps) >= MOST_STEPS:
            raise ValueError(f"A plan holds {MOST_STEPS} lessons at most.")
        return _fitting(replace(self, steps=(*self.steps, step)))


def _fitting(plan: Plan) -> Plan:
    """Return the plan, or say that its link has become too long."""
    size = len(pack_plan(plan))
    if size > LONGEST_CODE:
        raise ValueError(
            f"With this view the plan's link would have {size:,} characters, "
            f"{LONGEST_CODE:,} at most are kept whole everywhere. Start a lesson from "
            "its usual view, or make a second plan."
        )
    return plan


def view_of(slug: str, parameters: Mapping[str, str]) -> str:
    """Return what of an address's parameters is the view of a lesson.

    A photo of the reader's own is left out, and that there was one of a digit: it
    never leaves her session.

    Examples
    --------
    >>> view_of("nms", {"nms_iou": "0.3", "hog_part": "x", "plan": "y"})
    'nms_iou=0.3'
    """
    kept = {
        name: value
        for name, value in parameters.items()
        if (name.startswith(f"{slug}_") or (name == "image" and value != "own"))
        and not DIGIT_PHOTO.fullmatch(name)
        and NAME.fullmatch(name)
        and len(value) <= LONGEST_VALUE
        and not CONTROL.search(value)
    }
    return urlencode(sorted(kept.items()))


def step_of_link(text: str) -> Step:
    """Read a lesson and its view from a pasted link, whatever server it names.

    Raises
    ------
    ValueError
        With a sentence, if it leads to no lesson.

    Examples
    --------
    >>> step_of_link("http://localhost:8501/nms?nms_iou=0.3")
    Step(slug='nms', view='nms_iou=0.3')
    """
    try:
        parts = urlsplit(text.strip()[: 2 * LONGEST_VALUE])
    except ValueError:  # half an address in brackets, and the like
        parts = urlsplit("")
    slug = parts.path.rstrip("/").rpartition("/")[2]
    if slug not in BY_SLUG:
        raise ValueError(
            f"“{text.strip()[:60]}” is no link to a lesson. Copy it from a lesson's "
            "address bar, or from its Share button."
        )
    return Step(slug, view_of(slug, dict(parse_qsl(parts.query))))


@functools.lru_cache(maxsize=256)
def pack_plan(plan: Plan) -> str:
    """Write a plan as the text that a link holds.

    Examples
    --------
    >>> unpack_plan(pack_plan(Plan("Week 1", (Step("hog"),))))[0].title
    'Week 1'
    """
    lines = [plan.title, *(_line(step) for step in plan.steps)]
    packer = zlib.compressobj(9, wbits=-15)
    data = packer.compress("\n".join(lines).encode()) + packer.flush()
    return VERSION + base64.urlsafe_b64encode(data).decode().rstrip("=")


def _line(step: Step) -> str:
    """Write a step; its lesson's name is not said again before each parameter."""
    short = {k.removeprefix(step.slug): v for k, v in step.parameters.items()}
    return f"{step.slug}?{urlencode(short)}" if short else step.slug


def unpack_plan(text: str) -> tuple[Plan, tuple[str, ...]]:
    """Read what ``pack_plan`` wrote.

    Returns
    -------
    plan : Plan
        The lessons that exist here.
    dropped : tuple of str
        A sentence about each thing that was left out.

    Raises
    ------
    ValueError
        With a sentence, if it is no plan.
    """
    lines = _inflated(text).split("\n")
    steps, unknown = [], []
    for line in lines[1:]:
        slug, _, query = line.partition("?")
        if slug not in BY_SLUG:
            unknown.append(CONTROL.sub(" ", slug)[:40])
            continue
        own = {
            name if name == "image" else slug + name: value
            for name, value in parse_qsl(query, max_num_fields=100)
        }
        steps.append(Step(slug, view_of(slug, own)))
    said = [f"The plan names a lesson “{x}”, which is not here." for x in unknown[:3]]
    if len(steps) > MOST_STEPS:
        said.append(f"The plan was longer than {MOST_STEPS} lessons and is cut there.")
    return Plan("", tuple(steps[:MOST_STEPS])).named(lines[0]), tuple(said)


def _inflated(text: str) -> str:
    wrong = "The link's lesson plan can't be read; it may have been cut on its way."
    if not text.startswith(VERSION) or len(text) > 2 * LONGEST_CODE:
        raise ValueError(wrong)
    opener = zlib.decompressobj(wbits=-15)
    body = text[len(VERSION) :]
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), b"-_", validate=True)
        found = opener.decompress(data, LARGEST).decode()
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError(wrong) from None
    if not opener.eof:
        raise ValueError(wrong)
    return found
