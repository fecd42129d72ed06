"""The one list of lessons: navigation, home page and tests are built from it."""

from explorer.ui.catalogue_row import PARTS, ROOT, Lesson

__all__ = [
    "BY_SLUG",
    "LESSONS",
    "PARTS",
    "ROOT",
    "Lesson",
    "neighbours",
    "parts",
    "search",
]

LESSONS = (
    Lesson(
        slug="convolution",
        part="Segmentation",
        title="Convolution",
        question="What does one output pixel see?",
        needs="any image",
        words="kernel filter stride padding dilation feature map layer weights",
        icon=":material/grid_on:",
        torch=True,
    ),
    Lesson(
        slug="transposed_convolution",
        part="Segmentation",
        title="Transposed convolution",
        question="How does a network upsample with weights?",
        needs="any image",
        words="deconvolution upconvolution upsampling fractional stride checkerboard "
        "output padding bilinear matrix",
        icon=":material/grid_view:",
        torch=True,
    ),
    Lesson(
        slug="unpooling",
        part="Segmentation",
        title="Unpooling",
        question="Where does the detail go, and what brings it back?",
        needs="any image",
        words="max pooling switches indices argmax bed of nails nearest segnet",
        icon=":material/open_in_full:",
        torch=True,
    ),
    Lesson(
        slug="fully_convolutional",
        part="Segmentation",
        title="Fully convolutional classifier",
        question="How does a classifier become a map?",
        needs="an image with several things in it",
        words="fcn 1x1 convolution dense class heat map cam overfeat sliding crops",
        icon=":material/blur_on:",
        torch=True,
    ),
    Lesson(
        slug="fcn",
        part="Segmentation",
        title="FCN",
        question="Why skips: FCN-32s, 16s, 8s?",
        needs="a street or people; labelled truth if you have it",
        words="fully convolutional network skip fusion stride long shelhamer miou loss",
        icon=":material/stairs:",
        torch=True,
    ),
    Lesson(
        slug="encoder_decoder",
        part="Segmentation",
        title="Encoder and decoder",
        question="Pass indices or pass features?",
        needs="a street, or a person",
        words="segnet u-net unet skip connection concatenate unpooling index ablation",
        icon=":material/swap_horiz:",
        torch=True,
    ),
    Lesson(
        slug="elastic_deformation",
        part="Segmentation",
        title="Elastic deformation",
        question="How do 30 images become 30,000?",
        needs="any image; a mask is known, found or drawn",
        words="data augmentation displacement field simard u-net mask topology euler",
        icon=":material/waves:",
        torch=True,
    ),
    Lesson(
        slug="dilated_convolution",
        part="Segmentation",
        title="Dilated convolution",
        question="How to see more without more weights?",
        needs="any image",
        words="atrous rate gridding coverage hybrid dilated hdc aspp yu koltun",
        icon=":material/grid_3x3:",
        torch=True,
    ),
    Lesson(
        slug="receptive_field",
        part="Segmentation",
        title="Receptive field",
        question="How much of the image does a unit use?",
        needs="any image",
        words="effective field gradient size jump start stride vgg resnet luo",
        icon=":material/center_focus_strong:",
        torch=True,
    ),
    Lesson(
        slug="pyramid_pooling",
        part="Segmentation",
        title="Pyramid pooling",
        question="How to read several scales at once?",
        needs="any image",
        words="spp spm spatial pyramid adaptive max pool aspp atrous fixed length bins",
        icon=":material/layers:",
        torch=True,
    ),
    Lesson(
        slug="deeplab",
        part="Segmentation",
        title="DeepLab",
        question="What do atrous convolution and a decoder buy?",
        needs="a street, or people",
        words="deeplabv3+ aspp dilated rate output stride separable depthwise edge",
        icon=":material/compare:",
        torch=True,
    ),
    Lesson(
        slug="detection_challenges",
        part="Detection",
        title="Challenges of detection",
        question="Why is “where is it?” hard?",
        needs="a face or a person",
        words="illumination pose viewpoint occlusion clutter intra-class variation "
        "instance localisation hoiem similar background false positive robustness",
        icon=":material/troubleshoot:",
        torch=False,
    ),
    Lesson(
        slug="hog",
        part="Detection",
        title="HOG descriptor",
        question="What is in a HOG descriptor?",
        needs="a standing person, or any image with edges",
        words="histogram of oriented gradients cell block normalisation dalal triggs",
        icon=":material/texture:",
        torch=False,
    ),
    Lesson(
        slug="sliding_window",
        part="Detection",
        title="Sliding window",
        question="How does a template find people?",
        needs="people standing or walking",
        words="svm support vector machine pyramid score map template pedestrian",
        icon=":material/select_all:",
        torch=False,
    ),
    Lesson(
        slug="nms",
        part="Detection",
        title="Non-maximum suppression",
        question="Which of many overlapping boxes survive?",
        needs="people, or a face",
        words="iou intersection over union overlap soft-nms greedy threshold",
        icon=":material/filter_none:",
        torch=True,
    ),
    Lesson(
        slug="viola_jones",
        part="Detection",
        title="Viola and Jones",
        question="How did faces get real-time in 2001?",
        needs="a face, seen from the front",
        words="haar cascade integral image summed area table boosting adaboost weak "
        "classifier stage face eye cat opencv tilted",
        icon=":material/face:",
        torch=False,
    ),
    Lesson(
        slug="deformable_parts",
        part="Detection",
        title="Deformable parts",
        question="How does a template bend?",
        needs="people standing or walking",
        words="dpm star model root filter part spring deformation distance transform "
        "latent svm felzenszwalb pictorial structures",
        icon=":material/accessibility_new:",
        torch=False,
    ),
    Lesson(
        slug="precision_recall",
        part="Detection",
        title="Precision and recall",
        question="How good is a detector?",
        needs="people, or a face",
        words="average precision ap map coco voc true positive false positive iou "
        "miou accuracy hoiem evaluation pycocotools",
        icon=":material/leaderboard:",
        torch=True,
    ),
    Lesson(
        slug="cnn_windows",
        part="Detection",
        title="A CNN on every crop",
        question="Why not run the CNN on every crop?",
        needs="an animal, or any image",
        words="sliding window classifier crop count 337,561 330,000 batch background "
        "dog cat overfeat cost time",
        icon=":material/view_comfy:",
        torch=True,
    ),
    Lesson(
        slug="selective_search",
        part="Detection",
        title="Selective search",
        question="Which regions are worth a look?",
        needs="any image",
        words="region proposals superpixels felzenszwalb hierarchical grouping merge "
        "tree uijlings recall mabo objectness r-cnn colour texture size fill",
        icon=":material/account_tree:",
        torch=False,
    ),
    Lesson(
        slug="rcnn",
        part="Detection",
        title="R-CNN",
        question="What did R-CNN do, and what did it cost?",
        needs="an everyday thing, an animal or a person",
        words="girshick region proposals warp crop 227 svm features box regression "
        "fast r-cnn faster r-cnn ledger time cost shared computation",
        icon=":material/photo_library:",
        torch=True,
    ),
    Lesson(
        slug="box_regression",
        part="Detection",
        title="Box regression",
        question="How does a box get better?",
        needs="a cup, a cat, a person, or any image",
        words="bounding box regressor deltas tx ty tw th encode decode boxcoder ridge "
        "r-cnn iou gain localisation proposal truth",
        icon=":material/transform:",
        torch=True,
    ),
    Lesson(
        slug="roi_pooling",
        part="Detection",
        title="RoI pooling",
        question="How to crop features of any size to one size?",
        needs="any image",
        words="roialign roipool region of interest quantisation bilinear fast r-cnn",
        icon=":material/crop:",
        torch=True,
    ),
)
BY_SLUG = {lesson.slug: lesson for lesson in LESSONS}


