// YOLO's arithmetic: the tensor read as boxes, and which box has to find a truth. Python's explorer/core
// has the same in NumPy (yolo_read, yolo), and the lesson compares the two.

const YOLO_MOST_LOG = 4;
const yoloSigmoid = (x) => 1 / (1 + Math.exp(-x));
const yoloCut = (x) => clamp(x, 0, 1);

// The channel of number i (0 to 4) and of class c of box `slot`.
const yoloChannel = (p, slot, i) => (p.version === 1 ? slot * 5 : slot * (5 + p.classes.length)) + i;
const yoloClassChannel = (p, slot, c) => (p.version === 1 ? p.each * 5 + c : yoloChannel(p, slot, 5 + c));

// The box that five numbers of a cell stand for, with what lies between.
function yoloBox(p, raw, col, row, cells, anchor) {
  const stride = p.side / cells, first = p.version === 1;
  const [x, y] = first ? raw : [yoloSigmoid(raw[0]), yoloSigmoid(raw[1])];
  const grow = first ? [raw[2] ** 2, raw[3] ** 2] : [Math.exp(Math.min(raw[2], YOLO_MOST_LOG)), Math.exp(Math.min(raw[3], YOLO_MOST_LOG))];
  const [w, h] = first ? grow.map((v) => v * p.side) : grow.map((v, k) => v * anchor[k]);
  const cx = (x + col) * stride, cy = (y + row) * stride;
  return { place: [x, y], grow, cx, cy, w, h, sure: first ? yoloCut(raw[4]) : yoloSigmoid(raw[4]), box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2] };
}

// Probabilities of the classes from their numbers: cut, shared out, or each by itself.
function yoloClasses(p, said) {
  if (p.version === 1) return said.map(yoloCut);
  if (p.version === 3) return said.map(yoloSigmoid);
  const top = Math.max(...said), grown = said.map((v) => Math.exp(v - top)), sum = grown.reduce((a, b) => a + b, 0);
  return grown.map((v) => v / sum);
}

// All boxes of one map: row, column, box in the cell.
function yoloRead(p, map) {
  const S = p.cells, area = S * S, n = area * p.each, count = p.classes.length;
  const made = { boxes: new Float64Array(4 * n), sure: new Float64Array(n), probs: new Float64Array(count * n), best: new Int32Array(n), items: new Array(n) };
  for (let cell = 0; cell < area; cell++) for (let slot = 0; slot < p.each; slot++) {
    const k = cell * p.each + slot, raw = [0, 1, 2, 3, 4].map((i) => map[yoloChannel(p, slot, i) * area + cell]);
    const said = p.classes.map((_, c) => map[yoloClassChannel(p, slot, c) * area + cell]);
    const one = yoloBox(p, raw, cell % S, Math.floor(cell / S), S, p.anchors?.[slot]), probs = yoloClasses(p, said);
    made.items[k] = { ...one, raw, said, probs };
    made.boxes.set(one.box, 4 * k);
    made.sure[k] = one.sure;
    made.probs.set(probs, count * k);
    made.best[k] = probs.indexOf(Math.max(...probs));
  }
  return made;
}

const yoloIou = (a, b) => {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (w <= 0 || h <= 0) return 0;
  const shared = w * h, area = (q) => (q[2] - q[0]) * (q[3] - q[1]);
  return shared / (area(a) + area(b) - shared);
};

// Of boxes that share their middle.
function yoloSizeIou([w, h], [a, b]) {
  const shared = Math.min(w, a) * Math.min(h, b);
  return shared / (w * h + a * b - shared);
}

// ---- the truth ----------------------------------------------------------------------

// Where one true box (pixels of the square) belongs: map, cell, and what its numbers should be. Version 1
// chooses among the cell's boxes as the network has them; the others the anchor most like it in shape.
function yoloWanted(p, o, box) {
  const [x1, y1, x2, y2] = box, w = x2 - x1, h = y2 - y1, cx = x1 + w / 2, cy = y1 + h / 2, per = p.each;
  const ious = p.anchors ? p.anchors.map((a) => yoloSizeIou([w, h], a)) : null;
  const anchor = ious ? ious.indexOf(Math.max(...ious)) : 0, level = Math.floor(anchor / per), S = p.maps[level];
  const at = [cx, cy].map((v) => (v * S) / p.side), [col, row] = at.map((v) => Math.min(Math.floor(v), S - 1));
  const place = [at[0] - col, at[1] - row], first = o.starts[level] + (row * S + col) * per;
  const sizes = p.anchors ? [Math.log(w / p.anchors[anchor][0]), Math.log(h / p.anchors[anchor][1])] : [Math.sqrt(w / p.side), Math.sqrt(h / p.side)];
  let slot = anchor % per, both = null;
  if (!p.anchors) {
    both = Array.from({ length: per }, (_, k) => yoloIou(yoloOf(p, o, first + k).box, box));
    slot = both.indexOf(Math.max(...both));
  }
  return { box, level, S, col, row, slot, anchor, ious, both, k: first + slot, cell: o.starts[level] / per + row * S + col, area: w * h, numbers: [...place, ...sizes] };
}

