// Detections judged against true boxes: matched, ranked and drawn while a truth is dragged.
//
// Parameters: iou, rule ("COCO" or "VOC"), label (the class judged), classes, similar (names of classes
// like it), found {boxes, scores, images} (of that class, best first), colors, tag, and either labels
// (classes of the stage's own boxes: mode "boxes") or set {truths {boxes, images, ignore}, rows {out,
// gt, iou, kind}, total (truths), places [[x, y, scale]], pages, sizes,
// names, photos} (files: judged in
// Python, drawn on sheets of several images; stage: mode "hover").
// Commits {tag, boxes, labels, out, iou, ap}, so that Python can check this arithmetic.

const JUDGE_KINDS = ["right", "localisation", "similar", "other", "background", "ignored"];

function judgeMount(s) {
  const o = s.own, p = s.params;
  if (p.set) for (const part of ["truths", "rows"]) for (const [name, value] of Object.entries(p.set[part])) if (value?.b64) p.set[part][name] = unpack(value);
  if (p.labels && !o.labels) { o.labels = [...p.labels]; o.known = s.boxes.map((b) => [...b]); }
  o.at = null;
  if (!o.chart) judgeBuild(s);
  judgeAsk(s);
  s.change();
  later(s, "proof", 500, () => { if (!p.set && s.d.held.program.v?.tag !== p.tag && !s.dragging) s.commit(judgeCommit(s)); });
}

function judgeMove(s) {
  const o = s.own, p = s.params, n = p.found.scores.length;
  if (!o.chart) return;
  if (p.set) o.rows = p.set.rows;
  else {
    followLabels(s, s.params.label);
    const key = JSON.stringify([p.tag, s.boxes, o.labels]);
    if (key !== o.key) { o.key = key; o.rows = judgeRows(p, s.boxes, o.labels); }
  }
  o.truths = p.set ? p.set.total : o.labels.filter((name) => name === p.label).length;
  p.blank = !p.set && !o.labels.length;
  o.count = Math.min(n, s.frame);
  o.curve = judgeCurve(o.rows.out, o.truths, n);
  o.ap = judgeAreas(o.curve, o.count);
  const under = !s.dragging && s.pointer ? judgeUnder(s) : null;
  if (s.pointer) o.held = o.overList = false;
  if (!o.held) o.at = under;
  judgeNames(s);
  judgePanel(s);
}

// The detection under the pointer: the smallest of those counted, on the sheet that is shown.
function judgeUnder(s) {
  const o = s.own, p = s.params, [x, y] = s.pointer, page = judgePage(s);
  let best = null, least = Infinity;
  for (let k = 0; k < o.count; k++) {
    const b = judgePlaced(s, k, page);
    if (!b || x < b[0] || x > b[2] || y < b[1] || y > b[3]) continue;
    const area = (b[2] - b[0]) * (b[3] - b[1]);
    if (area < least) { least = area; best = k; }
  }
  return best;
}

// The detection in question: the one pointed at, or the last one counted while the list is stepped.
const judgeLast = (s) => (s.own.count && s.own.count < s.own.rows.out.length ? s.own.count - 1 : null);
const judgeNow = (s) => s.own.at ?? judgeLast(s);
const judgeImage = (s, k) => (s.params.set ? s.params.found.images[k] : 0);

function judgePage(s) {
  const set = s.params.set, k = s.own.held ? judgeNow(s) : judgeLast(s);
  return set ? (k === null ? 0 : set.pages[judgeImage(s, k)]) : 0;
}

function judgeOn(s, image, box, page) {
  const set = s.params.set;
  if (!set) return box;
  if (set.pages[image] !== page) return null;
  const [x, y, scale] = set.places[image];
  return box.map((v, i) => (i % 2 ? y : x) + v * scale);
}

const judgeBox = (s, k) => s.params.found.boxes[k];
const judgePlaced = (s, k, page) => judgeOn(s, judgeImage(s, k), judgeBox(s, k), page);

// The reader's boxes carry their class, and a tick once they are found.
function judgeNames(s) {
  const o = s.own, p = s.params;
  if (p.set) return;
  const hit = new Set();
  for (let k = 0; k < o.count; k++) if (o.rows.out[k] === 1) hit.add(o.rows.gt[k]);
  s.d.edit.labels = o.labels.map((name, i) => name + (hit.has(i) ? " \u2713" : ""));
  s.d.edit.colors = o.labels.length ? o.labels.map((name) => (name === p.label ? p.colors.truth : p.colors.muted)) : [p.colors.truth];
}

function judgeFrame(s, g) {
  const o = s.own, p = s.params;
  if (!o.rows) return;
  const page = judgePage(s), now = judgeNow(s);
  if (p.set) judgeSheet(s, g, page);
  for (const out of [0, -1, 1]) {
    const right = out === 1;
    g.setLineDash(right ? [] : [5 * s.px, 4 * s.px]);
    g.globalAlpha = right ? 1 : 0.45;
    for (let k = 0; k < o.count; k++) {
      const b = o.rows.out[k] === out && k !== now ? judgePlaced(s, k, page) : null;
      if (b) judgeStroke(s, g, b, judgeColor(p, out), right ? 2.2 : 1.3);
    }
  }
  g.setLineDash([]);
  g.globalAlpha = 1;
  if (now !== null && now < o.count) judgeCurrent(s, g, now, page);
}

