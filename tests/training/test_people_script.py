"""What the scripts of the people detectors share."""

import hashlib

from explorer.training import people_script


def test_nothing_is_written_on_a_dry_run(monkeypatch, capsys):
    photos = list(range(10))
    monkeypatch.setattr(people_script, "read_photos", lambda folder: photos)
    monkeypatch.setattr(
        people_script, "split_photos", lambda all_, seed: (all_[:7], all_[7:])
    )
    written = []

    def write(outcome, held, seed, seconds):
        written.append((outcome, held, seed))
        return "record"

    for flags, calls in ((["--dry-run"], []), ([], [(49, 3, 4)])):
        options = people_script.parser_of("dpm").parse_args(
            ["x", "--seed", "4", *flags]
        )
        outcome, held = people_script.run(
            options, lambda them, seed: sum(them) + seed, write, lambda it: (it,)
        )
        assert (outcome, held) == (49, [7, 8, 9])
        assert written == calls
        assert capsys.readouterr().out.startswith("49 ")


def test_a_record_carries_the_size_and_digest_of_its_weights(tmp_path, monkeypatch):
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"weights")
    monkeypatch.setattr(people_script.records, "write", lambda values: values)
    values = people_script.write_record(path, {"name": "w"})
    digest = hashlib.sha256(b"weights").hexdigest()
    assert values == {"name": "w", "bytes": 7, "sha256": digest}
