// The funnel of a two-stage detector: the boxes that survive each step, and where one came from.
//
// All boxes are pixels of the network's square; one of the photo's pixels is `scale` of them.
// Parameters: scale, steps [{id, name, count, said}], names (classes), classColors (one a class), colors,
// levelColors {level: colour}, usual (level of a 224 px RoI, 0 where there is one map), lowest, highest,
// weights (of the second codec), tag (what was computed), picked (RoI to follow); of R RoIs rois (R x 4),
// probs (R x (1 + C)), bestBoxes and bestDeltas (R x 4, of the likeliest class); of M class boxes rows,
// labels, scores, boxes, deltas, keepers, ious, kept, found (places in M). With a proposal network
// `first`: grids [[level, stride, rows, cols, first anchor, shapes]], boxes (B x 4), scores, deltas,
// rows (their anchors), levels, keepers, ious, kept, proposals (places in B). Without one regions (P x 4), which the
// RoIs were before a first look moved them, and of each RoI regionRows (places in P), regionLabels, regionScores,
// regionDeltas (R x 4).
// The scrubber's frame is the step. Commits {picked, tag}; keeps gone (a candidate without an RoI) and label (a class of
// picked that is not its likeliest). Keys: arrows choose another. Panel: funnel.panel.js.

const FNL_LABELS = 12, FNL_SENT_MS = 350;
const fnlBox = (array, k) => [array[4 * k], array[4 * k + 1], array[4 * k + 2], array[4 * k + 3]];
const fnlStep = (s) => clamp(s.frame, 0, s.params.steps.length - 1);
const fnlId = (s) => s.params.steps[fnlStep(s)].id;
const fnlArea = (b) => (b[2] - b[0]) * (b[3] - b[1]);

function fnlUnpack(from) {
  return Object.fromEntries(Object.entries(from).map(([name, v]) => [name, v?.dtype ? unpack(v) : v]));
}

function fnlMount(s) {
  const o = s.own, p = s.params;
  o.all = fnlUnpack(p);
  o.first = p.first ? fnlUnpack(p.first) : null;
  o.C = o.all.probs.shape[1];
  o.R = o.all.rois.length / 4;
  if (o.first) { o.first.grids = p.first.grids.map(([level, stride, rows, cols, start, shapes]) => ({ level, stride, rows, cols, start, shapes: unpack(shapes) })); o.roiOf = new Map([...o.first.proposals].map((c, r) => [c, r])); }
  // What was followed in another picture, or by another network, means nothing here.
  if (o.tag !== undefined && o.tag !== p.tag) for (const name of ["gone", "label"]) s.keep(name, null);
  const gone = fnlGone(s), known = o.tag === p.tag ? o.pick.r : -1;
  o.pick = gone ?? fnlAs(s, known < 0 ? clamp(p.picked, 0, o.R - 1) : known);
  o.tag = p.tag;
  o.cached = null;
  o.told = null;
  if (!o.rows) fnlBuild(s);
  s.change();
}

// What is followed: candidate c of the first stage, RoI r, class box m (-1 where there is none).
function fnlOfRoi(s, r, m = -1) {
  const o = s.own, a = o.all;
  if (m < 0) for (const k of a.found) if (a.rows[k] === r && m < 0) m = k;
  if (m < 0) for (let k = 0; k < a.rows.length; k++) if (a.rows[k] === r && (m < 0 || a.scores[k] > a.scores[m])) m = k;
  return { c: o.first ? o.first.proposals[r] : r, r, m };
}

// The candidate that no RoI came from, where the reader follows one.
function fnlGone(s) {
  const o = s.own, c = o.first ? keptPlace(s, "gone", o.first.scores.length) : null;
  return c === null || o.roiOf.has(c) ? null : { c, r: -1, m: -1 };
}

// An RoI as the class that the reader follows it as, where that reaches the threshold.
function fnlAs(s, r) {
  const { rows, labels } = s.own.all, label = keptPlace(s, "label", s.params.names.length);
  return fnlOfRoi(s, r, label === null ? -1 : rows.findIndex((row, m) => row === r && labels[m] === label));
}

