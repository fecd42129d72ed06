"""Graphs taken from networks, against what the same networks answer to single rows."""

import pytest
import torch
from torch import nn
from torch.nn import functional
from torchvision.models import get_model

from explorer.core.field_table import layer_fields
from explorer.core.receptive_field import unit_marks
from explorer.models.architectures import architecture
from explorer.models.conv_norm import SameConv2d
from explorer.models.deeplab import DeepLabV3Plus
from explorer.models.fcn import FCN
from explorer.models.field_ops import UnknownOperation
from explorer.models.fields import positive
from explorer.models.proofs.receptive_field import prove_boxes
from explorer.models.receptive_field import trace, twin
from explorer.models.segnet import SegNet
from explorer.models.trunk import Trunk
from explorer.models.unet import UNet


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.b = nn.Conv2d(4, 4, 3, padding=2, dilation=2)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.relu(self.a(x))
        y = self.norm(self.b(x))
        y += x
        return self.relu(y)


class Unet(nn.Module):
    """Two levels, without padding, the skip cropped."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 2, 3)
        self.deep = nn.Conv2d(2, 2, 3)
        self.up = nn.ConvTranspose2d(2, 2, 2, stride=2)
        self.out = nn.Conv2d(4, 1, 3)

    def forward(self, x):
        skip = functional.relu(self.down(x))
        deep = functional.relu(self.deep(functional.max_pool2d(skip, 2)))
        up = self.up(deep)
        cut = (skip.shape[2] - up.shape[2]) // 2
        skip = skip[:, :, cut : cut + up.shape[2], cut : cut + up.shape[3]]
        return self.out(torch.cat([up, skip], 1))


class Aspp(nn.Module):
    """Rates side by side, a global branch on demand, enlarged to the input's size."""

    def __init__(self, whole):
        super().__init__()
        self.stem = SameConv2d(3, 2, 5, stride=2)
        self.rates = nn.ModuleList(
            nn.Conv2d(2, 2, 3, padding=d, dilation=d) for d in (1, 3)
        )
        self.pool = nn.AdaptiveAvgPool2d(1) if whole else None
        self.head = nn.Conv2d(4 + 2 * whole, 1, 1)

    def forward(self, x):
        y = self.stem(x)
        maps = [rate(y) for rate in self.rates]
        if self.pool is not None:
            maps.append(functional.interpolate(self.pool(y), y.shape[2:]))
        y = self.head(torch.cat(maps, 1))
        return functional.interpolate(
            y, x.shape[2:], mode="bilinear", align_corners=False
        )


