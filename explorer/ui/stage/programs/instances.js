// Instances: each one's mask on its way from 28 x 28 cells into the picture, cut as the reader says.
//
// Parameters: view ("paste" or "swap"), boxes (M lists xyxy), labels, scores, rows (M, places in
// classes), classes, own (M x 28 x 28 logits of the box's class), all (M x C x 28 x 28 bytes, 255 for
// probability 1; paste), other (M x 28 x 28 logits under RoIPool; swap), rounded (M lists xyxy: the
// box in whole cells; swap), sure (false: none reached the threshold), colors (a list), ways
// {both, align, pool}, picked, cut, shown (class or -1), digest, tag, opacity.
// Stage: hover; a press or an arrow key chooses an instance. The scrubber's frame (paste): 0 cells,
// 1 padded, 2 resized, 3 cut, 4 all in the picture.
// Commits {tag, digest, picked, cut, shown, runs, poolRuns, target, loss}: the cut masks' runs and the
// painted silhouette with its loss, for the proofs.
// The arithmetic: instances.math.js; the panels: instances.panel.js, instances.swap.js.

const INS_STEPS = ["Cells", "Padded", "Resized", "Cut", "In the picture"];
const insFrame = (s) => (s.params.view === "swap" ? 4 : clamp(s.frame, 0, 4));
const insColor = (s, k) => s.params.colors[k % s.params.colors.length];
const insName = (s, k) => s.params.labels[k] + " " + fixed(s.params.scores[k]);
const insHolds = ([x1, y1, x2, y2], [x, y]) => x >= x1 && y >= y1 && x <= x2 && y <= y2;
const insArea = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);

function insMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    o.tag = p.tag;
    o.guestName = null;
    Object.assign(o, { picked: p.picked, cut: p.cut, shown: p.shown, cell: null, target: null });
    o.logits = unpack(p.own);
    o.all = p.all ? unpack(p.all) : null;
    o.pool = p.other ? unpack(p.other) : null;
    o.ways = p.boxes.map((box, k) => insPaste(insOne(o.logits, k), box));
    o.poolWays = o.pool ? p.boxes.map((box, k) => insPaste(insOne(o.pool, k), box)) : null;
    o.stale = true;
  }
  o.picked = clamp(o.picked, 0, p.boxes.length - 1);
  if (o.view !== p.view) { o.view = p.view; (p.view === "swap" ? insSwapPanel : insPanel)(s); }
  o.told = null;
  later(s, "proof", 600, () => { if (s.d.held.program.v?.tag !== p.tag) insCommit(s); });
  s.change();
}

function insOne(logits, k) {
  return Float64Array.from(logits.subarray(k * INS_CELLS, (k + 1) * INS_CELLS), insSigmoid);
}

// The probabilities of one class's mask of an instance, as bytes from Python (its own: exact).
function insOfClass(s, k, c) {
  const o = s.own, at = (k * s.params.classes.length + c) * INS_CELLS;
  return c === s.params.rows[k] ? o.ways[k].probs : Float64Array.from(o.all.subarray(at, at + INS_CELLS), (v) => v / 255);
}

const insShown = (s) => (s.own.shown < 0 ? s.params.rows[s.own.picked] : s.own.shown);

// The mask on show: the chosen instance's, of the class that is looked at.
function insWay(s) {
  const o = s.own, c = insShown(s);
  if (c === s.params.rows[o.picked] || !o.all) return o.ways[o.picked];
  const name = o.picked + " " + c;
  if (o.guestName !== name) { o.guestName = name; o.guest = insPaste(insOfClass(s, o.picked, c), s.params.boxes[o.picked]); }
  return o.guest;
}

const insLogits = (s) => s.own.logits.subarray(s.own.picked * INS_CELLS, (s.own.picked + 1) * INS_CELLS);

function insCommit(s) {
  const o = s.own, p = s.params, runs = (ways) => ways.map((one) => insRuns(one, o.cut, s.w, s.h));
  s.commit({ tag: p.tag, digest: p.digest, picked: o.picked, cut: o.cut, shown: o.shown, runs: runs(o.ways), poolRuns: o.poolWays ? runs(o.poolWays) : null, target: o.target ? [...o.target] : null, loss: o.target ? insLoss(insLogits(s), o.target) : null });
}

