// R-CNN step by step: the chosen proposal on its way, then NMS round by round.
//
// Parameters: all (T x 4 proposals), count (of them run), side, context (of a crop, px), mean
// [r, g, b] of the photo, tag (who is shown), digest (of the photo), picked, colors, ready. With
// ready: features (n x 1280 bytes), featureCount (of all), most (n), top (n x 5 places in names), probs (n x 5), names;
// of M candidates rows, boxes (M x 4), scores, labels (places in labelNames), rounds, keepers, ious.
// chances (n x C) of the SVMs and classNames; where these are in use: best (n) class of each crop,
// deltas and moved (n x 4), its numbers and where they take the box.
// The scrubber's frame: 0 proposals, 1 warp, 2 features, 3 scores, 4 regression, 5 + k NMS after k
// rounds. Commits {picked, digest}. Keys: arrows choose another proposal. The panel: rcnn.panel.js.

const RCN_LABELS = 30;
const RCN_STEPS = ["Proposals", "Warp", "Features", "Scores", "Box", "NMS"];
const rcnBox = (array, k) => [...array.subarray(4 * k, 4 * k + 4)];
const rcnArea = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
const rcnFrame = (s) => (s.params.ready ? clamp(s.frame, 0, 5 + s.own.last) : 0);
const rcnStep = (s) => Math.min(5, rcnFrame(s));

function rcnMount(s) {
  const o = s.own, p = s.params;
  for (const name of ["all", "features", "most", "top", "probs", "rows", "boxes", "scores", "labels", "rounds", "keepers", "ious", "chances", "moved", "deltas", "best"]) o[name] = p[name] ? unpack(p[name]) : null;
  o.last = o.rounds?.length ? Math.max(...o.rounds) : 0;
  if (o.tag !== p.tag) { o.tag = p.tag; o.picked = p.picked; }
  o.picked = clamp(o.picked, 0, p.count - 1);
  // Small boxes in front: what the pointer is on.
  o.order = Array.from({ length: p.count }, (_, k) => k).sort((a, b) => rcnArea(rcnBox(o.all, a)) - rcnArea(rcnBox(o.all, b)));
  if (!o.title) rcnPanel(s);
  o.told = null;
  s.change();
}

// The smallest proposal under the pointer; while NMS runs, of those still in.
function rcnHit(s) {
  const o = s.own;
  if (!s.pointer || !o.all) return -1;
  const [x, y] = s.pointer, holds = ([x1, y1, x2, y2]) => x >= x1 && y >= y1 && x <= x2 && y <= y2;
  if (rcnStep(s) < 5) return o.order.find((k) => holds(rcnBox(o.all, k))) ?? -1;
  const round = rcnFrame(s) - 5;
  let found = -1, area = Infinity;
  for (let i = 0; i < o.rows.length; i++) {
    const box = rcnBox(o.boxes, i), left = o.keepers[i] === i || o.rounds[i] >= round;
    if (left && holds(box) && rcnArea(box) < area) { area = rcnArea(box); found = o.rows[i]; }
  }
  return found;
}

function rcnPick(s, k) {
  const o = s.own;
  if (k < 0 || k >= s.params.count) return;
  o.picked = k;
  o.told = null;
  s.change();
  later(s, "picked", 350, () => s.commit({ picked: o.picked, digest: s.params.digest }));
}

function rcnGo(s, frame) {
  window.dispatchEvent(new CustomEvent("explorer:go", { detail: { key: s.d.frames, frame } }));
}

function rcnContext(s, [x1, y1, x2, y2]) {
  const { side, context } = s.params, share = context / (side - 2 * context), w = share * (x2 - x1), h = share * (y2 - y1);
  return [x1 - w, y1 - h, x2 + w, y2 + h];
}

const rcnSaid = (s, k) => {
  const [x1, y1, x2, y2] = rcnBox(s.own.all, k), size = "Proposal " + (k + 1) + ": " + Math.round(x2 - x1) + " × " + Math.round(y2 - y1) + " px";
  return s.own.top ? size + "\n" + rcnBest(s, k) : size;
};

function rcnBest(s, k) {
  const o = s.own, p = s.params;
  if (o.best) { const at = o.best[k]; return p.classNames[at] + " " + fixed(o.chances[k * p.classNames.length + at]); }
  return p.names[o.top[5 * k]] + " " + fixed(o.probs[5 * k]);
}

// ---- the picture --------------------------------------------------------------------