class Fcn(nn.Module):
    """Strided, overlapping pooling, a transposed convolution, cropped at the end."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3, padding=4)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)
        self.mean = nn.AvgPool2d(2)
        self.up = nn.ConvTranspose2d(2, 1, 8, stride=4, padding=1, bias=False)

    def forward(self, x):
        y = self.up(self.mean(self.pool(self.conv(x))))
        return y[:, :, 2 : 2 + x.shape[2], 2 : 2 + x.shape[3]].sigmoid()


class Corners(nn.Module):
    def forward(self, x):
        y = functional.avg_pool2d(functional.pad(x, (1, 2, 3, 0)), 3, 2)
        y = functional.interpolate(y, (9, 11), mode="bilinear", align_corners=True)
        return functional.adaptive_avg_pool2d(y, (4, 5))


NETS = {
    "residual": Residual,
    "unet": Unet,
    "aspp": lambda: Aspp(0),
    "aspp with a global branch": lambda: Aspp(1),
    "fcn": Fcn,
    "corners": Corners,
    "strided 1x1": lambda: nn.Sequential(nn.Conv2d(3, 2, 1, 3), nn.Conv2d(2, 1, 3)),
}


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("axis", [0, 1])
def test_marks_are_the_lines_a_unit_answers_to(name, axis):
    net = NETS[name]().eval()
    height, width = 24, 31
    graph = trace(net, height, width)
    size = (height, width)[axis]
    x = torch.zeros(size, 3, height, width)
    for line in range(size):
        x[line].select(1 + axis, line)[:] = 1
    with torch.no_grad():
        light = twin(net, positive)
        rest = light(torch.zeros(1, 3, height, width))
        answer = (light(x) - rest).sum(1)  # (lines, rows, cols)
    units = answer.shape[1 + axis]
    across = answer.shape[2 - axis] // 2
    seen = answer.select(2 - axis, across).abs() > 1e-9  # (lines, units)
    marks = unit_marks(graph, len(graph.nodes) - 1, axis)
    assert marks.shape == (units, size)
    assert (torch.from_numpy(marks) == seen.T).all()


def test_an_unpooling_reads_at_most_its_cell():
    class Segnet(nn.Module):
        def __init__(self):
            super().__init__()
            self.pool = nn.MaxPool2d(2, return_indices=True)
            self.unpool = nn.MaxUnpool2d(2)
            self.conv = nn.Conv2d(3, 1, 3, padding=1)

        def forward(self, x):
            y, where = self.pool(x)
            return self.conv(self.unpool(y, where))

    graph = trace(Segnet().eval(), 8, 8)
    assert [node.op for node in graph.nodes[1:]] == [
        "max pooling",
        "unpooling",
        "convolution",
    ]
    assert unit_marks(graph, 2, 0)[5].nonzero()[0].tolist() == [4, 5]
    assert unit_marks(graph, 3, 0)[3].nonzero()[0].tolist() == [2, 3, 4, 5]


def test_names_are_the_modules_and_sums_their_blocks():
    names = [(node.name, node.op) for node in trace(Residual().eval(), 16, 16).nodes]
    assert names == [
        ("input", "input"),
        ("a", "convolution"),
        ("b", "convolution"),
        ("sum", "sum"),
    ]


def test_a_map_is_marked_where_its_own_module_returns_it():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)

        def forward(self, x):
            return (self.conv(x) + x).relu()

    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = Block()

        def forward(self, x):
            return {"out": functional.max_pool2d(self.block(x), 2)}

    graph = trace(Whole().eval(), 8, 8)
    seen = {node.name: node.returned for node in graph.nodes}
    assert seen == {
        "input": False,
        "block.conv": True,
        "block": True,  # what it adds up, after the activation
        "max pooling": False,  # the whole network returns no map
    }


@pytest.mark.parametrize("architecture", ["fcn8s", "segnet", "unet", "deeplabv3plus"])
def test_every_segmenter_has_boxes_that_autograd_confirms(architecture):
    torch.manual_seed(0)
    net = {
        "fcn8s": lambda: FCN(3, 8, Trunk()),
        "segnet": lambda: SegNet(3),
        "unet": lambda: UNet(3),
        "deeplabv3plus": lambda: DeepLabV3Plus(3, Trunk(16)),
    }[architecture]()
    graph = trace(net.eval(), 64, 96)
    last = len(graph.nodes) - 1
    for node in (last, last // 2):
        rows, cols = graph.nodes[node].shape
        units = [(0, 0), (rows - 1, cols - 1), (rows // 3, cols // 2)]
        assert prove_boxes(graph, node, units).delta == 0


def test_the_network_is_left_as_it_was():
    net = Residual().eval()
    before = {k: v.clone() for k, v in net.state_dict().items()}
    trace(net, 16, 16)
    twin(net, positive)
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())
    assert all(p.device.type == "cpu" and p.requires_grad for p in net.parameters())
    assert not any(len(m._forward_hooks) for m in net.modules())


def test_a_twin_shares_no_weight():
    net = Residual().eval()
    other = twin(net, positive)
    mine = {p.data_ptr() for p in net.parameters()}
    assert not mine & {p.data_ptr() for p in other.parameters()}
    assert float(other.a.weight.sum()) == pytest.approx(4 * 9)


def test_an_operation_that_moves_values_is_named():
    with pytest.raises(UnknownOperation, match="pixel_shuffle|view|permute"):
        trace(nn.Sequential(nn.PixelShuffle(2), nn.Conv2d(1, 1, 1)), 8, 8, 4)


@pytest.mark.parametrize(
    ("name", "size", "jump"),
    [  # Araujo et al. 2019, table of networks
        ("inception_v3", 1311, 32),
        ("vgg16", 212, 32),
    ],
)
def test_published_sizes_of_other_networks(name, size, jump):
    options = {"init_weights": False} if name == "inception_v3" else {}
    with torch.device("meta"):
        net = get_model(name, weights=None, **options).eval()
    fields = [f for f in layer_fields(trace(net, 299, 299)) if f.shape != (1, 1)]
    largest = max(
        fields, key=lambda field: field.size if "avgpool" not in field.name else (0, 0)
    )
    assert (largest.size[0], largest.jump[0]) == (size, jump)


def test_dilated_resnets_keep_their_field_and_lose_their_stride():
    sizes = {}
    for dilated in (False, True):
        with torch.device("meta"):
            net = get_model(
                "resnet50",
                weights=None,
                replace_stride_with_dilation=(False, dilated, dilated),
            ).eval()
        fields = {f.name: f for f in layer_fields(trace(net, 224, 224))}
        sizes[dilated] = (fields["layer4.2"].size[0], fields["layer4.2"].jump[0])
    assert sizes[False] == (427, 32)
    # The first block of a dilated stage keeps the rate before it, so it is near 427.
    assert sizes[True][1] == 8
    assert 400 < sizes[True][0] <= 427 + 64


def test_an_unknown_architecture_lists_those_there_are():
    with pytest.raises(ValueError, match="no network 'LeNet'; there is VGG16"):
        architecture("LeNet", 224, 224)


def test_vggs_layers_have_the_papers_names():
    names = [node.name for node in architecture("VGG16", 224, 224).nodes]
    assert [n for n in names if n.startswith("pool")] == [
        f"pool{i}" for i in range(1, 6)
    ]
    assert {"conv1_1", "conv3_3", "conv5_3", "fc6"} <= set(names)
    assert "conv1_3" not in names