// Box k of all maps, from the raw numbers.
function yoloOf(p, o, k) {
  const level = o.starts.findLastIndex((start) => start <= k), S = p.maps[level], within = k - o.starts[level], cell = Math.floor(within / p.each), slot = within % p.each;
  return yoloBox(p, o.numbers.subarray(5 * k, 5 * k + 5), cell % S, Math.floor(cell / S), S, p.anchors?.[level * p.each + slot]);
}

// Who has to find what: one truth a cell in version 1 (the largest), a truth a box in 2 and 3 (the last).
function yoloOwners(p, o, boxes) {
  const all = boxes.map((b) => yoloWanted(p, o, b)), taken = new Map(), name = p.version === 1 ? "cell" : "k";
  all.forEach((one, gt) => {
    const before = taken.get(one[name]);
    if (before === undefined || p.version !== 1 || one.area > all[before].area) taken.set(one[name], gt);
  });
  all.forEach((one, gt) => { one.by = taken.get(one[name]); one.owns = one.by === gt; });
  return all;
}

// ---- the loss -------------------------------------------------------------------------

const yoloSoftplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

// What a box pays for saying "object" where none is: its last number, and what that makes of its confidence.
const yoloEmpty = (p, raw, sure) => (p.version === 1 ? p.weights.empty * raw ** 2 : p.version === 2 ? sure ** 2 : yoloSoftplus(raw));

// The terms of the loss of the drawn boxes; null while the costs of a class are on their way.
function yoloTerms(p, o) {
  const own = o.all.filter((one) => one.owns), named = o.all.flatMap((one, gt) => (one.owns ? [o.labels[gt]] : []));
  if (!o.costs || named.some((name) => !o.costs[name])) return null;
  const terms = { place: 0, size: 0, object: 0, classes: 0, no_object: o.emptySum }, first = p.version === 1, weight = first ? p.weights.place : 1;
  own.forEach((one, i) => {
    const raw = o.numbers.subarray(5 * one.k, 5 * one.k + 5), has = yoloOf(p, o, one.k), iou = yoloIou(has.box, one.box), away = [...has.place, raw[2], raw[3]].map((v, k) => (v - one.numbers[k]) ** 2);
    terms.place += weight * (away[0] + away[1]);
    terms.size += weight * (away[2] + away[3]);
    terms.object += first ? (raw[4] - iou) ** 2 : p.version === 2 ? p.weights.object * (has.sure - iou) ** 2 : yoloSoftplus(-raw[4]);
    terms.classes += o.costs[named[i]][one.k];
    terms.no_object -= o.empty[one.k];
  });
  for (const k of o.ignored) terms.no_object -= o.empty[k];
  return terms;
}

// Boxes that overlap a truth by more than the limit and own none: they are asked for nothing.
function yoloIgnored(p, o, all) {
  if (!p.ignore) return [];
  const owners = new Set(all.filter((one) => one.owns).map((one) => one.k)), found = [], f = o.flat;
  // Thousands of boxes a frame: no arrays are made, and most boxes do not meet the truth at all.
  for (let k = 0, i = 0; i < f.length; k++, i += 4) {
    if (owners.has(k)) continue;
    const own = (f[i + 2] - f[i]) * (f[i + 3] - f[i + 1]);
    for (const { box, area } of all) {
      const w = Math.min(f[i + 2], box[2]) - Math.max(f[i], box[0]), h = Math.min(f[i + 3], box[3]) - Math.max(f[i + 1], box[1]);
      if (w > 0 && h > 0 && (w * h) / (own + area - w * h) > p.ignore) { found.push(k); break; }
    }
  }
  return found;
}
