"""Which models are served by the same processes: those that share what they need.

A family is read off a model's record: its shelf, its task, and whether it stands on a
backbone that others stand on too. Nothing is imported for it, so a front end knows
where to send a job without holding a network.
"""

from collections.abc import Mapping

from explorer.models.records import Record

PREFIX = "explorer_"  # before a family's name: its application on a cluster
FULL_SIZE = "full_size"
GENERATIVE = "generative"
BY_TASK = {"segmentation": "segmenters", "classification": "classifiers"}
ON_BACKBONE, WITHOUT = "detectors", "classical"  # of what finds boxes


def family(record: Record, known: Mapping[str, Record]) -> str:
    """Name the family of a model.

    Parameters
    ----------
    record : Record
    known : mapping of str to Record
        Every record by name, this one among them.

    Returns
    -------
    str
        ``full_size`` for what is downloaded; else by what it stands on and does:
        ``generative`` (with the classifiers of the same pictures), ``segmenters``,
        ``classifiers``, ``detectors`` on a backbone, ``classical`` without one.

    Examples
    --------
    >>> from explorer.models.records import read_all
    >>> known = read_all()
    >>> [family(known[name], known) for name in ("rcnn", "everyday_ssd", "dpm")]
    ['classifiers', 'detectors', 'classical']
    """
    if record.downloadable:
        return FULL_SIZE
    root = known.get(record.backbone, record)
    learnt = {one.data for one in known.values() if one.task == GENERATIVE}
    if root.task == GENERATIVE or (
        root.task == "classification" and root.data in learnt
    ):
        return GENERATIVE
    if root.task in BY_TASK:
        return BY_TASK[root.task]
    shared = {one.backbone for one in known.values()}
    return ON_BACKBONE if root.name in shared else WITHOUT


def families(known: Mapping[str, Record]) -> dict[str, tuple[str, ...]]:
    """Return the names of every family's models, backbones by themselves left out.

    Examples
    --------
    >>> from explorer.models.records import read_all
    >>> sorted(families(read_all()))
    ['classical', 'classifiers', 'detectors', 'full_size', 'generative', 'segmenters']
    """
    found: dict[str, list[str]] = {}
    for record in known.values():
        if not record.architecture.endswith("_trunk"):
            found.setdefault(family(record, known), []).append(record.name)
    return {name: tuple(members) for name, members in sorted(found.items())}
