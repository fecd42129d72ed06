"""Small pictures for the road map, each made by its own lesson's algorithm."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.convolution import conv2d
from explorer.core.dilation import coverage_steps
from explorer.core.elastic import displacement, warp
from explorer.core.hog import hog_cells
from explorer.core.kernels import kernel
from explorer.core.nms import nms_steps
from explorer.core.overlap import constant_kernel, upsample, upsampling
from explorer.core.samples import STREET, load_sample
from explorer.core.spp import spp_steps
from explorer.core.unpooling import max_pool, max_unpool, nearest_unpool
from explorer.core.windows import (
    detect_windows,
    opencv_people_template,
    windows_above,
)
from explorer.figures.deeplab import BRANCH_COLORS
from explorer.figures.dilation import gridding_image
from explorer.figures.segmentation import STREET_COLORS, overlay_image
from explorer.figures.theme import COLORS, ORIENTATIONS, rgb

Image = NDArray[np.uint8]
WIDTH_PX, HEIGHT_PX = 320, 200
CELL_PX = 8


def framed(image: Image, center_x: float = 0.5, center_y: float = 0.5) -> Image:
    """Cut the thumbnail's proportions around a point and resize."""
    height, width = image.shape[:2]
    wide = min(width, height * WIDTH_PX // HEIGHT_PX)
    high = min(height, width * HEIGHT_PX // WIDTH_PX)
    left = int(np.clip(center_x * width - wide / 2, 0, width - wide))
    top = int(np.clip(center_y * height - high / 2, 0, height - high))
    cut = np.ascontiguousarray(image[top : top + high, left : left + wide])
    size = (WIDTH_PX, HEIGHT_PX)
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)


def convolution_thumbnail(image: Image) -> Image:
    """Left half the photo, right half its vertical edges, by our own convolution."""
    small = framed(image, center_y=0.25)
    grey = small.astype(float).mean(axis=2)
    edges = conv2d(grey, kernel("vertical edges", 3), padding=1)
    shown = np.clip(127 + 2.5 * edges, 0, 255).astype(np.uint8)
    half = WIDTH_PX // 2
    small = small.copy()
    small[:, half:] = shown[:, half:, None]
    cv2.line(small, (half, 0), (half, HEIGHT_PX), (255, 255, 255), 2)
    return small


def transposed_thumbnail(image: Image) -> Image:
    """Left a coarse photo, right the same upsampled by unevenly overlapping stamps."""
    stride, coarse = 4, 8  # pixels of the thumbnail: a new pixel, an old one
    size = (WIDTH_PX // coarse, HEIGHT_PX // coarse)
    small = cv2.resize(framed(image, center_y=0.2), size, interpolation=cv2.INTER_AREA)
    maps = np.asarray(small, np.float64).transpose(2, 0, 1)
    made = upsample(maps, constant_kernel(3, 2), upsampling(3, 2)).transpose(1, 2, 0)
    grown = np.clip(made, 0, 255).astype(np.uint8).repeat(stride, 0).repeat(stride, 1)
    shown = np.asarray(small, np.uint8).repeat(coarse, 0).repeat(coarse, 1)
    half = WIDTH_PX // 2
    shown[:, half:] = grown[:, half:]
    cv2.line(shown, (half, 0), (half, HEIGHT_PX), (255, 255, 255), 2)
    return np.ascontiguousarray(shown)


def unpooling_thumbnail(image: Image) -> Image:
    """Left half the photo; right half its grey values pooled and unpooled by place."""
    small = framed(image, center_y=0.25)
    half = WIDTH_PX // 2
    grey = small[:, half:].astype(float).mean(axis=2)
    pool = max_pool(grey, 4)
    spots = max_unpool(pool.values, pool.indices, pool.shape)
    spots = cv2.dilate(spots, np.ones((2, 2)))  # one pixel each would hardly be seen
    small = small.copy()
    small[:, half:] = np.asarray(spots, np.uint8)[..., None]
    cv2.line(small, (half, 0), (half, HEIGHT_PX), (255, 255, 255), 2)
    return small


def fully_convolutional_thumbnail(image: Image) -> Image:
    """Mean windows and a 1x1 convolution: one score every 16 px, here for red."""
    stride, window = 16, 5
    small = framed(image)
    weights = np.array([1.0, -1.5, 0.5]) / 255  # of the three channels
    cells = cv2.resize(
        small, (WIDTH_PX // stride, HEIGHT_PX // stride), interpolation=cv2.INTER_AREA
    )
    mean = cv2.blur(cells.astype(np.float64), (window, window)) @ weights
    inner = mean[window // 2 : -(window // 2), window // 2 : -(window // 2)]
    level = np.clip((inner - inner.min()) / np.ptp(inner), 0, 1)
    heat = cv2.applyColorMap((level * 255).astype(np.uint8), cv2.COLORMAP_VIRIDIS)
    heat = heat[..., ::-1].repeat(stride, axis=0).repeat(stride, axis=1)
    top = left = stride * (window // 2)
    part = small[top : top + heat.shape[0], left : left + heat.shape[1]]
    part[:] = part * 0.45 + heat * 0.55
    row, col = np.unravel_index(int(inner.argmax()), inner.shape)
    x, y, side = int(col) * stride, int(row) * stride, window * stride
    _drawn(small, np.array([[x, y, x + side, y + side]]), COLORS["proposal"], 3)
    return small


def fcn_thumbnail(image: Image) -> Image:
    """The drawn street's true classes at stride 32, 16 and 8, a third each."""
    labels = load_sample(STREET).gt_classes
    assert labels is not None  # the drawn street has them
    height, width = image.shape[:2]
    shown = np.empty_like(image)
    for third, stride in enumerate((32, 16, 8)):
        size = (width // stride, height // stride)
        cells = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
        painted = overlay_image(
            image, np.asarray(cells, np.uint8), tuple(STREET_COLORS.values()), 0.7
        )
        part = slice(third * width // 3, (third + 1) * width // 3)
        shown[:, part] = painted[:, part]
    return framed(shown, center_y=0.45)


def elastic_thumbnail(image: Image) -> Image:
    """The photo with a grid printed on it, bent by a random field."""
    small = framed(image)
    for line in range(0, WIDTH_PX, 20):
        cv2.line(small, (line, 0), (line, HEIGHT_PX), (255, 255, 255), 1)
        cv2.line(small, (0, line), (WIDTH_PX, line), (255, 255, 255), 1)
    field = displacement(small.shape[:2], 7.0, 22.0, np.random.default_rng(5))
    return warp(small, field)


def dilated_convolution_thumbnail(image: Image) -> Image:
    """What rates 2, 2, 2 read of the left half, and rates 1, 2, 5 of the right."""
    stacks = tuple(coverage_steps(3, rates)[-1] for rates in ((2, 2, 2), (1, 2, 5)))
    return gridding_image(framed(image), stacks, cells=25)


def receptive_field_thumbnail(image: Image) -> Image:
    """A field's box on the photo, lit by the gradient of layers with equal weights."""
    small = framed(image, center_y=0.25)
    paths = coverage_steps(3, (1,) * 12 + (2,) * 12 + (4,) * 6)[-1].paths
    share = (paths / paths.max()) ** 0.5
    light, side = np.outer(share, share), len(share)
    top, left = (HEIGHT_PX - side) // 2, (WIDTH_PX - side) // 2
    dark, part = small * 0.4, (slice(top, top + side), slice(left, left + side))
    dark[part] += light[..., None] * (small[part] * 0.6 + np.array([60, 35, 0]))
    shown = np.asarray(dark.clip(0, 255), np.uint8)
    box = np.array([[left, top, left + side, top + side]], float)
    _drawn(shown, box, COLORS["proposal"], 3)
    return shown


def pyramid_pooling_thumbnail(image: Image) -> Image:
    """Bins of 4 x 4 over the photo, an arrow from each to its strongest edge."""
    small = framed(image, center_y=0.4)
    grey = cv2.GaussianBlur(small.astype(np.float32).mean(axis=2), (0, 0), 3)
    slope = np.hypot(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1))
    cells = cv2.resize(
        slope,
        (WIDTH_PX // CELL_PX, HEIGHT_PX // CELL_PX),
        interpolation=cv2.INTER_AREA,
    )
    (level,) = spp_steps(cells[None], (4,))
    for i, (top, bottom) in enumerate(level.rows * CELL_PX):
        for j, (left, right) in enumerate(level.cols * CELL_PX):
            down, across = np.divmod(int(level.argmax[0, i, j]), cells.shape[1])
            box = np.array([[left, top, right - 1, bottom - 1]], np.float64)
            _drawn(small, box, COLORS["proposal"], 2)
            middle = (int(left + right) // 2, int(top + bottom) // 2)
            head = (int((across + 0.5) * CELL_PX), int((down + 0.5) * CELL_PX))
            cv2.arrowedLine(small, middle, head, (255, 255, 255), 2, cv2.LINE_AA)
    return small


def deeplab_thumbnail(image: Image) -> Image:
    """Where the taps of three atrous kernels land around one cell."""
    small = framed(image, center_x=0.55, center_y=0.6)
    shown = np.asarray(small * 0.8, np.uint8)
    center = np.array([WIDTH_PX // 2, HEIGHT_PX // 2])
    taps = np.stack(np.meshgrid((-1, 0, 1), (-1, 0, 1)), -1).reshape(-1, 2)
    for rate, color in zip((9, 6, 3), BRANCH_COLORS[::-1], strict=True):
        for x, y in center + taps * rate * CELL_PX:
            cv2.circle(shown, (int(x), int(y)), 7, (255, 255, 255), -1, cv2.LINE_AA)
            cv2.circle(shown, (int(x), int(y)), 5, rgb(color), -1, cv2.LINE_AA)
    x, y = (int(v) for v in center)
    cv2.circle(shown, (x, y), 7, (0, 0, 0), -1, cv2.LINE_AA)
    cv2.circle(shown, (x, y), 5, (255, 255, 255), -1, cv2.LINE_AA)
    return shown


def encoder_decoder_thumbnail(image: Image) -> Image:
    """One part of the photo; its maxima put back by index; its maxima copied."""
    third, window = 104, 4
    left = (WIDTH_PX - third) // 2 - 10
    part = framed(image, center_y=0.25)[:, left : left + third]
    grey = part.astype(np.float64).mean(axis=2)
    pooled = max_pool(grey, window)
    sparse = max_unpool(pooled.values, pooled.indices, (HEIGHT_PX, third))
    shown = np.full((HEIGHT_PX, WIDTH_PX, 3), 255, np.uint8)
    shown[:, :third] = part
    panes = (sparse, nearest_unpool(pooled.values, window))
    for start, pane in zip((108, 216), panes, strict=True):
        shown[:, start : start + third] = pane.astype(np.uint8)[..., None]
    return shown


def hog_thumbnail(image: Image) -> Image:
    """Glyphs of the cells' histograms on the darkened photo."""
    small = framed(image, center_y=0.25)
    cells = hog_cells(small)
    canvas = np.asarray(small * 0.25, np.uint8)
    strength = cells / np.percentile(cells.max(axis=2), 98)
    for row, col in np.ndindex(cells.shape[:2]):
        y, x = (row + 0.5) * CELL_PX, (col + 0.5) * CELL_PX
        for place in np.argsort(strength[row, col])[-2:]:
            # An edge runs across its gradient.
            angle = np.pi * (place + 0.5) / cells.shape[2] + np.pi / 2
            reach = 3.6 * min(1.0, float(strength[row, col, place]))
            dx, dy = reach * np.cos(angle), reach * np.sin(angle)
            tail = (round((x - dx) * 16), round((y - dy) * 16))
            head = (round((x + dx) * 16), round((y + dy) * 16))
            color = rgb(ORIENTATIONS[place % len(ORIENTATIONS)])
            cv2.line(canvas, tail, head, color, 1, cv2.LINE_AA, 4)
    return canvas


def _people(image: Image) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found = windows_above(detect_windows(image, opencv_people_template()), 0.3)
    return found.boxes, found.scores


def _drawn(image: Image, boxes: NDArray[np.float64], color: str, width: int) -> None:
    for x1, y1, x2, y2 in boxes.round().astype(int):
        cv2.rectangle(image, (x1, y1), (x2, y2), rgb(color), width, cv2.LINE_AA)


def nms_thumbnail(image: Image) -> Image:
    """Every raw box of the people detector, and those that suppression keeps."""
    boxes, scores = _people(image)
    kept = [step.kept for step in nms_steps(boxes, scores, 0.3)]
    shown = image.copy()
    _drawn(shown, boxes, COLORS["suppressed"], 1)
    _drawn(shown, boxes[kept], COLORS["kept"], 5)
    return framed(shown, center_y=0.55)


def sliding_window_thumbnail(image: Image) -> Image:
    """The score of every window on one level of the pyramid, laid over the photo."""
    scan = detect_windows(image, opencv_people_template(), scale_step=1.3)
    level = max(scan.levels, key=lambda one: float(one.scores.max()))
    height, width = image.shape[:2]
    heat = np.clip(level.scores + 2.0, 0, 3.0) / 3.0 * 255
    window_w, window_h = (side * level.scale for side in scan.window_px)
    inner = (round(width - window_w), round(height - window_h))
    heat = cv2.resize(heat.astype(np.uint8), inner, interpolation=cv2.INTER_CUBIC)
    color = cv2.applyColorMap(heat, cv2.COLORMAP_VIRIDIS)[..., ::-1]
    shown = np.asarray(image * 0.55, np.uint8)
    top, left = round(window_h / 2), round(window_w / 2)
    part = shown[top : top + inner[1], left : left + inner[0]]
    part[:] = part * 0.45 + color[: part.shape[0], : part.shape[1]] * 0.55
    best = windows_above(scan, 0.5)
    _drawn(shown, best.boxes[:1], COLORS["prediction"], 5)
    return framed(shown, center_y=0.55)


def roi_pooling_thumbnail(image: Image) -> Image:
    """A box cut into bins on the grid of a stride-32 feature map."""
    small = framed(image)
    for line in range(0, WIDTH_PX, 32):
        cv2.line(small, (line, 0), (line, HEIGHT_PX), (255, 255, 255), 1)
        cv2.line(small, (0, line), (WIDTH_PX, line), (255, 255, 255), 1)
    roi = np.array([[75.0, 20.0, 259.0, 180.0]])
    snapped = (roi / 32).round() * 32
    _drawn(small, roi, COLORS["proposal"], 3)
    _drawn(small, snapped, COLORS["negative"], 2)
    return small
