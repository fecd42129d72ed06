"""Thumbnails of the road map, made by the lessons' own algorithms at first view."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.samples import load_sample
from explorer.core.star import StarModel
from explorer.core.star_file import load_star
from explorer.figures import thumbnails as make
from explorer.figures.anchors import anchors_thumbnail
from explorer.figures.box_regression import box_regression_thumbnail
from explorer.figures.challenges import challenge_thumbnail
from explorer.figures.cnn_windows import cnn_windows_thumbnail
from explorer.figures.faster_rcnn import faster_rcnn_thumbnail
from explorer.figures.mask_rcnn import mask_rcnn_thumbnail
from explorer.figures.race import race_thumbnail
from explorer.figures.rcnn import rcnn_thumbnail
from explorer.figures.ssd_thumbnail import ssd_thumbnail
from explorer.figures.star_thumbnail import deformable_parts_thumbnail
from explorer.figures.thumbnail_curve import precision_recall_thumbnail
from explorer.figures.thumbnail_regions import selective_search_thumbnail
from explorer.figures.viola_jones import viola_jones_thumbnail
from explorer.figures.yolo import yolo_thumbnail
from explorer.models import records
from explorer.ui import generative_thumbs as generative

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Thumbnail:
    """A small JPEG and what it shows."""

    jpeg: bytes
    alt: str


def star() -> StarModel:
    """Return the star model that ships."""
    return load_star(records.FOLDER / "dpm.safetensors", "dpm")


# What makes a lesson's thumbnail, of which sample, and what is to be seen.
MAKERS: dict[str, tuple[Callable[[Image], Image], str, str]] = {
    "convolution": (
        make.convolution_thumbnail,
        "astronaut",
        "A portrait; its right half filtered to vertical edges.",
    ),
    "transposed_convolution": (
        make.transposed_thumbnail,
        "astronaut",
        "A coarse portrait; its right half upsampled, with a checkerboard over it.",
    ),
    "unpooling": (
        make.unpooling_thumbnail,
        "astronaut",
        "A portrait; its right half only where each small square was brightest.",
    ),
    "fully_convolutional": (
        make.fully_convolutional_thumbnail,
        "motorcycle",
        "A motorcycle under a coarse map of squares, and the window of the best one.",
    ),
    "fcn": (
        make.fcn_thumbnail,
        "street",
        "A street in the colours of its classes: coarse, finer and fine squares.",
    ),
    "elastic_deformation": (
        make.elastic_thumbnail,
        "chelsea",
        "A cat under a square grid, both bent as rubber.",
    ),
    "dilated_convolution": (
        make.dilated_convolution_thumbnail,
        "chelsea",
        "A cat's face in coarse pixels: bright in a sparse grid, and in a full square.",
    ),
    "receptive_field": (
        make.receptive_field_thumbnail,
        "astronaut",
        "A portrait in the dark with a box around it, bright in the middle of the box.",
    ),
    "pyramid_pooling": (
        make.pyramid_pooling_thumbnail,
        "chelsea",
        "A cat under four by four bins, an arrow from each to its strongest edge.",
    ),
    "deeplab": (
        make.deeplab_thumbnail,
        "street",
        "A street; around one person, the taps of three ever wider kernels.",
    ),
    "encoder_decoder": (
        make.encoder_decoder_thumbnail,
        "astronaut",
        "A portrait; its maxima put back at their places; its maxima as blocks.",
    ),
    "detection_challenges": (
        challenge_thumbnail,
        "astronaut",
        "A face in a yellow box three times, more and more of it behind a flower.",
    ),
    "hog": (
        make.hog_thumbnail,
        "astronaut",
        "Short coloured strokes along the edges of a portrait.",
    ),
    "sliding_window": (
        make.sliding_window_thumbnail,
        "street",
        "A street with a heat map of window scores and the best window.",
    ),
    "nms": (
        make.nms_thumbnail,
        "street",
        "Many grey boxes around people; few green ones are kept.",
    ),
    "viola_jones": (
        viola_jones_thumbnail,
        "astronaut",
        "A dark portrait; the face is bright under many thin boxes and a thick one.",
    ),
    "deformable_parts": (
        lambda image: deformable_parts_thumbnail(image, star()),
        "street",
        "A person in a white frame, eight coloured squares on head, body and feet.",
    ),
    "precision_recall": (
        precision_recall_thumbnail,
        "street",
        "A precision-recall curve over a street with right and wrong boxes.",
    ),
    "cnn_windows": (
        cnn_windows_thumbnail,
        "chelsea",
        "A cat cut into 28 overlapping crops, laid side by side.",
    ),
    "selective_search": (
        selective_search_thumbnail,
        "coffee",
        "A cup of coffee; its right half as flat regions, with boxes of some.",
    ),
    "rcnn": (
        rcnn_thumbnail,
        "coffee",
        "A cup of coffee with three boxes; each of them stretched to a square.",
    ),
    "box_regression": (
        box_regression_thumbnail,
        "coffee",
        "A cup of coffee with two boxes, and an arrow from one middle to the other.",
    ),
    "faster_rcnn": (
        faster_rcnn_thumbnail,
        "chelsea",
        "A cat's eye three times: under countless boxes, fewer, and three.",
    ),
    "mask_rcnn": (
        mask_rcnn_thumbnail,
        "chelsea",
        "A cat with two boxes, in each an oval mask of its own colour.",
    ),
    "yolo": (
        yolo_thumbnail,
        "chelsea",
        "A cat under a grid of cells, with a box and the cell of the box's middle.",
    ),
    "ssd": (
        ssd_thumbnail,
        "coffee",
        "A cup of coffee; around its middle, boxes of three sizes and several forms.",
    ),
    "detector_race": (
        race_thumbnail,
        "astronaut",
        "Coloured points over a portrait, higher and farther left along a white line.",
    ),
    "roi_pooling": (
        make.roi_pooling_thumbnail,
        "chelsea",
        "A box on a cat's face and the nearest box on a coarse grid.",
    ),
    "anchors": (
        anchors_thumbnail,
        "coffee",
        "A cup of coffee under a grid of dots; the boxes that fit it best are green.",
    ),
    "discriminative_generative": (
        generative.kinds_thumbnail,
        "astronaut",
        "Two bell curves, and below them the share of each.",
    ),
    "autoencoder": (
        generative.autoencoder_thumbnail,
        "astronaut",
        "An eight drawn by hand, its reconstruction, and where they differ.",
    ),
    "vae": (
        generative.vae_thumbnail,
        "astronaut",
        "A five drawn by hand among pictures decoded from its cloud of codes.",
    ),
    "latent_space": (
        generative.latent_space_thumbnail,
        "astronaut",
        "Digits that turn into one another on a plane.",
    ),
    "latent_arithmetic": (
        generative.arithmetic_thumbnail,
        "astronaut",
        "A drawn face that is given glasses by adding a vector to its code.",
    ),
}


@st.cache_resource(max_entries=64, show_spinner=False)
def thumbnail(slug: str) -> Thumbnail | None:
    """Return a lesson's picture, made once a process; None if it can't be made."""
    try:
        draw, sample, alt = MAKERS[slug]
        image = draw(load_sample(sample).image)
        quality = [cv2.IMWRITE_JPEG_QUALITY, 88]
        _, data = cv2.imencode(".jpg", image[..., ::-1], quality)
        return Thumbnail(data.tobytes(), alt)
    except Exception:
        # The card goes on without its picture; the log says why.
        logging.getLogger("explorer").exception("no thumbnail for %s", slug)
        return None
