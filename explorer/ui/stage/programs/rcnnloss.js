// The losses of a two-stage detector on boxes a reader draws: which anchors and RoIs learn, and what each adds.
//
// The stage's own boxes are the truths (mode "boxes"), in pixels of the photo; all others are pixels of the
// network's square, `scale` for one of the photo. Parameters: classes, labels (of the stage's boxes), label
// (of a new one), term (chosen at first), beta (of smooth L1), colors, tag, and for each stage, first (anchors; may be missing) and
// second (RoIs): at (N x 4), labels (0 background), gt, probs (N, of what was wanted), each (N), count, value,
// front (P places in N), moves, wanted (P x 4), boxEach (P), boxValue, weights; first has matched too.
// Commits {tag, term, boxes, labels}. Panel: rcnnloss.panel.js.

const RLS_TERMS = [["objectness", "Objectness", "first", false], ["anchors", "Anchor boxes", "first", true], ["classes", "Classes", "second", false], ["boxes", "RoI boxes", "second", true]];

function rlsMount(s) {
  const o = s.own, p = s.params;
  for (const name of ["first", "second"]) o[name] = p[name] ? Object.fromEntries(Object.entries(p[name]).map(([k, v]) => [k, v?.dtype ? unpack(v) : v])) : null;
  o.terms = RLS_TERMS.filter(([, , from]) => o[from]);
  o.term = o.terms.find(([id]) => id === (o.term?.[0] ?? p.term)) ?? o.terms[0];
  o.labels = [...p.labels];
  o.known = s.boxes.map((b) => [...b]);
  // One item of what the boxes just were means nothing for what they are now.
  const asked = o.tag === undefined || o.tag === p.tag;
  if (!asked) s.keep("item", null);
  o.tag = p.tag;
  o.item = asked ? keptPlace(s, "item", rlsItems(s).rows.length) : null;
  o.told = null;
  if (!o.list) rlsBuild(s);
  s.change();
}

// What the chosen term is taken over: places in the stage's boxes, and what each adds.
function rlsItems(s) {
  const [, , from, boxes] = s.own.term, one = s.own[from];
  return boxes ? { one, boxes, rows: [...one.front], each: one.boxEach, value: one.boxValue } : { one, boxes, rows: [...one.each.keys()], each: one.each, value: one.value };
}

const rlsAt = (one, k) => [one.at[4 * k], one.at[4 * k + 1], one.at[4 * k + 2], one.at[4 * k + 3]];

// The smallest box of those that learn under the pointer, as a place among the items.
function rlsHit(s) {
  const { one, rows } = rlsItems(s), k = s.params.scale;
  if (!s.pointer || s.dragging) return null;
  const [x, y] = s.pointer.map((v) => v * k);
  let found = null, least = Infinity;
  rows.forEach((row, i) => {
    const [x1, y1, x2, y2] = rlsAt(one, row), area = (x2 - x1) * (y2 - y1);
    if (x >= x1 && x <= x2 && y >= y1 && y <= y2 && area < least) { least = area; found = i; }
  });
  return found;
}

function rlsMove(s) {
  const o = s.own;
  if (!o.list) return;
  followLabels(s, s.params.label);
  s.d.edit.labels = [...s.own.labels];
  o.hit = rlsHit(s);
  rlsPanel(s);
}

function rlsRect(s, g, [x1, y1, x2, y2], color, width, dash = []) {
  const k = s.params.scale;
  g.setLineDash(dash.map((v) => v * s.px));
  g.strokeStyle = color;
  g.lineWidth = width * s.px;
  g.strokeRect(x1 / k, y1 / k, (x2 - x1) / k, (y2 - y1) / k);
  g.setLineDash([]);
}

// Boxes the four numbers lead to: t = (x, y, w, h) over the weights.
function rlsMoved([x1, y1, x2, y2], t, weights) {
  const w = x2 - x1, h = y2 - y1, [dx, dy, dw, dh] = [...t].map((v, i) => v / weights[i]), x = x1 + w / 2 + dx * w, y = y1 + h / 2 + dy * h, a = (w * Math.exp(Math.min(dw, 4.135))) / 2, b = (h * Math.exp(Math.min(dh, 4.135))) / 2;
  return [x - a, y - b, x + a, y + b];
}

function rlsFrame(s, g) {
  const o = s.own, c = s.params.colors;
  if (!o.list) return;
  if (s.dragging || !rlsSame(s)) return;  // what is drawn was of the boxes before
  const { one, boxes, rows, each } = rlsItems(s), now = rlsNow(s, each);
  g.fillStyle = "rgba(0,0,0,.25)";
  g.fillRect(0, 0, s.w, s.h);
  if (!boxes) { g.globalAlpha = 0.5; for (const k of rows) if (!one.labels[k]) rlsRect(s, g, rlsAt(one, k), c.negative, 1, [4, 3]); }
  g.globalAlpha = 1;
  for (const k of rows) if (one.labels[k]) rlsRect(s, g, rlsAt(one, k), c.positive, 2);
  if (now === null) return;
  const box = rlsAt(one, rows[now]), k = s.params.scale;
  rlsRect(s, g, box, "rgba(0,0,0,.7)", 6);
  rlsRect(s, g, box, "#ffffff", 3.5);
  if (!boxes) return;
  const moved = rlsMoved(box, one.moves.subarray(4 * now, 4 * now + 4), one.weights);
  rlsRect(s, g, moved, c.detection, 3);
  const t = s.boxes[one.gt[rows[now]]], mid = (b, f) => [(b[0] + b[2]) / 2 / f, (b[1] + b[3]) / 2 / f];
  if (!t) return;
  g.strokeStyle = "#ffffff";
  g.lineWidth = 2.5 * s.px;
  arrow(g, ...mid(moved, k), ...mid(t, 1), s.px);
}

// Whether the boxes on the stage are those that the numbers are of.
const rlsSame = (s) => s.own.labels.join() === s.params.labels.join() && s.boxes.every((b, i) => b.every((v, j) => Math.abs(v - (s.d.held.boxes.v?.[i]?.[j] ?? v)) < 0.02));

function rlsCommit(s) {
  followLabels(s, s.params.label);
  s.d.edit.labels = [...s.own.labels];
  return { tag: s.params.tag, term: s.own.term[0], boxes: rounded(s.boxes), labels: [...s.own.labels] };
}

PROGRAMS.rcnnloss = {
  mount: rlsMount,
  move: rlsMove,
  frame: rlsFrame,
  commit: rlsCommit,
  hint: () => "Drag or draw true boxes (N adds one); point at an anchor or RoI that learns.",
  read(s) {
    if (s.grab || s.own.hit === null || s.own.hit === undefined) return undefined;
    const { one, rows, each } = rlsItems(s);
    return rlsName(s, rows[s.own.hit]) + " adds " + rlsText(each[s.own.hit] / one.count, 4);
  },
};
