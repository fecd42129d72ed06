"""Families: every model has one, and those of one family share what they stand on."""

from dataclasses import replace

from explorer.models import zoo
from explorer.models.families import families, family


def test_every_model_that_runs_is_in_exactly_one_family() -> None:
    found = [name for members in families(zoo.records()).values() for name in members]
    heads = {n for n, r in zoo.records().items() if not n.endswith("_lite")}
    assert sorted(found) == sorted(heads)


def test_heads_of_one_backbone_are_served_together() -> None:
    known = zoo.records()
    for name in ("everyday_lite", "street_lite", "people_lite", "efficientnet_lite0"):
        heads = [one for one in known.values() if one.backbone == name]
        assert len({family(one, known) for one in heads}) == 1
    assert family(known["rcnn"], known) == family(known["efficientnet_lite0"], known)


def test_the_digits_classifier_is_with_the_networks_of_digits() -> None:
    known = zoo.records()
    assert family(known["digits_classifier"], known) == "generative"
    assert family(known["efficientnet_lite0"], known) == "classifiers"


def test_the_record_decides_not_the_name() -> None:
    known = zoo.records()
    renamed = replace(known["everyday_ssd"], name="anything")
    assert family(renamed, known) == "detectors"
    fetched = replace(renamed, weights={"url": "https://example.org/a.pth"})
    assert family(fetched, known) == "full_size"
