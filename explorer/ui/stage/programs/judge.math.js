// The judging itself: overlap, matching, curve, areas. Python's explorer/core has the same in NumPy.

function judgeOverlap(a, b, whole) {
  const e = whole ? 1 : 0;
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + e, h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + e;
  if (w <= 0 || h <= 0) return 0;
  const shared = w * h, area = (q) => (q[2] - q[0] + e) * (q[3] - q[1] + e), union = area(a) + area(b) - shared;
  return union > 0 ? shared / union : 0;
}

// One image, no truth ignored: the reader's own. out is 1 or 0; gt and iou tell which truth judged it.
function judgeRows(p, boxes, labels) {
  const whole = p.rule === "VOC", taken = new Set(), rows = { out: [], gt: [], iou: [], kind: [] };
  const own = boxes.map((b, i) => i).filter((i) => labels[i] === p.label), least = Math.min(p.iou, 1 - 1e-10);
  for (const box of p.found.boxes) {
    const ious = boxes.map((b) => judgeOverlap(box, b, whole));
    let near = -1, free = -1;
    for (const i of own) {
      if (near < 0 || ious[i] > ious[near]) near = i;
      if (!taken.has(i) && ious[i] >= least && (free < 0 || ious[i] >= ious[free])) free = i;
    }
    const asked = whole ? near : free, hit = asked >= 0 && ious[asked] >= (whole ? p.iou : least) && !taken.has(asked);
    const gt = hit ? asked : near >= 0 && ious[near] > 0 ? near : -1;
    if (hit) taken.add(gt);
    rows.out.push(hit ? 1 : 0);
    rows.gt.push(gt);
    rows.iou.push(gt < 0 ? 0 : ious[gt]);
    rows.kind.push(hit ? 0 : judgeKind(p, ious, labels));
  }
  return rows;
}

// Hoiem's kinds, the strongest first: badly placed, similar class, another class, background.
function judgeKind(p, ious, labels) {
  let kind = 4;
  ious.forEach((iou, i) => { if (iou >= 0.1) kind = Math.min(kind, labels[i] === p.label ? 1 : p.similar.includes(labels[i]) ? 2 : 3); });
  return kind;
}

function judgeCurve(out, truths, n) {
  const precision = new Float64Array(n), recall = new Float64Array(n);
  let right = 0, wrong = 0;
  for (let k = 0; k < n; k++) {
    if (out[k] === 1) right++;
    else if (out[k] === 0) wrong++;
    precision[k] = right / Math.max(right + wrong, 1);
    recall[k] = truths ? right / truths : 0;
  }
  return { precision, recall, truths };
}

function judgeEnvelope(precision, count) {
  const best = precision.slice(0, count);
  for (let k = count - 2; k >= 0; k--) best[k] = Math.max(best[k], best[k + 1]);
  return best;
}

// The three areas under the first `count` detections: 11-point, all-point, 101-point.
function judgeAreas(curve, count) {
  if (!curve.truths) return [null, null, null];
  const best = judgeEnvelope(curve.precision, count), at = (r) => best[judgeFirst(curve.recall, count, r)] ?? 0;
  let all = 0, eleven = 0, many = 0;
  for (let k = 0; k < count; k++) all += (curve.recall[k] - (k ? curve.recall[k - 1] : 0)) * best[k];
  for (let i = 0; i <= 10; i++) eleven += at(i / 10);
  for (let i = 0; i <= 100; i++) many += at(i === 100 ? 1 : i * 0.01);
  return [eleven / 11, all, many / 101];
}

// The first place whose recall is at least r: recall never falls, so halve.
function judgeFirst(recall, count, r) {
  let low = 0, high = count;
  while (low < high) { const mid = (low + high) >> 1; if (recall[mid] >= r) high = mid; else low = mid + 1; }
  return low;
}
