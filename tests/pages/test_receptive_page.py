"""The lesson on receptive fields: networks, layers, places, and what is said."""

import numpy as np
import pytest

from explorer.core.effective_field import mass_profile
from explorer.core.field_table import LayerField, layer_fields
from explorer.core.reach import Reach
from explorer.models.architectures import architecture
from explorer.ui.lessons import receptive_field as lesson
from explorer.ui.lessons import receptive_words as words
from explorer.ui.lessons.receptive_scene import growing
from tests.pages.test_pages import open_app, sound

PATH = "pages/receptive_field.py"


def opened(**link):
    app = open_app(PATH, **{f"receptive_field_{k}": v for k, v in link.items()})
    sound(app)
    return app


def proofs(app):
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def test_the_live_network_is_proved_four_ways():
    app = opened()
    lines = proofs(app)
    assert len(lines) == 4
    assert all("matches" in line for line in lines)
    assert words.HOW_MEASURED in app.caption[1].value


@pytest.mark.parametrize(
    ("network", "size"), [("VGG16", 212), ("ResNet-34", 899), ("ResNet-50", 427)]
)
def test_a_network_without_weights_has_its_table_and_no_gradient(network, size):
    app = opened(network=network, all_layers="true")
    assert len(proofs(app)) == 2
    table = app.dataframe[0].value
    kernels = table[~table["made by"].str.contains("to a size")]  # VGG's, at 320 px
    assert int(kernels["size, px"].max()) == size
    assert list(table.columns)[-3:] == ["size, px", "jump, px", "start, px"]
    assert not [t for t in app.toggle if t.key == "receptive_field_random"]


@pytest.mark.parametrize("place", [0, 1, -1, 9])
def test_the_table_shows_the_chosen_layer_without_scrolling(place):
    fields = growing(architecture("VGG16", 224, 224))
    near = lesson.around(fields, fields[place])
    assert fields[place] in near
    assert len(near) == lesson.TABLE_ROWS
    assert lesson.around(fields[:2], fields[1]) == fields[:2]


def test_the_first_screens_table_marks_its_layer():
    table = opened().dataframe[0].value
    assert len(table) == lesson.TABLE_ROWS
    assert table["layer"].str.startswith("▸ ").sum() == 1


def test_a_place_from_a_link_is_kept_and_bad_ones_stay_inside():
    app = opened(place="0.1,0.9")
    assert app.session_state["receptive_field_place"] == (0.1, 0.9)
    app = opened(place="7,-3")
    assert len(proofs(app)) == 4


def test_random_weights_change_the_words_and_the_proofs_still_hold():
    app = opened(random="true")
    assert words.BELL in app.caption[1].value
    assert all("matches" in line for line in proofs(app))


def test_only_layers_that_change_something_are_listed():
    graph = architecture("VGG16", 224, 224)
    names = [field.name for field in growing(graph)]
    assert names[0] == "conv1_1"
    assert names[-1] == "pool5"  # the pooling to 7 x 7 moves nothing at this size
    assert len(names) == 13 + 5
    resnet = growing(architecture("ResNet-50", 224, 224))
    assert not [f for f in resnet if f.reach.kernel_size == 1 and "conv1" in f.name]
    assert "layer4.2" in [field.name for field in resnet]


def field(**changed):
    given = {
        "node": 1,
        "name": "a.conv",
        "op": "convolution",
        "shape": (20, 20),
        "reach": Reach("window", 3),
        "size": (11, 11),
        "jump": (4.0, 4.0),
        "start": (2.0, 2.0),
        "whole": False,
    }
    return LayerField(**{**given, **changed})


def test_a_box_off_its_cell_is_explained_only_where_it_is():
    assert words.reading(field(), None, False) == []
    said = words.reading(field(start=(3.5, 3.5)), None, False)
    assert "1.5 px below and right of" in said[0]
    assert "above and left of" in words.reading(field(start=(0, 0)), None, False)[0]


@pytest.mark.parametrize(
    ("reach", "kernel", "stride"),
    [
        (Reach("window", 3, 2), "3 × 3", "2"),
        (Reach("window", 3, 1, 6), "3 × 3 rate 6", "1"),
        (Reach("window", 1, 2), "", "2"),
        (Reach("transposed", 4, 2), "4 × 4", "÷ 2"),
        (Reach("bilinear", size_in=7, size_out=28), "", "÷ 4"),
        (Reach("whole", size_in=7), "", "all"),
    ],
)
def test_kernel_and_stride_in_words(reach, kernel, stride):
    assert words.kernel_text(reach) == kernel
    assert words.stride_text(reach) == stride


def test_the_formula_has_the_layers_own_numbers():
    graph = architecture("VGG16", 224, 224)
    fields = {f.node: f for f in layer_fields(graph)}
    said = words.growth(graph, fields, fields[graph.find("conv3_2")])
    assert r"24+1\cdot(3-1)\cdot4=\mathbf{32}" in said
    pool = words.growth(graph, fields, fields[graph.find("pool1")])
    assert r"1\cdot2=\mathbf{2}" in pool
    resnet = architecture("ResNet-18", 224, 224)
    fields = {f.node: f for f in layer_fields(resnet)}
    said = words.growth(resnet, fields, fields[resnet.find("layer1.0")])
    assert r"\max(" in said
    assert "27" in said


def test_a_dead_unit_is_said_to_be_one():
    nothing = mass_profile(np.zeros((4, 4)), (0, 0, 4, 4))
    assert "No pixel changes this unit" in words.measured(nothing, 4)[0]
    one = np.zeros((4, 4))
    one[1, 1] = 1
    said = words.measured(mass_profile(one, (0, 0, 4, 4)), 4)
    assert "middle 25 %" in said[0]
    assert "1 px of 4" in said[1]


def test_numbers_to_download():
    assert lesson.numbers(None, None) == {}
