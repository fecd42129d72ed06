"""EfficientNet-Lite0: seven stages of inverted residuals, for ImageNet's 1,000 classes.

The network of Tan and Le (2019) at its smallest size, in the "Lite" variant: no
squeeze-and-excitation, ReLU6 in place of swish, stem and head not scaled.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from explorer.models.conv_norm import ConvNorm

STRIDE = 32  # of the last stage
STEM_CHANNELS = 32
HEAD_CHANNELS = 1280


@dataclass(frozen=True)
class Stage:
    """One row of the paper's table 1: ``repeats`` blocks of one shape."""

    repeats: int
    channels: int
    expansion: int
    kernel_size: int
    stride: int


STEM_STRIDE = 2
STAGES = (
    Stage(1, 16, 1, 3, 1),
    Stage(2, 24, 6, 3, 2),
    Stage(2, 40, 6, 5, 2),
    Stage(3, 80, 6, 3, 2),
    Stage(3, 112, 6, 5, 1),
    Stage(4, 192, 6, 5, 2),
    Stage(1, 320, 6, 3, 1),
)


@dataclass(frozen=True)
class Activations:
    """Every intermediate result of one forward pass, ``(N, C, H, W)`` unless said.

    Attributes
    ----------
    stem : Tensor
        After the first convolution, stride 2.
    stages : tuple of 7 Tensors
        After each stage; strides 2, 4, 8, 16, 16, 32, 32.
    head : Tensor
        1,280 channels, stride 32.
    pooled : Tensor
        ``(N, 1280)``, the mean over all places.
    logits : Tensor
        ``(N, 1000)``.
    """

    stem: Tensor
    stages: tuple[Tensor, ...]
    head: Tensor
    pooled: Tensor
    logits: Tensor

    def named(self) -> dict[str, Tensor]:
        """Give the results as stem, stage1 to stage7, head, pooled, logits."""
        stages = {f"stage{i}": x for i, x in enumerate(self.stages, 1)}
        return {
            "stem": self.stem,
            **stages,
            "head": self.head,
            "pooled": self.pooled,
            "logits": self.logits,
        }


LAYERS = ("stem", *(f"stage{i}" for i in range(1, 8)), "head", "pooled", "logits")


class InvertedResidual(nn.Module):
    """Widen by 1x1, filter each channel by itself, narrow by 1x1; add the input.

    The sum is left out where the stride or the number of channels changes
    (Sandler et al. 2018, figure 3).
    """

    def __init__(
        self, channels_in: int, shape: Stage, stride: int, dilation: int = 1
    ) -> None:
        super().__init__()
        wide = channels_in * shape.expansion
        self.expand = ConvNorm(channels_in, wide) if shape.expansion > 1 else None
        self.depthwise = ConvNorm(
            wide, wide, shape.kernel_size, stride, groups=wide, dilation=dilation
        )
        self.project = ConvNorm(wide, shape.channels, relu6=False)
        self.skip = stride == 1 and channels_in == shape.channels

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's output, with the skip connection where there is one."""
        wide = x if self.expand is None else self.expand(x)
        narrow: Tensor = self.project(self.depthwise(wide))
        return x + narrow if self.skip else narrow


class EfficientNetLite0(nn.Module):
    """The whole network.

    References
    ----------
    Tan and Le 2019, EfficientNet, arXiv:1905.11946, table 1; Sandler et al. 2018,
    MobileNetV2, arXiv:1801.04381, section 3; the Lite changes: TensorFlow blog,
    "Higher accuracy on vision models with EfficientNet-Lite", 2020.

    Examples
    --------
    >>> import torch
    >>> net = EfficientNetLite0().eval()
    >>> with torch.inference_mode():
    ...     seen = net(torch.zeros(1, 3, 64, 96))
    >>> tuple(seen.stages[-1].shape), tuple(seen.logits.shape)
    ((1, 320, 2, 3), (1, 1000))
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.stem = ConvNorm(3, STEM_CHANNELS, 3, stride=STEM_STRIDE)
        channels = STEM_CHANNELS
        for i, shape in enumerate(STAGES, 1):
            self.add_module(f"stage{i}", make_stage(channels, shape, shape.stride))
            channels = shape.channels
        self.head = ConvNorm(channels, HEAD_CHANNELS)
        self.classifier = nn.Linear(HEAD_CHANNELS, classes)

    def forward(self, x: Tensor) -> Activations:
        """Classify ``(N, 3, H, W)`` values in [-1, 1], keeping what each stage gave."""
        stem: Tensor = self.stem(x)
        seen, y = [], stem
        for i in range(1, len(STAGES) + 1):
            y = self.get_submodule(f"stage{i}")(y)
            seen.append(y)
        head: Tensor = self.head(y)
        pooled = head.mean((2, 3))
        return Activations(stem, tuple(seen), head, pooled, self.classifier(pooled))


def layer_shapes() -> dict[str, tuple[int, int]]:
    """Return stride against the image, and channels, of the stem and of every stage.

    Examples
    --------
    >>> shapes = layer_shapes()
    >>> shapes["stem"], shapes["stage2"], shapes["stage7"]
    ((2, 32), (4, 24), (32, 320))
    """
    stride, found = STEM_STRIDE, {"stem": (STEM_STRIDE, STEM_CHANNELS)}
    for i, shape in enumerate(STAGES, 1):
        stride *= shape.stride
        found[f"stage{i}"] = (stride, shape.channels)
    return found


def make_stage(
    channels_in: int,
    shape: Stage,
    stride: int,
    dilation: int = 1,
    first_dilation: int | None = None,
) -> nn.Sequential:
    """Build one stage; its first block has the stride.

    ``first_dilation`` is the first block's own, where its stride was taken out: what
    it reads is not yet denser than it was trained for; what comes after is.
    """
    own = dilation if first_dilation is None else first_dilation
    first = InvertedResidual(channels_in, shape, stride, own)
    rest = [
        InvertedResidual(shape.channels, shape, 1, dilation)
        for _ in range(shape.repeats - 1)
    ]
    return nn.Sequential(first, *rest)


BLOCK_STEPS = (  # here; the published file's convolution and norm
    ("expand", "_expand_conv", "_bn0"),
    ("depthwise", "_depthwise_conv", "_bn1"),
    ("project", "_project_conv", "_bn2"),
)


def rename_published(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give the published state dict this module's names; every entry is kept.

    The published file numbers the 16 blocks in one row, where here each stage counts
    its own.

    Raises
    ------
    KeyError
        If a name is not one the published file has.
    """
    places = [
        f"stage{i}.{block}"
        for i, shape in enumerate(STAGES, 1)
        for block in range(shape.repeats)
    ]
    prefixes = {"_conv_stem": "stem.conv", "_bn0": "stem.norm"}
    prefixes |= {"_conv_head": "head.conv", "_bn1": "head.norm", "_fc": "classifier"}
    for i, place in enumerate(places):
        for step, conv, norm in BLOCK_STEPS:
            prefixes[f"_blocks.{i}.{conv}"] = f"{place}.{step}.conv"
            prefixes[f"_blocks.{i}.{norm}"] = f"{place}.{step}.norm"
    renamed = {}
    for name, value in state.items():
        prefix, _, leaf = name.rpartition(".")
        renamed[f"{prefixes[prefix]}.{leaf}"] = value
    return renamed