def parts() -> dict[str, list[Lesson]]:
    """Return the lessons of each part that has any, in the order of the course."""
    grouped = {part: [x for x in LESSONS if x.part == part] for part in PARTS}
    return {part: lessons for part, lessons in grouped.items() if lessons}


def neighbours(slug: str) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after this one; None at the ends.

    Raises
    ------
    KeyError
        If no lesson has that slug.

    Examples
    --------
    >>> before, after = neighbours(LESSONS[0].slug)
    >>> before is None, after is LESSONS[1]
    (True, True)
    """
    place = LESSONS.index(BY_SLUG[slug])
    before = LESSONS[place - 1] if place else None
    after = LESSONS[place + 1] if place + 1 < len(LESSONS) else None
    return before, after


def search(query: str) -> tuple[Lesson, ...]:
    """Return the lessons in which every word of the query occurs, in course order.

    Examples
    --------
    >>> [x.slug for x in search("roialign")]
    ['roi_pooling']
    >>> len(search("")) == len(LESSONS)
    True
    """
    words = query.lower().split()

    def text(lesson: Lesson) -> str:
        fields = (lesson.title, lesson.question, lesson.words, lesson.part)
        return " ".join(fields).lower()

    return tuple(x for x in LESSONS if all(word in text(x) for word in words))