// Without any true box nothing is known to be wrong yet.
const judgeColor = (p, out) => (p.blank ? p.colors.muted : out === 1 ? p.colors.right : out ? p.colors.muted : p.colors.wrong);

function judgeStroke(s, g, [x1, y1, x2, y2], color, width) {
  g.strokeStyle = color;
  g.lineWidth = width * s.px;
  g.strokeRect(x1, y1, x2 - x1, y2 - y1);
}

// The detection in question: thick, its overlap with its truth filled.
function judgeCurrent(s, g, k, page) {
  const o = s.own, p = s.params, b = judgePlaced(s, k, page), out = o.rows.out[k], color = judgeColor(p, out), gt = o.rows.gt[k];
  if (!b) return;
  if (gt >= 0) {
    const truth = p.set ? judgeOn(s, p.set.truths.images[gt], [...p.set.truths.boxes.subarray(4 * gt, 4 * gt + 4)], page) : s.boxes[gt];
    const meet = truth && [Math.max(b[0], truth[0]), Math.max(b[1], truth[1]), Math.min(b[2], truth[2]), Math.min(b[3], truth[3])];
    if (meet && meet[2] > meet[0] && meet[3] > meet[1]) {
      g.fillStyle = color;
      g.globalAlpha = 0.35;
      g.fillRect(meet[0], meet[1], meet[2] - meet[0], meet[3] - meet[1]);
      g.globalAlpha = 1;
    }
  }
  judgeStroke(s, g, b, "rgba(0,0,0,.6)", 6);
  if (out !== 1) g.setLineDash([7 * s.px, 4 * s.px]);
  judgeStroke(s, g, b, color, 3.5);
  g.setLineDash([]);
  const word = p.blank ? "" : out === 1 ? "right" : out ? "ignored" : "wrong";
  tag(s, g, "#" + (k + 1) + " " + word + (o.rows.iou[k] > 0 ? "  IoU " + fixed(o.rows.iou[k]) : ""), b[0], b[3] + (TAG_PX * letters() + 1) * s.px, color);
}

function judgeSheet(s, g, page) {
  const { set, colors } = s.params, shown = judgeNow(s);
  const photo = (image) => page === 0 && set.photos[image], rect = ([x, y, scale], [w, h]) => [x, y, w * scale, h * scale];
  g.save();
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  set.places.forEach((at, image) => { if (photo(image)) g.rect(...rect(at, set.sizes[image])); });
  g.clip("evenodd");
  g.fillStyle = s.color.background;
  g.fillRect(0, 0, s.w, s.h);
  g.restore();
  set.places.forEach(([x, y, scale], image) => {
    if (set.pages[image] !== page) return;
    const [w, h] = set.sizes[image], here = shown !== null && judgeImage(s, shown) === image;
    g.fillStyle = s.dark ? "#3a424c" : "#c9d0d8";
    if (!photo(image)) g.fillRect(x, y, w * scale, h * scale);
    judgeStroke(s, g, [x, y, x + w * scale, y + h * scale], here ? s.color.text : "rgba(128,128,128,.6)", here ? 2.5 : 1);
    g.fillStyle = s.color.text;
    g.font = "600 " + 11 * s.px * letters() + "px " + s.font;
    g.textBaseline = "top";
    g.fillText(set.names[image], x, y + h * scale + 2 * s.px, Math.max(w * scale, 40));
  });
  const { boxes, images, ignore } = set.truths;
  for (let i = 0; i < images.length; i++) {
    const b = judgeOn(s, images[i], [...boxes.subarray(4 * i, 4 * i + 4)], page);
    if (!b) continue;
    judgeStroke(s, g, b, "rgba(0,0,0,.6)", 4);
    judgeStroke(s, g, b, ignore[i] ? colors.muted : colors.truth, 2.2);
  }
}

function judgeCommit(s) {
  const o = s.own;
  if (s.params.set || !o.rows) return null;
  s.boxes = rounded(s.boxes);
  judgeMove(s);
  return { tag: s.params.tag, boxes: s.boxes, labels: o.labels, out: [...o.rows.out], iou: [...o.rows.iou], ap: judgeAreas(o.curve, o.rows.out.length) };
}

function judgeRead(s) {
  const o = s.own, k = o.at;
  if (s.dragging) return undefined;
  if (k === null || k === undefined) return s.params.set ? "Point at a box, a dot of the curve or a row of the list." : "Drag on free ground to draw a true box.";
  return judgeSentence(s, k)[0];
}

PROGRAMS.judge = { mount: judgeMount, move: judgeMove, frame: judgeFrame, commit: judgeCommit, read: judgeRead };