function insSet(s, change, wait = 350) {
  const o = s.own;
  if ("picked" in change && change.picked !== o.picked) Object.assign(o, { shown: -1, target: null });
  if ("cut" in change && change.cut !== o.cut) o.stale = true;
  Object.assign(o, change);
  o.told = null;
  s.change();
  if (wait) later(s, "set", wait, () => insCommit(s));
}

// The mask under a place, the smallest of several; a box where no mask is.
function insHit(s) {
  const o = s.own, p = s.params;
  if (!s.pointer) return -1;
  const [x, y] = s.pointer, order = p.boxes.map((_, k) => k).sort((a, b) => insArea(p.boxes[a]) - insArea(p.boxes[b]));
  const masked = order.find((k) => insProbAt(o.ways[k], x, y) >= o.cut);
  return masked ?? order.find((k) => insHolds(p.boxes[k], s.pointer)) ?? -1;
}

function insRecut(s) {
  const o = s.own, p = s.params;
  if (o.stale) {
    o.cuts = o.ways.map((one, k) => insCut(one, o.cut, insColor(s, k), o.cuts?.[k]));
    o.apart = null;
    o.stale = false;
  }
  if (o.poolWays && o.apartOf !== o.picked + " " + o.cut + " " + o.tag) {
    o.apart = insApart(o.ways[o.picked], o.poolWays[o.picked], o.cut, [p.ways.both, p.ways.align, p.ways.pool], o.apart ?? undefined);
    o.apartOf = o.picked + " " + o.cut + " " + o.tag;
  }
}

// ---- the picture --------------------------------------------------------------------

