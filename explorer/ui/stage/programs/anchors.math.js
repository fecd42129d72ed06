// The arithmetic of explorer.core.anchors and anchor_matching, as a truth is dragged.
//
// Anchors are numbered as in Python: map after map, row by row, cell by cell, shape by shape.

const ANCHORS_NEGATIVE = -1, ANCHORS_IGNORED = -2;

// Where each map's anchors begin, and how many there are.
function anchorsLayout(maps) {
  const first = [];
  let count = 0;
  for (const one of maps) { first.push(count); count += one.rows * one.cols * one.shapes.length; }
  return { first, count };
}

const anchorsBox = (map, row, col, k) => map.shapes[k].map((v, i) => v + (i % 2 ? row : col) * map.stride);

// The cells of one axis whose anchors from `low` to `high` (about the cell) meet the stretch a..b.
function anchorsReach(a, b, low, high, stride, most) {
  return [Math.max(0, Math.floor((a - high) / stride) + 1), Math.min(most - 1, Math.ceil((b - low) / stride) - 1)];
}

// The overlap of one truth (in the network's pixels) with every anchor.
function anchorsIous(maps, layout, truth) {
  const ious = new Float64Array(layout.count), [tx1, ty1, tx2, ty2] = truth, areaT = (tx2 - tx1) * (ty2 - ty1);
  maps.forEach((map, level) => map.shapes.forEach(([sx1, sy1, sx2, sy2], k) => {
    const { stride, cols, shapes } = map, A = shapes.length, area = (sx2 - sx1) * (sy2 - sy1);
    const [r0, r1] = anchorsReach(ty1, ty2, sy1, sy2, stride, map.rows), [c0, c1] = anchorsReach(tx1, tx2, sx1, sx2, stride, cols);
    for (let r = r0; r <= r1; r++) {
      const high = Math.max(0, Math.min(r * stride + sy2, ty2) - Math.max(r * stride + sy1, ty1));
      for (let c = c0; c <= c1; c++) {
        const wide = Math.max(0, Math.min(c * stride + sx2, tx2) - Math.max(c * stride + sx1, tx1)), shared = wide * high, union = area + areaT - shared;
        ious[layout.first[level] + (r * cols + c) * A + k] = union > 0 ? shared / union : 0;
      }
    }
  }));
  return ious;
}

// What each anchor is to learn: a truth's number, -1 background, -2 left out; and who is forced.
function anchorsMatch(count, ious, high, low, lowQuality) {
  const gt = new Int16Array(count).fill(ANCHORS_NEGATIVE), forced = new Uint8Array(count), best = new Float64Array(count), nearest = new Int16Array(count);
  ious.forEach((one, g) => { for (let i = 0; i < count; i++) if (one[i] > best[i]) { best[i] = one[i]; nearest[i] = g; } });
  if (ious.length) for (let i = 0; i < count; i++) gt[i] = best[i] >= high ? nearest[i] : best[i] >= low ? ANCHORS_IGNORED : ANCHORS_NEGATIVE;
  const tops = ious.map((one) => one.reduce((a, b) => (b > a ? b : a), 0)), at = ious.map((one, g) => one.indexOf(tops[g]));
  if (lowQuality) ious.forEach((one, g) => { for (let i = 0; tops[g] > 0 && i < count; i++) if (one[i] === tops[g] && gt[i] < 0) forced[i] = 1; });
  for (let i = 0; i < count; i++) if (forced[i]) gt[i] = nearest[i];
  return { gt, forced, best, nearest, tops, at, ...anchorsCounts(gt, ious.length) };
}

function anchorsCounts(gt, truths) {
  const counts = { positive: 0, ignored: 0, negative: 0 }, learn = new Array(truths).fill(0);
  for (const v of gt) { counts[v >= 0 ? "positive" : v === ANCHORS_IGNORED ? "ignored" : "negative"]++; if (v >= 0) learn[v]++; }
  return { counts, learn };
}

// One byte an anchor for Python: its truth + 2, and 128 more where it was forced.
function anchorsPacked(found) {
  let text = "";
  for (let i = 0; i < found.gt.length; i++) text += String.fromCharCode(found.gt[i] + 2 + 128 * found.forced[i]);
  return btoa(text);
}
