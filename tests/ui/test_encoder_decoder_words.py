"""What the encoder-decoder lesson says, at both sides of each turn of phrase."""

import numpy as np
import pytest

from explorer.core.label_change import label_changes
from explorer.core.unet_sizes import unet_sizes
from explorer.ui.lessons import encoder_decoder_said as said
from explorer.ui.lessons.encoder_decoder import switches
from explorer.ui.lessons.encoder_decoder_words import TERMS, off_short


def striped(wide=40):
    labels = np.zeros((10, wide), np.uint8)
    labels[:, wide // 2 :] = 1
    return labels


def changed(columns):
    before = striped()
    after = before.copy()
    after[:, columns] = 1 - after[:, columns]
    return label_changes(before, after[None], 2)


def test_changes_at_the_boundary_and_away_from_it_are_told_apart():
    text = said.change_words("unet", "1", changed([19, 20]), 1)
    assert "5.0 % of the labels change. 100.0 % of the changed pixels" in text
    assert "5.0 times as often** as by chance" in text
    text = said.change_words("unet", "1", changed([0, 1]), 1)
    assert "**avoid** boundaries (0.0 times chance)" in text
    everywhere = changed(list(range(0, 40)))
    assert "about as often as anywhere" in said.change_words("unet", "2", everywhere, 1)


def test_nothing_switched_and_nothing_changed_say_so():
    nothing = changed([])
    assert "as it was trained" in said.change_words("segnet", "", nothing, 0)
    assert "nothing hangs on it" in said.change_words("segnet", "3", nothing, 1)
    flat = np.zeros((4, 4), np.uint8)
    one = label_changes(flat, np.ones((1, 4, 4), np.uint8), 2)
    assert "one class only" in said.change_words("unet", "1", one, 1)


def test_the_table_has_a_line_a_switch_and_the_score_where_it_is_known():
    changes = label_changes(striped(), np.stack([striped()] * 5), 2)
    table = said.change_table("unet", changes, [None] * 6)
    assert table.count("\n") == 7
    assert "truth" not in table
    assert "no\xa0skips" in table.splitlines()[-1]
    table = said.change_table("unet", changes, [0.5, 0.4, 0.5, 0.6, 0.5, 0.1])
    assert "mIoU with the truth" in table
    assert "0.400\xa0(−0.100)" in table
    assert "0.600\xa0(+0.100)" in table
    assert table.splitlines()[4].endswith("| 0.500 |")


def test_the_toolbar_has_none_each_and_all():
    assert [off_short(off) for off in switches("unet")] == ["none", *"1234", "all"]
    assert [off_short(off) for off in switches("segnet")] == ["none", *"12345", "all"]


def test_sizes_say_what_is_lost():
    text = said.size_words(unet_sizes(572))
    assert "572 in, 388 out" in text
    assert "skips 568, 280, 136, 64" in text
    assert "184 px" in text
    assert "46%" in text
    padded = said.size_words(unet_sizes(256, padded=True))
    assert "256 in, **256** out" in padded
    assert "572" in said.no_size("an input of 576 px ...", [572, 588])


def test_silent_windows_are_told_only_where_there_are_some():
    pooled = np.zeros((10, 20), np.float32)
    a = {"pooled": pooled + 1, "unpooled": np.ones((20, 40), np.float32)}
    assert "ReLU" not in said.segnet_level(a)
    a["pooled"][0, 0] = 0  # 0.5 %
    assert "ReLU" in said.segnet_level(a)


def test_what_crosses_is_compared_in_both_ways():
    text = said.passed_words({"segnet": 1000, "unet": 64_000}, {"segnet": 32_000})
    assert "64 times less" in text
    assert "2.0 times" in text


def test_a_record_without_a_score_says_so():
    column = {
        "miou": None,
        "parameters": 901515,
        "macs": None,
        "passed": 10,
        "kept": 20,
        "ms": 12.3,
    }
    table = said.cost_table({"segnet": column})
    assert "not measured" in table
    assert "not counted" in table
    column |= {"miou": (0.4104, "test", 233), "macs": 2_437_152_768}
    table = said.cost_table({"segnet": column})
    assert "0.410 (test,\xa0233)" in table
    assert "2.44 G" in table


@pytest.mark.parametrize(
    "word",
    ["Encoder", "Decoder", "Level", "Max pooling", "Index", "Nearest"]
    + ["Skip connection", "Concatenation", "Up-convolution", "Valid convolution"]
    + ["mIoU", "Boundary IoU", "Unpooling by indices"],
)
def test_every_term_has_its_line(word):
    assert f"**{word}**" in TERMS
