// A proposal, its truth, and the four numbers between them, there and back, while dragging.
//
// Stage: mode "boxes", two boxes: the proposal, the truth. Parameters: colors {proposal, truth, moved},
// t [tx, ty, tw, th] or null (the reader's own numbers), clamp (largest tw and th that count).
// Committed on release: {boxes, t, moved, iou}. The panel is in regress.panel.js. While t is null the numbers
// follow the two boxes, and the moved box lies on the truth; a slider of the panel makes them the reader's own.

const REGRESS_NAMES = ["tx", "ty", "tw", "th"];

const regressSize = (b) => ({ x: (b[0] + b[2]) / 2, y: (b[1] + b[3]) / 2, w: b[2] - b[0], h: b[3] - b[1] });

function regressEncode(proposal, truth) {
  const p = regressSize(proposal), g = regressSize(truth);
  return [(g.x - p.x) / p.w, (g.y - p.y) / p.h, Math.log(g.w / p.w), Math.log(g.h / p.h)];
}

function regressDecode(proposal, t, most) {
  const p = regressSize(proposal), x = p.x + t[0] * p.w, y = p.y + t[1] * p.h;
  const w = p.w * Math.exp(Math.min(t[2], most)), h = p.h * Math.exp(Math.min(t[3], most));
  return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
}

function regressIou(a, b) {
  const area = (q) => (q[2] - q[0]) * (q[3] - q[1]);
  const wide = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])), high = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const shared = wide * high, union = area(a) + area(b) - shared;
  return union > 0 ? shared / union : 0;
}

// What is on show: the numbers, the moved box and both overlaps; null while a box is missing or flat.
function regressNow(s) {
  const [proposal, truth] = s.boxes, o = s.own;
  if (!proposal || !truth || Math.min(...[proposal, truth].flatMap((b) => [b[2] - b[0], b[3] - b[1]])) <= 0) return null;
  const wanted = regressEncode(proposal, truth), t = o.t ?? wanted, moved = regressDecode(proposal, t, s.params.clamp);
  return { proposal, truth, wanted, t, moved, before: regressIou(proposal, truth), after: regressIou(moved, truth) };
}

function regressCommit(s) {
  const now = regressNow(s);
  return now && { boxes: s.boxes, t: now.t, own: s.own.t !== null, moved: now.moved, iou: [now.before, now.after] };
}

function regressSet(s, k, value) {
  const now = regressNow(s);
  if (!now) return;
  s.own.t = [...now.t];
  s.own.t[k] = value;
  s.change();
}

PROGRAMS.regress = {
  mount(s) {
    // Later values of Python's are echoes of the reader's own, and may be late.
    if (s.own.t === undefined) s.own.t = s.params.t;
    if (!s.own.rows) regressPanel(s);
    s.change();
    later(s, "proof", 400, () => { if (!s.dragging) s.commit(regressCommit(s)); });
  },

  move(s) {
    s.own.now = regressNow(s);
    regressWords(s);
  },

  frame(s, g) {
    const now = s.own.now, c = s.params.colors;
    if (!now) return;
    const from = regressSize(now.proposal), to = regressSize(now.moved);
    if (s.own.t) {
      g.setLineDash([7 * s.px, 4 * s.px]);
      outline(g, now.moved, c.moved, s.px, 3);
      g.setLineDash([]);
      tag(s, g, "moved", now.moved[0], now.moved[3] + (TAG_PX * letters() + 1) * s.px, c.moved);
    }
    for (const [style, wide] of [["rgba(0,0,0,.7)", 5], ["#ffffff", 2]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; arrow(g, from.x, from.y, to.x, to.y, s.px); }
  },

  commit: regressCommit,
};
