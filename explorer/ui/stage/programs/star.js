// A star model on one person: drag a part, and the score is worked out again.
//
// Parameters: looks (P,n,n) each part's responses around its rest, NaN beyond the map; costs
// (P,4) factors of dx, dy, dx*dx, dy*dy; rest, best (P,2) row and column in blocks, rest from
// the window's corner, best from the rest; root, bias; block, side (of a part), origin [x, y]
// of the window's corner and window [w, h], in image pixels; colors (P), tag (who is shown).
// places (P,2) where the link has the parts, from their rests, or null: at their best.
// Committed on release: {tag, moved, best, looks, costs, score}, moved as places are.
// The panel is made in star.panel.js. Keys: a digit chooses a part, arrows move it, Home
// takes it to its best place, Backspace to its rest.

const starText = (v, digits = 2) => fixed(v, digits);

const STAR_HINT = "Drag a part. Keys: 1 to 8 choose one, arrows move it, Home: its best place.";

function starLook(o, part, [dy, dx]) {
  const row = dy + o.reach, col = dx + o.reach;
  return row < 0 || col < 0 || row >= o.n || col >= o.n ? NaN : o.looks[(part * o.n + row) * o.n + col];
}

function starCost(o, part, [dy, dx]) {
  const c = o.costs.subarray(4 * part, 4 * part + 4);
  return c[0] * dx + c[1] * dy + c[2] * dx * dx + c[3] * dy * dy;
}

const starNet = (o, part, place) => starLook(o, part, place) - starCost(o, part, place);

// The best place by trying them all: what the distance transform finds without trying.
function starBest(o, part) {
  let best = -Infinity, place = [0, 0];
  for (let dy = -o.reach; dy <= o.reach; dy++) for (let dx = -o.reach; dx <= o.reach; dx++) {
    const v = starNet(o, part, [dy, dx]);
    if (v > best) { best = v; place = [dy, dx]; }
  }
  return place;
}

function starSums(o, places) {
  const sums = { looks: 0, costs: 0 };
  places.forEach((place, part) => { sums.looks += starLook(o, part, place); sums.costs += starCost(o, part, place); });
  return { ...sums, score: o.root + sums.looks - sums.costs + o.bias };
}

// The allowed place nearest to the one asked for.
function starNear(o, part, [dy, dx]) {
  const asked = [clamp(dy, -o.reach, o.reach), clamp(dx, -o.reach, o.reach)];
  if (!Number.isNaN(starLook(o, part, asked))) return asked;
  let near = o.places[part], gap = Infinity;
  for (let y = -o.reach; y <= o.reach; y++) for (let x = -o.reach; x <= o.reach; x++) {
    const far = (y - asked[0]) ** 2 + (x - asked[1]) ** 2;
    if (far < gap && !Number.isNaN(starLook(o, part, [y, x]))) { gap = far; near = [y, x]; }
  }
  return near;
}

function starBox(s, part, [dy, dx]) {
  const o = s.own, p = s.params, x = p.origin[0] + (o.rest[2 * part + 1] + dx) * p.block, y = p.origin[1] + (o.rest[2 * part] + dy) * p.block;
  return [x, y, x + p.side, y + p.side];
}

const starMiddle = ([x1, y1, x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2];

// The part under the pointer: of those that hold it, the one whose middle is nearest.
function starHit(s) {
  if (!s.pointer) return -1;
  let found = -1, near = Infinity;
  s.own.places.forEach((place, part) => {
    const box = starBox(s, part, place), [x, y] = s.pointer, [mx, my] = starMiddle(box), far = Math.hypot(x - mx, y - my);
    if (x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3] && far < near) { near = far; found = part; }
  });
  return found;
}

function starChoose(s, part) {
  s.own.active = part;
  s.keep("part", part === s.params.active ? null : [part]);
  s.change();
}

function starMove(s, part, place) {
  const o = s.own, to = starNear(o, part, place), [y, x] = o.places[part];
  o.active = part;
  o.places[part] = to;
  if (to[0] !== y || to[1] !== x) later(s, "told", 250, () => { s.dom.said.textContent = starSaid(o); });
  s.change();
}

const starSaid = (o) => "Part " + (o.active + 1) + ": appearance " + starText(starLook(o, o.active, o.places[o.active])) + ", cost " + starText(starCost(o, o.active, o.places[o.active])) + "; score " + starText(starSums(o, o.places).score);

function starAll(s, places) {
  s.own.places = places.map((place) => [...place]);
  s.change();
  s.say(starSaid(s.own));
  starSend(s);
}

function starSend(s) {
  const o = s.own, best = o.places.every(([dy, dx], part) => dy === o.best[part][0] && dx === o.best[part][1]);
  s.commit({ tag: o.tag, moved: o.places, best, ...starSums(o, o.places) });
}