function rcnRect(s, g, box, color, width, dash = []) {
  const [x1, y1, x2, y2] = box;
  g.setLineDash(dash.map((v) => v * s.px));
  for (const [style, wide] of [["rgba(0,0,0,.6)", width + 2], [color, width]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  g.setLineDash([]);
}

function rcnThin(s, g, from, to, color, alpha) {
  const all = s.own.all;
  g.globalAlpha = alpha;
  g.strokeStyle = color;
  g.lineWidth = 1.2 * s.px;
  g.beginPath();
  for (let k = from; k < to; k++) { const [x1, y1, x2, y2] = all.subarray(4 * k, 4 * k + 4); g.rect(x1, y1, x2 - x1, y2 - y1); }
  g.stroke();
  g.globalAlpha = 1;
}

function rcnDim(s, g, [x1, y1, x2, y2]) {
  g.fillStyle = "rgba(0,0,0,.55)";
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  g.rect(x1, y1, x2 - x1, y2 - y1);
  g.fill("evenodd");
}

// A label above the box, or inside it where there is no room; below the labels already `taken`.
function rcnTag(s, g, text, [x1, y1], color, taken = []) {
  const k = s.px * letters(), high = 20 * k, wide = 9 * k * text.length, x = clamp(x1, 0, Math.max(0, s.w - wide)), meets = (y) => taken.some(([a, b, w]) => x < a + w && a < x + wide && Math.abs(y - b) < high);
  let y = y1 > high ? y1 - 2 * s.px : Math.max(0, y1) + high;
  for (let tries = 0; tries < 6 && meets(y) && y + high < s.h; tries++) y += high;
  taken.push([x, y, wide]);
  tag(s, g, text, x, y, color);
}

function rcnChosen(s, g) {
  const o = s.own, p = s.params, c = p.colors, box = rcnBox(o.all, o.picked), step = rcnStep(s);
  if (step === 4 && o.moved) {
    rcnRect(s, g, box, c.picked, 2, [6, 4]);
    rcnRect(s, g, rcnBox(o.moved, o.picked), c.moved, 3);
    rcnTag(s, g, rcnBest(s, o.picked), rcnBox(o.moved, o.picked), c.moved);
    return;
  }
  const around = rcnContext(s, box);
  rcnDim(s, g, around);
  rcnRect(s, g, around, c.context, 1.5, [5, 4]);
  rcnRect(s, g, box, c.picked, 3);
  if (step >= 3 && o.top) rcnTag(s, g, rcnBest(s, o.picked), box, c.picked);
}

function rcnNms(s, g) {
  const o = s.own, p = s.params, c = p.colors, round = rcnFrame(s) - 5, done = round === o.last, tags = [];
  const at = (i) => rcnBox(o.boxes, i);
  for (let i = o.rows.length - 1; i >= 0; i--) {
    if (o.rounds[i] <= round) continue;
    g.globalAlpha = 0.75;
    g.strokeStyle = c.proposal;
    g.lineWidth = 1.5 * s.px;
    const [x1, y1, x2, y2] = at(i);
    g.strokeRect(x1, y1, x2 - x1, y2 - y1);
    g.globalAlpha = 1;
  }
  for (let i = 0; i < o.rows.length; i++) if (o.rounds[i] === round && o.keepers[i] !== i && round > 0) rcnRect(s, g, at(i), c.suppressed, 1.5, [5, 4]);
  for (let i = o.rows.length - 1; i >= 0; i--) {
    if (o.keepers[i] !== i || o.rounds[i] > round) continue;
    rcnRect(s, g, at(i), c.kept, o.rounds[i] === round || done ? 3.5 : 2);
    tags.push(i);
  }
  // The best boxes alone have labels where there are very many.
  const taken = [];
  for (const i of tags.reverse().slice(0, RCN_LABELS)) rcnTag(s, g, p.labelNames[o.labels[i]] + " " + fixed(o.scores[i]), at(i), c.kept, taken);
}

PROGRAMS.rcnn = {
  keys: "arrows go from one proposal to the next",
  mount: rcnMount,

  move(s) {
    const o = s.own;
    o.hit = s.dragging ? -1 : rcnHit(s);
    s.dom.over.style.cursor = o.hit >= 0 ? "pointer" : "crosshair";
    const now = [rcnFrame(s), o.picked, s.params.tag, s.dark].join(" ");
    if (o.told !== now || o.base !== s.base) { o.told = now; o.base = s.base; rcnTell(s); }
  },

  read(s) {
    return s.own.hit >= 0 ? rcnSaid(s, s.own.hit) + "  (click to choose it)" : "No proposal here.";
  },

  frame(s, g) {
    const o = s.own, p = s.params, c = p.colors, step = rcnStep(s);
    if (!o.all) return;
    if (o.base !== s.base) s.change();  // the photo has arrived: the crops can be drawn
    if (step === 0) {
      rcnThin(s, g, p.count, o.all.length / 4, "#ffffff", 0.16);
      rcnThin(s, g, 0, p.count, c.proposal, 0.75);
      // A white rim: its colour alone drowns among the others.
      rcnRect(s, g, rcnBox(o.all, o.picked), "#ffffff", 8);
      rcnRect(s, g, rcnBox(o.all, o.picked), c.picked, 3);
    } else if (step < 5) rcnChosen(s, g);
    else rcnNms(s, g);
    if (o.hit >= 0 && o.hit !== o.picked && !s.saving) rcnRect(s, g, rcnBox(o.all, o.hit), "#ffffff", 1.5);
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Click a proposal to follow it (or arrow keys).";
  },

  down(s) {
    const k = rcnHit(s);
    if (k < 0) return false;
    rcnPick(s, k);
    return true;
  },

  key(s, e) {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[e.key];
    if (!by) return false;
    rcnPick(s, clamp(s.own.picked + by, 0, s.params.count - 1));
    s.say(rcnSaid(s, s.own.picked).replace("\n", ", "));
    return true;
  },
};
