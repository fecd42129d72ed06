// One challenge over its whole slider: a frame for each position, its boxes named, and the curve.
//
// Parameters: label (the object's class), threshold, lowest (boxes were asked for down to this score),
// colors {truth, object, wrong, muted}, kinds [{name, color}, ...], asks (without frames: a box is to be drawn);
// and, unless frames is empty: frames
// (data URLs), base (the unchanged one), axis, places (the slider's positions in words), made (how each frame
// was made), moves (the object's box moves with the frame: then it is edited in the unchanged frame alone),
// wrongKinds (the name of each frame's best wrong box, -1 for none), truths (of each frame [[x1, y1, x2, y2, class, ignored], ...], the object first), found (of each frame
// [[x1, y1, x2, y2, score, kind, why], ...], best first), object and wrong (best scores, null for none).
// The scrubber's frame is the slider; a press or a drag on the curve moves it. The panel: challenge.panel.js.

const CHL_STALE_PX = 0.8;
const CHL_LOCKED = "The true box goes with the picture here; go to the unchanged one to move it.";
const CHL_NO_BOX = "Draw a box with the pointer, or press N and move it with the arrows.";

function chlMount(s) {
  const o = s.own, p = s.params;
  const tag = p.frames.length ? p.frames.map((url) => url.length + url.slice(-24)).join() : "";
  if (tag !== o.tag) {
    o.tag = tag;
    o.images = p.frames.map((url) => {
      const image = new Image();
      image.onload = () => s.redraw();
      image.src = url;
      return image;
    });
  }
  if (!o.built) chlBuild(s);
  o.at = null;
  o.listed = null; // another truth gives the same frames other names
  s.change();
}

const chlNow = (s) => (s.frame === Infinity ? s.params.base : clamp(s.frame, 0, s.params.frames.length - 1));
const chlLocked = (s) => s.params.frames.length > 0 && s.params.moves && chlNow(s) !== s.params.base;

// The yellow box: the reader's own where it can be moved, else where the frame took it.
function chlFollow(s) {
  const o = s.own, p = s.params;
  if (s.boxes !== o.lent) { o.truth = s.boxes; o.lent = null; }
  if (chlLocked(s) && o.truth.length) {
    o.lent = s.boxes = [p.truths[chlNow(s)][0].slice(0, 4)];
    s.active = -1;
  } else if (o.lent) {
    s.boxes = o.truth;
    o.lent = null;
    s.active = 0;
  }
  const known = p.frames.length ? p.truths[p.base][0] : null, own = o.truth[0];
  o.stale = Boolean(known) !== Boolean(own) || Boolean(own && own.some((v, i) => Math.abs(v - known[i]) > CHL_STALE_PX));
}

function chlMove(s) {
  const o = s.own, p = s.params;
  chlFollow(s);
  if (p.frames.length) {
    o.now = chlNow(s);
    o.at = s.pointer && !s.dragging && !o.overList ? chlUnder(s) : o.overList ? o.at : null;
  }
  if (!s.said) showHint(s);
  chlPanel(s);
}

// The smallest box under the pointer among those that count.
function chlUnder(s) {
  const [x, y] = s.pointer, p = s.params;
  let best = null, least = Infinity;
  p.found[s.own.now].forEach(([x1, y1, x2, y2, score], k) => {
    const area = (x2 - x1) * (y2 - y1);
    if (score >= p.threshold && x >= x1 && x <= x2 && y >= y1 && y <= y2 && area < least) { least = area; best = k; }
  });
  return best;
}