function starFrame(s, g) {
  const o = s.own, p = s.params, px = s.px, [x, y] = p.origin, a = o.active;
  g.lineWidth = 2.5 * px;
  for (const [style, wide] of [["rgba(0,0,0,.6)", 4.5], ["#ffffff", 2]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.strokeRect(x, y, p.window[0], p.window[1]); }
  o.places.forEach((place, part) => { if (part !== a) starDraw(s, g, part, place, 2); });
  const rest = starBox(s, a, [0, 0]), here = starBox(s, a, o.places[a]), best = starMiddle(starBox(s, a, o.best[a]));
  g.setLineDash([5 * px, 4 * px]);
  for (const [style, wide] of [["rgba(0,0,0,.6)", 4], [p.colors[a], 2]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.strokeRect(rest[0], rest[1], p.side, p.side); }
  g.setLineDash([]);
  starDraw(s, g, a, o.places[a], 4);
  for (const [style, wide] of [["rgba(0,0,0,.7)", 5], ["#ffffff", 2]]) { g.strokeStyle = style; g.lineWidth = wide * px; arrow(g, ...starMiddle(rest), ...starMiddle(here), px); }
  ring(g, best, 6 * px, px);
}

function starDraw(s, g, part, place, wide) {
  const [x1, y1] = starBox(s, part, place), side = s.params.side, color = s.params.colors[part];
  g.fillStyle = color;
  g.globalAlpha = part === s.own.active ? 0.22 : 0.08;
  g.fillRect(x1, y1, side, side);
  g.globalAlpha = 1;
  for (const [style, width] of [["rgba(0,0,0,.55)", wide + 2], [color, wide]]) { g.strokeStyle = style; g.lineWidth = width * s.px; g.strokeRect(x1, y1, side, side); }
  tag(s, g, String(part + 1), x1, y1 + TAG_PX * s.px * letters(), color);
}

PROGRAMS.star = {
  keys: (s) => "arrows move the part, 1 to " + s.own.parts + " choose it, Home puts it at its best place, Backspace at rest",
  mount(s) {
    const o = s.own, p = s.params;
    s.dom.over.style.touchAction = "none";
    Object.assign(o, { looks: unpack(p.looks), costs: unpack(p.costs), rest: unpack(p.rest), root: p.root, bias: p.bias });
    [o.parts, o.n] = o.looks.shape;
    o.reach = (o.n - 1) / 2;
    o.best = Array.from({ length: o.parts }, (_, part) => starBest(o, part));
    if (o.tag !== p.tag) {
      const asked = o.tag === undefined ? keptPlace(s, "part", o.parts) : null;
      if (o.tag !== undefined) s.keep("part", null);
      Object.assign(o, { tag: p.tag, active: asked ?? p.active, places: (p.places ?? o.best).map((place) => [...place]) });
      later(s, "proof", 400, () => { if (!s.dragging) starSend(s); });
    }
    if (!o.head) starPanel(s);
    s.change();
  },

  move(s) {
    if (!s.dragging) s.dom.over.style.cursor = starHit(s) >= 0 ? "grab" : "default";
    starWords(s);
  },

  read(s) {
    const part = starHit(s);
    return part < 0 ? STAR_HINT : "Part " + (part + 1) + ": drag it.";
  },

  frame(s, g) {
    starFrame(s, g);
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = STAR_HINT;
  },

  down(s) {
    const part = starHit(s), o = s.own;
    if (part < 0) return false;
    const middle = starMiddle(starBox(s, part, o.places[part]));
    s.dom.frame.focus({ preventScroll: true });
    starChoose(s, part);
    o.grip = [s.pointer[0] - middle[0], s.pointer[1] - middle[1]];
    s.change();
    return true;
  },

  drag(s) {
    const o = s.own, p = s.params, rest = starMiddle(starBox(s, o.active, [0, 0]));
    const at = [0, 1].map((k) => Math.round((s.pointer[k] - o.grip[k] - rest[k]) / p.block));
    starMove(s, o.active, [at[1], at[0]]);
  },

  up: starSend,

  key(s, e) {
    const o = s.own, step = ARROWS[e.key], [dy, dx] = o.places[o.active], digit = Number(e.key);
    if (step) starMove(s, o.active, [dy + step[1], dx + step[0]]);
    else if (digit >= 1 && digit <= o.parts) starChoose(s, digit - 1);
    else if (e.key === "Home") starMove(s, o.active, o.best[o.active]);
    else if (e.key === "Backspace") starMove(s, o.active, [0, 0]);
    else return false;
    if (!(digit >= 1)) later(s, "send", 300, () => starSend(s));
    return true;
  },
};
