// The arithmetic of explorer.core.box_codec, boxes and anchor_matching, as the page drags.

const SSD_CLAMP = Math.log(1000 / 16);

// A default box and its four numbers: the moved box, and each sum's parts.
function ssdDecode([x1, y1, x2, y2], d, weights) {
  const w = x2 - x1, h = y2 - y1, cx = x1 + w / 2, cy = y1 + h / 2;
  const t = d.map((v, k) => (k < 2 ? v / weights[k] : Math.min(v / weights[k], SSD_CLAMP)));
  const x = cx + t[0] * w, y = cy + t[1] * h, a = Math.exp(t[2]) * w, b = Math.exp(t[3]) * h;
  return { from: [cx, cy, w, h], to: [x, y, a, b], box: [x - a / 2, y - b / 2, x + a / 2, y + b / 2] };
}

// All default boxes, (N x 4) corners in pixels of the square, in single precision as the network has them.
function ssdAll(p) {
  const total = p.maps.reduce((sum, m) => sum + m.cells * m.cells * m.shapes.length, 0), boxes = new Float32Array(4 * total);
  let at = 0;
  p.maps.forEach((m, level) => {
    for (let row = 0; row < m.cells; row++) for (let col = 0; col < m.cells; col++) for (let shape = 0; shape < m.shapes.length; shape++) { boxes.set(ssdBox(p, { level, col, row, shape }), at); at += 4; }
  });
  return boxes;
}

function ssdIou(boxes, at, t, areaT) {
  const w = Math.min(boxes[at + 2], t[2]) - Math.max(boxes[at], t[0]);
  if (w <= 0) return 0;
  const h = Math.min(boxes[at + 3], t[3]) - Math.max(boxes[at + 1], t[1]);
  if (h <= 0) return 0;
  const both = w * h;
  return both / ((boxes[at + 2] - boxes[at]) * (boxes[at + 3] - boxes[at + 1]) + areaT - both);
}

// A positive's smooth L1: its four numbers against those that would move it onto its truth.
function ssdMisplaced(o, row, t, weights) {
  const [x1, y1, x2, y2] = o.all.subarray(4 * row, 4 * row + 4), w = x2 - x1, h = y2 - y1;
  const wanted = [((t[0] + t[2]) / 2 - (x1 + x2) / 2) / w, ((t[1] + t[3]) / 2 - (y1 + y2) / 2) / h, Math.log((t[2] - t[0]) / w), Math.log((t[3] - t[1]) / h)];
  return wanted.reduce((sum, v, k) => {
    const far = Math.abs(o.deltas[4 * row + k] / 1000 - weights[k] * v);
    return sum + (far < 1 ? far ** 2 / 2 : far - 0.5);
  }, 0);
}

// The hard negatives and both terms of the loss; null while the costs of a new class are on their way.
function ssdLoss(o, p, truths) {
  const { rows, gt } = o.match, most = Math.floor(p.ratio * rows.length), hard = [];
  if (!o.costs || !truths.length || o.labels.some((name) => !o.costs[name])) return null;
  for (let i = 0; i < o.order.length && hard.length < most; i++) if (gt[o.order[i]] < 0) hard.push(o.order[i]);
  let classes = 0, boxes = 0;
  for (const row of rows) {
    classes += o.costs[o.labels[gt[row]]][row];
    boxes += ssdMisplaced(o, row, truths[gt[row]], p.weights);
  }
  for (const row of hard) classes += o.background[row];
  const over = Math.max(1, rows.length);
  return { hard, classes: classes / over, boxes: boxes / over };
}

// Which default box learns which truth: at least `threshold`, and each truth's best one in any case.
function ssdMatch(boxes, truths, threshold) {
  const n = boxes.length / 4, gt = new Int32Array(n).fill(-1), high = new Float64Array(n), best = [];
  truths.forEach((t, k) => {
    const area = (t[2] - t[0]) * (t[3] - t[1]);
    let most = 0, row = -1;
    for (let i = 0; i < n; i++) {
      const iou = ssdIou(boxes, 4 * i, t, area);
      if (iou > high[i]) { high[i] = iou; if (iou >= threshold) gt[i] = k; }
      if (iou > most) { most = iou; row = i; }
    }
    best.push({ iou: most, row });
  });
  const forced = new Set();
  best.forEach(({ row }, k) => { if (row < 0) return; if (gt[row] < 0) forced.add(row); gt[row] = k; });
  const rows = [];
  for (let i = 0; i < n; i++) if (gt[i] >= 0) rows.push(i);
  return { gt, rows, best, forced };
}
