// A window dragged over the photo, and a Haar-like feature in it worked out from the integral image.
//
// Parameters: grey (h, w) of the level's picture, scale (photo pixels in one of its pixels), window [w, h],
// cascade {rects (M,3,4), weights (M,3), tilted, thresholds, left, right (M), starts (S+1), limits (S)} or null,
// kind {across, down, light} or null (one of the two is there), at [x, y] (the window's middle on the photo),
// pick [stage, feature], box [x, y, w, h] of a reader's feature in the window, colors, tag (what this is all of).
// Committed on release: {tag, at, pick, box, value, normal, sums}. The panel is in haar.panel.js, the arithmetic
// in haar.math.js. Keys: arrows move the window; with Alt they move a feature of one's own, with Shift they size it.

function haarMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    o.tag = p.tag;
    o.grey = unpack(p.grey);
    Object.assign(o, haarSums(o.grey, Boolean(p.cascade)));
    o.cascade = p.cascade && haarCascade(o, p.cascade);
    o.photo = haarPhoto(o.grey);
    // Only what is new starts from Python's values: later ones are echoes, and may be late.
    o.at = haarInside(s, p.at.map((v, k) => Math.round(v / p.scale - p.window[k] / 2)));
    o.box = [...p.box];
    o.pick = [...p.pick];
    o.hold = null;
  }
  haarPanel(s);
  s.change();
}

function haarCascade(o, packed) {
  const c = Object.fromEntries(Object.entries(packed).map(([name, one]) => [name, unpack(one)]));
  c.own = Array.from(c.tilted, (_, k) => haarOwn(c, k));
  c.flat = c.own.map((rects, k) => haarFlat(o.wide, rects, c.tilted[k]));
  return c;
}

// The level's picture as a canvas, for the window enlarged.
function haarPhoto(grey) {
  const [h, w] = grey.shape, made = Object.assign(element("canvas"), { width: w, height: h }), g = made.getContext("2d"), image = g.createImageData(w, h);
  for (let i = 0; i < grey.length; i++) image.data.set([grey[i], grey[i], grey[i], 255], 4 * i);
  g.putImageData(image, 0, 0);
  return made;
}

function haarInside(s, at) {
  const [h, w] = s.own.grey.shape, [wide, high] = s.params.window;
  return [clamp(at[0], 0, w - wide), clamp(at[1], 0, h - high)];
}

const haarIndex = (o) => o.cascade.starts[o.pick[0]] + o.pick[1];

// What is shown: the feature's rectangles, its value and, of the cascade, its vote and all stages' sums.
function haarNow(s) {
  const o = s.own, p = s.params;
  if (!o.cascade) {
    const rects = haarKind(p.kind, o.box), light = haarContrast(o, p.window, o.at), value = haarValue(o, haarFlat(o.wide, rects, false), false, o.at);
    return { ...light, rects, tilted: false, value, normal: Math.fround(Math.fround(value) * light.contrast) };
  }
  const k = haarIndex(o), run = haarRun(o, o.cascade, p.window, o.at);
  return { ...run, k, rects: o.cascade.own[k], tilted: Boolean(o.cascade.tilted[k]), ...haarVote(o, o.cascade, k, o.at, run.contrast) };
}

// Sent a moment after the last change: a link then holds what is seen, and Python works it out again.
function haarSend(s, ms = 0) {
  later(s, "commit", ms, () => {
    const o = s.own, p = s.params, { value, normal, sums } = haarNow(s);
    s.commit({ tag: p.tag, at: o.at.map((v, k) => (v + p.window[k] / 2) * p.scale), corner: o.at, pick: o.pick, box: o.box, value, normal, sums: sums ?? null });
  });
}

function haarMove(s, at, ms) {
  s.own.at = haarInside(s, at.map(Math.round));
  s.change();
  if (ms !== undefined) haarSend(s, ms);
}