function fnlOfCandidate(s, c) {
  const r = s.own.roiOf.get(c);
  return r === undefined ? { c, r: -1, m: -1 } : fnlOfRoi(s, r);
}

// Which boxes a step shows: [array, places in it, colour of one].
function fnlShown(s) {
  const o = s.own, a = o.all, f = o.first, p = s.params, id = fnlId(s), every = (n) => Array.from({ length: n }, (_, k) => k);
  const level = (k) => p.levelColors[f.levels[k]], label = (k) => p.classColors[a.labels[k]];
  if (id === "best") return [f.boxes, every(f.scores.length), level];
  if (id === "large") return [f.boxes, every(f.scores.length).filter((k) => f.keepers[k] >= 0), level];
  if (id === "nms") return [f.boxes, [...f.kept], level];
  if (id === "searched") { const again = new Set(a.regionRows); return [a.regions, every(a.regions.length / 4), (k) => (again.has(k) ? p.colors.proposal : p.colors.suppressed)]; }
  if (id === "rois") return [a.rois, every(o.R), (k) => (f ? p.levelColors[f.levels[f.proposals[k]]] : p.colors.proposal)];
  if (id === "classes") return [a.rois, every(o.R), (k) => { const best = fnlBest(s, k); return best ? p.classColors[best - 1] : p.colors.suppressed; }];
  if (id === "above") return [a.boxes, every(a.scores.length), label];
  if (id === "apart") return [a.boxes, [...a.kept], label];
  if (id === "found") return [a.boxes, [...a.found], label];
  return [[], [], () => p.colors.anchor];
}

// The likeliest class of an RoI, 0 for background.
function fnlBest(s, r) {
  const o = s.own, probs = o.all.probs;
  let best = 0;
  for (let k = 1; k < o.C; k++) if (probs[r * o.C + k] > probs[r * o.C + best]) best = k;
  return best;
}

function fnlAnchor(s, c) {
  const f = s.own.first, row = f.rows[c], g = f.grids.find((one, i) => row >= one.start && (i + 1 === f.grids.length || row < f.grids[i + 1].start)), many = g.shapes.length / 4, at = row - g.start, cell = Math.floor(at / many), y = Math.floor(cell / g.cols), x = cell % g.cols;
  return { level: g.level, stride: g.stride, x, y, row, box: fnlBox(g.shapes, at % many).map((v, i) => v + (i % 2 ? y : x) * g.stride) };
}

// Where the followed one stands at this step.
function fnlNow(s, pick) {
  const o = s.own, a = o.all, id = fnlId(s);
  if (id === "anchors") return fnlAnchor(s, pick.c).box;
  if (id === "searched") return fnlBox(a.regions, a.regionRows[pick.r]);
  if (["best", "large", "nms", "rois", "classes"].includes(id)) return o.first ? fnlBox(o.first.boxes, pick.c) : fnlBox(a.rois, pick.r);
  if (pick.r < 0) return null;
  return pick.m >= 0 ? fnlBox(a.boxes, pick.m) : fnlBox(a.bestBoxes, pick.r);
}

// The smallest box shown under the pointer.
function fnlHit(s) {
  const o = s.own, id = fnlId(s);
  if (!s.pointer || id === "anchors") return null;
  const [x, y] = s.pointer.map((v) => v * s.params.scale), [boxes, all] = o.shown, places = id === "searched" ? o.all.regionRows : all;
  let found = -1, least = Infinity;
  for (const k of places) {
    const i = 4 * k;
    if (x < boxes[i] || y < boxes[i + 1] || x > boxes[i + 2] || y > boxes[i + 3]) continue;
    const area = (boxes[i + 2] - boxes[i]) * (boxes[i + 3] - boxes[i + 1]);
    if (area < least) { least = area; found = k; }
  }
  if (found < 0) return null;
  if (["best", "large", "nms"].includes(id)) return fnlOfCandidate(s, found);
  if (id === "searched") return fnlOfRoi(s, places.indexOf(found));
  return ["rois", "classes"].includes(id) ? fnlOfRoi(s, found) : fnlOfRoi(s, o.all.rows[found], found);
}

