"""The lessons on detection, in the order of the course."""

from explorer.ui.catalogue_row import Lesson

DETECTION = (
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
    Lesson(
        slug="anchors",
        part="Detection",
        title="Anchors",
        question="What are the guesses?",
        needs="an everyday thing, an animal or a person",
        words="anchor box prior scale ratio stride faster r-cnn rpn region proposal "
        "network objectness positive negative ignored matcher k-means yolov2 cluster "
        "dimension fpn pyramid level",
        icon=":material/grid_4x4:",
        torch=True,
    ),
    Lesson(
        slug="faster_rcnn",
        part="Detection",
        title="Faster R-CNN",
        question="What happens between image and boxes?",
        needs="people, animals or everyday things",
        words="region proposal network rpn anchors objectness fpn feature pyramid "
        "lateral top-down roi level nms top-k funnel losses smooth l1 fast r-cnn ren "
        "girshick lin two-stage",
        icon=":material/filter_alt:",
        torch=True,
    ),
    Lesson(
        slug="mask_rcnn",
        part="Detection",
        title="Mask R-CNN",
        question="How does each instance get a mask?",
        needs="a person, an animal or several things",
        words="instance segmentation semantic panoptic mask branch head 28x28 logits "
        "sigmoid paste roialign roipool silhouette overlap he et al.",
        icon=":material/content_cut:",
        torch=True,
    ),
    Lesson(
        slug="yolo",
        part="Detection",
        title="YOLO",
        question="Detection as one tensor?",
        needs="everyday things, animals or people",
        words="you only look once redmon yolov1 yolov2 yolov3 yolo9000 grid cell "
        "anchor k-means dimension clusters objectness class confidence one stage "
        "darknet",
        icon=":material/grid_on:",
        torch=True,
    ),
    Lesson(
        slug="ssd",
        part="Detection",
        title="SSD",
        question="Boxes from several maps?",
        needs="an everyday thing, an animal or a person",
        words="single shot multibox detector default boxes prior anchor aspect ratio "
        "scale hard negative mining matching smooth l1 variances 8732 24564 liu "
        "multi-scale feature maps",
        icon=":material/layers:",
        torch=True,
    ),
    Lesson(
        slug="detector_race",
        part="Detection",
        title="Race of the detectors",
        question="Which one for my job?",
        needs="people, animals or everyday things",
        words="speed accuracy trade-off comparison fast r-cnn faster mask yolo ssd "
        "time parameters milliseconds real-time one stage two stages pareto",
        icon=":material/speed:",
        torch=True,
    ),
)