function insRect(s, g, [x1, y1, x2, y2], color, width, dash = []) {
  g.setLineDash(dash.map((v) => v * s.px));
  for (const [style, wide] of [["rgba(0,0,0,.6)", width + 2], [color, width]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  g.setLineDash([]);
}

// Probabilities as a heat map, `n` on a side or as large as they are.
function insHeat(values, h, w, made = element("canvas"), lo = 0, hi = 1, name = "sequential") {
  const levels = new Uint8Array(h * w);
  for (let i = 0; i < levels.length; i++) levels[i] = clamp(Math.round((255 * (values[i] - lo)) / (hi - lo)), 0, 255);
  levels.shape = [h, w];
  return heatBitmap(levels, name, made);
}

function insDrawAt(s, g, bitmap, [x1, y1, x2, y2], smooth, alpha) {
  g.globalAlpha = alpha;
  g.imageSmoothingEnabled = smooth;
  g.drawImage(bitmap, x1, y1, x2 - x1, y2 - y1);
  g.globalAlpha = 1;
}

function insStep(s, g, step) {
  const o = s.own, box = s.params.boxes[o.picked], one = insWay(s), [x1, y1, x2, y2] = one.at, whole = [x1, y1, x1 + one.resized.shape[1], y1 + one.resized.shape[0]], n = INS_SIDE + 2, alpha = s.opacity ?? 0.7;
  const name = [o.tag, o.picked, insShown(s), o.cut, step].join(" ");
  if (o.heatName !== name) {
    o.heatName = name;
    o.heat = step === 0 ? insHeat(one.probs, INS_SIDE, INS_SIDE, o.heat) : step === 1 ? insHeat(one.padded, n, n, o.heat) : step === 2 ? insHeat(one.resized, ...one.resized.shape, o.heat) : insCut(one, o.cut, insColor(s, o.picked), o.heat);
  }
  insDrawAt(s, g, o.heat, step === 0 ? box : whole, false, step === 3 ? Math.max(alpha, 0.8) : alpha);
  if (step === 1) insRect(s, g, whole, "#ffffff", 1.5, [5, 4]);
  insRect(s, g, box, insColor(s, o.picked), 2.5);
}

// Another class's mask of the chosen instance, white: it is not the one that is taken.
function insGuestCut(s) {
  const o = s.own, one = insWay(s), name = o.guestName + " " + o.cut;
  if (o.guestCutName !== name) { o.guestCutName = name; o.guestCut = insCut(one, o.cut, "#ffffff", o.guestCut); }
  return o.guestCut;
}

function insAllMasks(s, g) {
  const o = s.own, p = s.params, alpha = s.opacity ?? 0.7, lone = p.view === "swap";
  for (let k = p.boxes.length - 1; k >= 0 && !lone; k--) {
    const one = o.ways[k], [x1, y1] = one.at, bitmap = k === o.picked && insWay(s) !== one ? insGuestCut(s) : o.cuts[k];
    insDrawAt(s, g, bitmap, [x1, y1, x1 + one.resized.shape[1], y1 + one.resized.shape[0]], false, alpha);
  }
  if (lone) {
    const one = o.ways[o.picked], [x1, y1] = one.at;
    insDrawAt(s, g, o.apart, [x1, y1, x1 + one.resized.shape[1], y1 + one.resized.shape[0]], false, Math.max(alpha, 0.6));
    insRect(s, g, p.rounded[o.picked], p.ways.pool, 2, [6, 4]);
  }
  const tags = [];
  for (let k = p.boxes.length - 1; k >= 0; k--) {
    const chosen = k === o.picked;
    if (chosen) insRect(s, g, p.boxes[k], "#ffffff", 5);
    insRect(s, g, p.boxes[k], insColor(s, k), chosen ? 2.5 : 1.5, p.sure ? [] : [5, 4]);
    if (!lone || chosen) tags.push(k);
  }
  tags.sort((a, b) => (b === o.picked) - (a === o.picked) || a - b); // the first find room first
  for (const k of tags) tag(s, g, k + 1 + "  " + insName(s, k), p.boxes[k][0], p.boxes[k][1], insColor(s, k));
}

function insRead(s) {
  const o = s.own, p = s.params, [x, y] = s.pointer, where = "x " + Math.floor(x) + "  y " + Math.floor(y);
  const here = p.boxes.map((_, k) => k).filter((k) => insProbAt(o.ways[k], x, y) >= o.cut);
  const prob = insProbAt(insWay(s), x, y), cls = p.classes[insShown(s)];
  const mine = where + "   " + (o.picked + 1) + " as " + cls + ": p = " + fixed(prob, 3) + (prob >= o.cut ? " \u2265 " : " < ") + fixed(o.cut);
  return mine + "\n" + (here.length ? "In the mask of " + here.map((k) => k + 1 + " (" + p.labels[k] + ")").join(" and ") + "." : "In no mask.") + (here.length > 1 ? " One pixel, " + here.length + " instances." : "");
}

PROGRAMS.instances = {
  keys: "arrows go from one instance to the next",
  mount: insMount,

  move(s) {
    const o = s.own;
    if (!o.ways) return;
    insRecut(s);
    if (s.pointer) o.cell = insCellAt(insWay(s), ...s.pointer);
    else if (!o.inPanel) o.cell = null;
    s.dom.over.style.cursor = insHit(s) >= 0 ? "pointer" : "crosshair";
    (o.view === "swap" ? insSwapTell : insTell)(s);
  },

  read: (s) => (s.own.ways ? insRead(s) : undefined),
  hint: () => "Click an instance (or arrow keys); point to read its probability.",

  frame(s, g) {
    const o = s.own, step = insFrame(s);
    if (!o.ways || !o.cuts) return;
    if (o.base !== s.base) { o.base = s.base; o.told = null; s.change(); }
    if (step < 4) insStep(s, g, step);
    else insAllMasks(s, g);
    if (o.cell && !s.saving) {
      const one = o.ways[o.picked], n = INS_SIDE + 2, w = one.resized.shape[1] / n, h = one.resized.shape[0] / n, x = one.at[0] + (o.cell[1] + 1) * w, y = one.at[1] + (o.cell[0] + 1) * h;
      outline(g, [x, y, x + w, y + h], "#ffffff", s.px);
    }
  },

  down(s) {
    const k = insHit(s);
    if (k < 0) return false;
    insSet(s, { picked: k });
    return true;
  },

  key(s, e) {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[e.key], count = s.params.boxes.length;
    if (!by) return false;
    insSet(s, { picked: (s.own.picked + by + count) % count });
    s.say("Instance " + (s.own.picked + 1) + " of " + count + ": " + insName(s, s.own.picked));
    return true;
  },
};