function fnlMove(s) {
  const o = s.own, step = fnlStep(s);
  if (!o.rows) return;
  if (o.step !== step || !o.cached) { o.step = step; o.shown = fnlShown(s); }
  o.hit = fnlHit(s);
  s.dom.over.style.cursor = o.hit ? "pointer" : "crosshair";
  const told = JSON.stringify([step, s.params.tag, Boolean(o.hit), o.hit ?? o.pick, s.dark, s.params.steps.at(-1).count, o.all.scores.length]);
  if (told !== o.told) { o.told = told; fnlTell(s); }
}

// ---- the picture --------------------------------------------------------------------

function fnlRect(s, g, [x1, y1, x2, y2], color, width, dash = []) {
  const k = s.params.scale;
  g.setLineDash(dash.map((v) => v * s.px));
  for (const [style, wide] of [["rgba(0,0,0,.65)", width + 2], [color, width]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.strokeRect(x1 / k, y1 / k, (x2 - x1) / k, (y2 - y1) / k); }
  g.setLineDash([]);
}

// A thousand boxes are drawn once a step, one path a colour; a pointer that moves copies them.
function fnlCrowd(s, g) {
  const o = s.own, canvas = s.dom.over, key = [o.step, canvas.width, canvas.height, o.tag, o.all.scores.length].join(" ");
  if (o.cached !== key) {
    o.cached = key;
    o.layer ??= element("canvas");
    Object.assign(o.layer, { width: canvas.width, height: canvas.height });
    const c = o.layer.getContext("2d");
    c.setTransform(canvas.width / s.w, 0, 0, canvas.height / s.h, 0, 0);
    if (fnlId(s) === "anchors") fnlCells(s, c); else fnlPaths(s, c);
  }
  if (s.saving) { if (fnlId(s) === "anchors") fnlCells(s, g); else fnlPaths(s, g); } else g.drawImage(o.layer, 0, 0, s.w, s.h);
}

function fnlPaths(s, c) {
  const [boxes, places, color] = s.own.shown, k = s.params.scale, groups = new Map(), few = places.length <= 40;
  for (const i of places) { const name = color(i); if (!groups.has(name)) groups.set(name, []); groups.get(name).push(i); }
  c.lineWidth = (few ? 2.4 : places.length <= 200 ? 1.5 : 1) * s.px;
  c.globalAlpha = few ? 1 : places.length <= 200 ? 0.85 : 0.4;
  for (const [name, some] of groups) {
    c.strokeStyle = name;
    c.beginPath();
    for (const i of some) c.rect(boxes[4 * i] / k, boxes[4 * i + 1] / k, (boxes[4 * i + 2] - boxes[4 * i]) / k, (boxes[4 * i + 3] - boxes[4 * i + 1]) / k);
    c.stroke();
  }
  c.globalAlpha = 1;
}

// A dot for every cell of every map: nine anchors stand around each.
function fnlCells(s, c) {
  const k = s.params.scale;
  s.own.first.grids.forEach((g, i) => {
    c.fillStyle = s.params.levelColors[g.level];
    const r = (1.2 + 1.1 * i) * s.px;
    c.globalAlpha = 0.9;
    for (let y = 0; y < g.rows; y++) for (let x = 0; x < g.cols; x++) { c.beginPath(); c.arc((x * g.stride) / k, (y * g.stride) / k, r, 0, 7); c.fill(); }
  });
  c.globalAlpha = 1;
}

// The anchors of the cells nearest to the pointer, of every level.
function fnlUnder(s, g) {
  const k = s.params.scale;
  for (const one of s.own.first.grids) {
    const x = clamp(Math.round((s.pointer[0] * k) / one.stride), 0, one.cols - 1), y = clamp(Math.round((s.pointer[1] * k) / one.stride), 0, one.rows - 1);
    for (let i = 0; i < one.shapes.length / 4; i++) fnlRect(s, g, fnlBox(one.shapes, i).map((v, j) => v + (j % 2 ? y : x) * one.stride), s.params.levelColors[one.level], 1.3);
  }
}

function fnlTag(s, g, text, [x1, y1], color) {
  const k = s.params.scale;
  tag(s, g, text, x1 / k, Math.max(0, y1 / k - 2 * s.px), color);
}

function fnlFrame(s, g) {
  const o = s.own, p = s.params, a = o.all, id = fnlId(s), shown = o.hit ?? o.pick;
  if (!o.rows || !o.shown) return;
  if (id !== "found") { g.fillStyle = "rgba(0,0,0,.25)"; g.fillRect(0, 0, s.w, s.h); }
  fnlCrowd(s, g);
  if (id === "anchors" && s.pointer && !s.saving) fnlUnder(s, g);
  if (id === "nms" && shown.c >= 0) for (let k = 0; k < o.first.keepers.length; k++) if (o.first.keepers[k] === shown.c && k !== shown.c) fnlRect(s, g, fnlBox(o.first.boxes, k), p.colors.suppressed, 1.2, [5, 4]);
  if (["apart", "found"].includes(id) && shown.m >= 0) for (let k = 0; k < a.keepers.length; k++) if (a.keepers[k] === shown.m && k !== shown.m) fnlRect(s, g, fnlBox(a.boxes, k), p.colors.suppressed, 1.2, [5, 4]);
  const box = fnlNow(s, shown);
  if (box) fnlRect(s, g, box, "#ffffff", 3.5);
  if (box && (id === "classes" || id === "above")) { const [name, prob] = fnlSaid(s, shown); fnlTag(s, g, name + " " + fixed(prob), box, "#ffffff"); }
  if (["found", "apart"].includes(id)) for (const k of [...(id === "found" ? a.found : a.kept)].slice(0, FNL_LABELS)) fnlTag(s, g, p.names[a.labels[k]] + " " + fixed(a.scores[k]), fnlBox(a.boxes, k), p.classColors[a.labels[k]]);
}

function fnlSaid(s, { r, m }) {
  const o = s.own, a = o.all;
  if (m >= 0) return [s.params.names[a.labels[m]], a.scores[m]];
  const best = r < 0 ? 0 : fnlBest(s, r);
  return r < 0 ? ["no RoI", 0] : [best ? s.params.names[best - 1] : "background", a.probs[r * o.C + best]];
}

function fnlPick(s, pick) {
  const o = s.own;
  o.pick = pick;
  o.told = null;
  s.change();
  const other = pick.r >= 0 && pick.m !== fnlOfRoi(s, pick.r).m;
  s.keep("label", other ? [o.all.labels[pick.m]] : null, FNL_SENT_MS);
  s.keep("gone", pick.r < 0 ? [pick.c] : null, FNL_SENT_MS);
  if (pick.r >= 0) later(s, "picked", FNL_SENT_MS, () => s.commit({ picked: pick.r, tag: s.params.tag }));
}

PROGRAMS.funnel = {
  keys: "arrows go from box to box",
  mount: fnlMount,
  move: fnlMove,
  frame: fnlFrame,

  hint(s) { return "Point at a box, click to follow it (or arrow keys)."; },

  read(s) {
    const o = s.own;
    if (fnlId(s) === "anchors") return "The anchors of the cells at the pointer, level by level.";
    return o.hit ? fnlWords(s, o.hit) + "  (click to follow it)" : "No box here at this step.";
  },

  down(s) {
    const pick = fnlHit(s);
    if (!pick) return false;
    fnlPick(s, pick);
    return true;
  },

  key(s, e) {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[e.key], o = s.own;
    if (!by) return false;
    const found = [...o.all.found], last = fnlStep(s) === s.params.steps.length - 1 && found.length;
    if (last) { const at = found.indexOf(o.pick.m), m = found[(at + by + found.length) % found.length]; fnlPick(s, fnlOfRoi(s, o.all.rows[m], m)); }
    else fnlPick(s, fnlOfRoi(s, (Math.max(0, o.pick.r) + by + o.R) % o.R));
    s.say(fnlWords(s, o.pick));
    return true;
  },
};