function chlStroke(s, g, [x1, y1, x2, y2], color, width) {
  for (const [style, wide] of [["rgba(0,0,0,.55)", width + 1.6], [color, width]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
}

function chlFrame(s, g) {
  const o = s.own, p = s.params;
  if (!p.frames.length || o.now === undefined) return;
  const image = o.images[o.now];
  if (image.complete && image.naturalWidth) g.drawImage(image, 0, 0, s.w, s.h);
  g.setLineDash([3 * s.px, 3 * s.px]);
  for (const [x1, y1, x2, y2] of p.truths[o.now].slice(1)) { g.strokeStyle = p.colors.truth; g.globalAlpha = 0.75; g.lineWidth = 1.2 * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  g.globalAlpha = 0.5;
  const found = p.found[o.now];
  for (const box of found) if (box[4] < p.threshold) { g.strokeStyle = p.colors.muted; g.lineWidth = s.px; g.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]); }
  g.globalAlpha = o.stale ? 0.35 : 1;
  const over = found.filter((box) => box[4] >= p.threshold);
  for (let k = over.length - 1; k >= 0; k--) {
    g.setLineDash(over[k][5] ? [7 * s.px, 4 * s.px] : []);
    chlStroke(s, g, over[k], p.kinds[over[k][5]].color, k === o.at ? 4.5 : 2.6);
  }
  g.setLineDash([]);
  chlTags(s, g, over);
  g.globalAlpha = 1;
}

// The one pointed at is named first, then the best; a name that has no free place stands in the list alone.
function chlTags(s, g, over) {
  const o = s.own, p = s.params, px = letters() * s.px, high = TAG_PX * px, taken = [...(g.tags ?? [])];
  // The yellow box is drawn after this: its name, which has its place by now, and its lower edge stay free.
  for (const [x1, , x2, y2] of s.boxes) taken.push([x1, y2 - 5 * s.px, x2 - x1, 10 * s.px]);
  const order = over.map((_, k) => k).sort((a, b) => (b === o.at) - (a === o.at));
  g.font = "600 " + 12 * px + "px " + s.font;
  for (const k of order) {
    const [x1, y1, , y2, score, code] = over[k], kind = p.kinds[code], text = kind.name + " " + fixed(score);
    const wide = g.measureText(text).width + 8 * px, x = clamp(x1, 0, Math.max(0, s.w - wide));
    const free = [y2 + 7 * s.px, y2 + 7 * s.px + high, y2 + 7 * s.px + 2 * high, y1 - high - 3 * s.px, y2 - high - 8 * s.px, y1 + 3 * s.px].find((y) => y >= 0 && y + high <= s.h && taken.every(([tx, ty, tw, th]) => x + wide < tx || tx + tw < x || y + high < ty || ty + th < y));
    if (free === undefined) continue;
    taken.push([x, free, wide, high]);
    tag(s, g, text, x, free + high, kind.color);
  }
}

function chlRead(s) {
  const o = s.own, p = s.params;
  if (s.dragging) return undefined;
  if (!p.frames.length) return p.asks ? "Drag a box around the " + p.label + "." : "";
  if (o.at !== null) { const box = p.found[o.now][o.at]; return p.kinds[box[5]].name + ", score " + fixed(box[4]) + ": " + box[6]; }
  return chlLocked(s) ? CHL_LOCKED : "Point at a box to see why it has its name; drag the yellow one to move it.";
}

function chlStep(s, by) {
  const frame = clamp(chlNow(s) + by, 0, s.params.frames.length - 1);
  window.dispatchEvent(new CustomEvent("explorer:go", { detail: { key: s.d.frames, frame } }));
}

PROGRAMS.challenge = {
  keys: (s) => (chlLocked(s) ? "left and right change the challenge's strength" : null),
  mount: chlMount,
  move: chlMove,
  frame: chlFrame,
  read: chlRead,
  hint: (s) => (chlLocked(s) ? CHL_LOCKED : s.boxes.length ? undefined : CHL_NO_BOX),
  down(s) {
    if (!chlLocked(s)) return false;
    s.say(CHL_LOCKED);
    return true;
  },
  key(s, e) {
    if (!chlLocked(s)) return false;
    if (ARROWS[e.key]?.[0]) chlStep(s, ARROWS[e.key][0]);
    return e.key !== "Tab" && e.key !== "Escape";
  },
};