// A reader's feature keeps whole cells and stays in the window.
function haarFit(s, [x, y, w, h]) {
  const { kind, window: [wide, high] } = s.params, cell = (v, n, most) => clamp(n * Math.round(v / n), n, n * Math.floor(most / n));
  const size = [cell(w, kind.across, wide), cell(h, kind.down, high)];
  s.own.box = [clamp(Math.round(x), 0, wide - size[0]), clamp(Math.round(y), 0, high - size[1]), ...size];
  s.change();
}

// The part of a tilted or upright rectangle as a path, from a window's corner, one pixel `unit` wide.
function haarPath(g, [x, y, w, h], tilted, unit) {
  const ends = tilted ? [[x, y], [x + w, y + w], [x + w - h, y + w + h], [x - h, y + h]] : [[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
  g.beginPath();
  ends.forEach(([a, b], i) => (i ? g.lineTo(a * unit, b * unit) : g.moveTo(a * unit, b * unit)));
  g.closePath();
}

// Dark where pixels are taken away, light where they are added: the first rectangle's weight is below 0.
function haarFeature(s, g, rects, tilted, unit, line) {
  for (const rect of rects) {
    const light = rect[4] > 0;
    haarPath(g, rect, tilted, unit);
    g.fillStyle = light ? "rgba(255,255,255,.62)" : "rgba(0,0,0,.5)";
    g.fill();
    for (const [style, wide] of [["rgba(0,0,0,.8)", 3], [light ? s.params.colors.light : s.params.colors.dark, 1.5]]) { g.strokeStyle = style; g.lineWidth = wide * line; g.stroke(); }
  }
}

PROGRAMS.haar = {
  keys: (s) => "arrows move the window" + (s.own.cascade ? "" : ", with Alt the feature in it, with Shift its size"),
  mount: haarMount,

  move(s) {
    s.own.now = haarNow(s);
    haarWords(s);
  },

  frame(s, g) {
    const o = s.own, p = s.params, [w, h] = p.window.map((v) => v * p.scale);
    if (!o.now) return;
    g.translate(o.at[0] * p.scale, o.at[1] * p.scale);
    haarFeature(s, g, o.now.rects, o.now.tilted, p.scale, s.px);
    const color = o.cascade ? (o.now.passed === o.now.sums.length ? p.colors.passes : p.colors.fails) : p.colors.window;
    for (const [style, wide] of [["rgba(0,0,0,.6)", 5], [color, 2.5]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.strokeRect(0, 0, w, h); }
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = haarHint(o);
  },

  vote: (s, k) => haarVote(s.own, s.own.cascade, k, s.own.at, s.own.now.contrast),

  read: (s) => haarHint(s.own),

  down(s) {
    const o = s.own, p = s.params, [x, y] = s.pointer.map((v) => v / p.scale), [w, h] = p.window;
    s.dom.frame.focus({ preventScroll: true });
    const inside = x >= o.at[0] && y >= o.at[1] && x <= o.at[0] + w && y <= o.at[1] + h;
    o.grip = inside ? [x - o.at[0], y - o.at[1]] : [w / 2, h / 2];
    haarMove(s, [x - o.grip[0], y - o.grip[1]]);
    return true;
  },

  drag(s) {
    const o = s.own, p = s.params;
    haarMove(s, s.pointer.map((v, k) => v / p.scale - o.grip[k]));
  },

  up: (s) => haarSend(s),

  key(s, e) {
    const o = s.own, step = ARROWS[e.key];
    if (!step) return false;
    const [dx, dy] = step, [x, y, w, h] = o.box, kind = s.params.kind;
    if (kind && e.shiftKey) haarFit(s, [x, y, w + dx * kind.across, h + dy * kind.down]);
    else if (kind && e.altKey) haarFit(s, [x + dx, y + dy, w, h]);
    else haarMove(s, [o.at[0] + dx, o.at[1] + dy]);
    haarSend(s, 300);
    later(s, "told", 250, () => { s.dom.said.textContent = o.title.textContent; });
    return true;
  },
};

const haarHint = (o) => "Drag the window. Keys: arrows move it" + (o.cascade ? "." : "; with Alt the feature in it, with Shift its size.");
