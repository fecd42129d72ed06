"""The one list of lessons: navigation, home page and tests are built from it."""

from explorer.ui.catalogue_detection import DETECTION
from explorer.ui.catalogue_generative import GENERATIVE
from explorer.ui.catalogue_row import PARTS, ROOT, Lesson
from explorer.ui.catalogue_segmentation import SEGMENTATION

__all__ = [
    "BY_SLUG",
    "LESSONS",
    "PARTS",
    "ROOT",
    "Lesson",
    "neighbours",
    "parts",
    "search",
]

LESSONS = SEGMENTATION + DETECTION + GENERATIVE
BY_SLUG = {lesson.slug: lesson for lesson in LESSONS}


def parts() -> dict[str, list[Lesson]]:
    """Return the lessons of each part that has any, in the order of the course."""
    grouped = {part: [x for x in LESSONS if x.part == part] for part in PARTS}
    return {part: lessons for part, lessons in grouped.items() if lessons}


def neighbours(slug: str) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after this one; None at the ends.

    Raises
    ------
    KeyError
        If no lesson has that slug.

    Examples
    --------
    >>> before, after = neighbours(LESSONS[0].slug)
    >>> before is None, after is LESSONS[1]
    (True, True)
    """
    place = LESSONS.index(BY_SLUG[slug])
    before = LESSONS[place - 1] if place else None
    after = LESSONS[place + 1] if place + 1 < len(LESSONS) else None
    return before, after


def search(query: str) -> tuple[Lesson, ...]:
    """Return the lessons in which every word of the query occurs, in course order.

    Examples
    --------
    >>> [x.slug for x in search("quantisation")]
    ['roi_pooling']
    >>> len(search("")) == len(LESSONS)
    True
    """
    words = query.lower().split()

    def text(lesson: Lesson) -> str:
        fields = (lesson.title, lesson.question, lesson.words, lesson.part)
        return " ".join(fields).lower()

    return tuple(x for x in LESSONS if all(word in text(x) for word in words))
