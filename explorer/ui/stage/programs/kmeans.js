// Sizes of boxes and the anchors that k-means by 1 - IoU finds in them, round by round.
//
// Parameters: sizes (N x 2, float32), rounds [[[w, h], ...], ...], colors [one a cluster], tag. Stage: mode "hover" on
// an empty ground; the frame of the scrubber followed is the number of rounds done. Both axes are logarithmic.
// Commits {tag, round, counts, mean}: boxes of each cluster and the mean IoU of that round.

const KM_SHAPES_PX = 120;
const KM_PAD = [42, 8, 8, 38], KM_CELLS = 110;

// What is left free for the axes: left, top, right, bottom.
const kmPad = (s) => KM_PAD.map((v) => v * s.px * letters());

// IoU of two boxes that share their middle.
function kmIou(w, h, a) {
  const shared = Math.min(w, a[0]) * Math.min(h, a[1]);
  return shared / (w * h + a[0] * a[1] - shared);
}

function kmNearest(w, h, anchors) {
  let best = -1, at = 0;
  anchors.forEach((a, k) => { const iou = kmIou(w, h, a); if (iou > best) { best = iou; at = k; } });
  return [at, best];
}

function kmMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    const sizes = unpack(p.sizes), all = [...sizes, ...p.rounds.flat(2)];
    Object.assign(o, { tag: p.tag, sizes, n: sizes.length / 2, at: null, lo: 0.8 * Math.min(...all), hi: 1.2 * Math.max(...all) });
  }
  if (!o.list) kmBuild(s);
  s.change();
}

const kmRound = (s) => clamp(s.frame === Infinity ? s.params.rounds.length : s.frame, 1, s.params.rounds.length) - 1;

// A size's place on the picture, and back.
function kmPlace(s, [w, h]) {
  const o = s.own, [l, t, r, b] = kmPad(s), part = (v) => Math.log(v / o.lo) / Math.log(o.hi / o.lo);
  return [l + part(w) * (s.w - l - r), s.h - b - part(h) * (s.h - t - b)];
}

function kmSize(s, [x, y]) {
  const o = s.own, [l, t, r, b] = kmPad(s), value = (part) => o.lo * (o.hi / o.lo) ** clamp(part, 0, 1);
  return [value((x - l) / (s.w - l - r)), value((s.h - b - y) / (s.h - t - b))];
}

function kmMove(s) {
  const o = s.own, p = s.params, round = kmRound(s), key = p.tag + round;
  if (!o.list) return;
  if (key !== o.key) {
    const anchors = p.rounds[round], nearest = new Uint8Array(o.n), counts = anchors.map(() => 0), sums = anchors.map(() => 0);
    let sum = 0;
    for (let i = 0; i < o.n; i++) {
      const [k, iou] = kmNearest(o.sizes[2 * i], o.sizes[2 * i + 1], anchors);
      nearest[i] = k;
      counts[k]++;
      sums[k] += iou;
      sum += iou;
    }
    Object.assign(o, { key, round, anchors, nearest, counts, sums, mean: sum / o.n, ground: null });
    later(s, "proof", 500, () => s.commit({ tag: p.tag, round, counts, mean: o.mean }));
  }
  o.at = s.pointer ? kmUnder(s) : null;
  kmPanel(s);
}

// The size pointed at: that of the nearest box within reach, else the place's own.
function kmUnder(s) {
  const o = s.own;
  let far = 9 * s.px, size = kmSize(s, s.pointer), box = null;
  for (let i = 0; i < o.n; i++) {
    const one = [o.sizes[2 * i], o.sizes[2 * i + 1]], [x, y] = kmPlace(s, one), d = Math.hypot(x - s.pointer[0], y - s.pointer[1]);
    if (d < far) { far = d; size = one; box = i; }
  }
  return { size, box, ious: o.anchors.map((a) => kmIou(...size, a)) };
}

// Which anchor a box of each size would go to.
function kmGround(s) {
  const o = s.own, [l, t, r, b] = kmPad(s), made = o.ground ?? (o.ground = element("canvas"));
  if (made.width === KM_CELLS) return made;
  made.width = made.height = KM_CELLS;
  const g = made.getContext("2d");
  for (let y = 0; y < KM_CELLS; y++) for (let x = 0; x < KM_CELLS; x++) {
    const size = kmSize(s, [l + ((x + 0.5) / KM_CELLS) * (s.w - l - r), t + ((y + 0.5) / KM_CELLS) * (s.h - t - b)]);
    g.fillStyle = s.params.colors[kmNearest(...size, o.anchors)[0]];
    g.fillRect(x, y, 1, 1);
  }
  return made;
}

function kmFrame(s, g) {
  const o = s.own, p = s.params, [l, t, r, b] = kmPad(s);
  if (!o.anchors) return;
  g.fillStyle = s.color.background;
  g.fillRect(0, 0, s.w, s.h);
  g.globalAlpha = 0.22;
  g.imageSmoothingEnabled = false;
  g.drawImage(kmGround(s), l, t, s.w - l - r, s.h - t - b);
  g.globalAlpha = 1;
  kmAxes(s, g);
  const radius = o.n > 200 ? 2 : 4;
  o.anchors.forEach((_, k) => {
    g.fillStyle = p.colors[k];
    g.strokeStyle = s.dark ? "#ffffff88" : "#00000088";
    g.lineWidth = 0.6 * s.px;
    for (let i = 0; i < o.n; i++) if (o.nearest[i] === k) {
      const [x, y] = kmPlace(s, [o.sizes[2 * i], o.sizes[2 * i + 1]]);
      g.fillRect(x - radius * s.px, y - radius * s.px, 2 * radius * s.px, 2 * radius * s.px);
      g.strokeRect(x - radius * s.px, y - radius * s.px, 2 * radius * s.px, 2 * radius * s.px);
    }
  });
  kmAnchors(s, g);
  if (o.at) ring(g, kmPlace(s, o.at.size), 6 * s.px, s.px);
}

function kmAxes(s, g) {
  const o = s.own, [l, t, r, b] = kmPad(s), px = s.px * letters();
  Object.assign(g, { fillStyle: s.color.text, strokeStyle: s.color.border, lineWidth: s.px, font: 12 * px + "px " + s.font });
  for (let v = 2 ** Math.ceil(Math.log2(o.lo)); v <= o.hi; v *= 2) {
    const [x, y] = kmPlace(s, [v, v]);
    g.beginPath();
    g.moveTo(x, t); g.lineTo(x, s.h - b); g.moveTo(l, y); g.lineTo(s.w - r, y);
    g.stroke();
    g.textAlign = "center"; g.textBaseline = "top";
    g.fillText(String(v), x, s.h - b + 3 * px);
    g.textAlign = "right"; g.textBaseline = "middle";
    g.fillText(String(v), l - 4 * px, y);
  }
  g.textAlign = "center"; g.textBaseline = "bottom";
  g.fillText("width, px", (l + s.w - r) / 2, s.h - 2 * px);
  g.save();
  g.translate(12 * px, (t + s.h - b) / 2);
  g.rotate(-Math.PI / 2);
  g.fillText("height, px", 0, 2 * px);
  g.restore();
}

// Each anchor is a diamond, with the way it has come since the start.
function kmAnchors(s, g) {
  const o = s.own, p = s.params;
  o.anchors.forEach((anchor, k) => {
    const [x, y] = kmPlace(s, anchor), r = 8 * s.px;
    for (const [style, wide] of [["#000", 4], ["#fff", 2]]) {
      Object.assign(g, { strokeStyle: style, lineWidth: wide * s.px });
      g.beginPath();
      p.rounds.slice(0, o.round + 1).forEach((round, i) => g[i ? "lineTo" : "moveTo"](...kmPlace(s, round[k])));
      g.stroke();
    }
    g.beginPath();
    for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) g.lineTo(x + dx, y + dy);
    g.closePath();
    Object.assign(g, { fillStyle: p.colors[k], strokeStyle: "#000", lineWidth: 4 * s.px });
    g.stroke();
    g.fill();
    Object.assign(g, { strokeStyle: "#fff", lineWidth: 2 * s.px });
    g.stroke();
  });
}

function kmBuild(s) {
  const o = s.own;
  o.title = styled(element("div"), { fontWeight: 600, marginBottom: "4px" });
  o.shapes = styled(element("canvas"), { width: KM_SHAPES_PX + "px", height: KM_SHAPES_PX + "px", display: "block" });
  o.list = styled(element("table"), { borderCollapse: "collapse", fontSize: "0.86rem", lineHeight: "1.25", fontVariantNumeric: "tabular-nums" });
  const both = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "14px", alignItems: "flex-start" });
  both.append(o.shapes, o.list);
  o.said = styled(element("div"), { fontSize: "0.86rem", marginTop: "6px" });
  s.panel.replaceChildren(o.title, both, o.said);
}

function kmCells(name, texts) {
  const row = element("tr");
  for (const text of texts) row.append(styled(element(name, "", text), { padding: "1px 7px", textAlign: "right", whiteSpace: "nowrap", fontWeight: name === "th" ? 600 : 400 }));
  return row;
}

function kmPanel(s) {
  const o = s.own, p = s.params, order = o.anchors.map((_, k) => k).sort((a, b) => o.anchors[a][0] * o.anchors[a][1] - o.anchors[b][0] * o.anchors[b][1]);
  o.title.textContent = "Round " + (o.round + 1) + " of " + p.rounds.length + ": mean IoU " + fixed(o.mean, 3);
  const own = o.at ? o.at.ious.indexOf(Math.max(...o.at.ious)) : -1, rows = order.map((k) => {
    const row = kmCells("td", [o.anchors[k].map((v) => fixed(v, 0)).join(" \u00d7 "), many(o.counts[k]), o.counts[k] ? fixed(o.sums[k] / o.counts[k]) : "\u2013", ...(o.at ? [fixed(1 - o.at.ious[k])] : [])]);
    row.firstChild.style.borderLeft = "8px solid " + p.colors[k];
    if (k === own) for (const cell of row.children) cell.style.fontWeight = 700;
    return row;
  });
  o.list.replaceChildren(kmCells("th", ["anchor, px", "boxes", "IoU", ...(o.at ? ["1 \u2212 IoU"] : [])]), ...rows);
  kmShapes(s);
  if (!o.at) o.said.textContent = "Point at a size: how far it is from each anchor.";
  else { const [w, h] = o.at.size.map((v) => fixed(v, 0)); o.said.textContent = (o.at.box === null ? "A box of " : "This box of ") + w + " \u00d7 " + h + " px goes to the anchor with the least distance 1 \u2212 IoU: " + fixed(1 - o.at.ious[own]) + "."; }
}

// The anchors in their true proportions, one in the other.
function kmShapes(s) {
  const o = s.own, canvas = o.shapes, dpr = window.devicePixelRatio || 1, side = Math.round(KM_SHAPES_PX * dpr), g = canvas.getContext("2d");
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const k = (side - 8) / Math.max(...o.anchors.flat(), ...(o.at?.size ?? []));
  g.clearRect(0, 0, side, side);
  const draw = ([w, h], color, dash) => {
    g.setLineDash(dash);
    for (const [style, wide] of [["rgba(0,0,0,.55)", 3.5], [color, 2]]) { Object.assign(g, { strokeStyle: style, lineWidth: wide * dpr }); g.strokeRect((side - w * k) / 2, (side - h * k) / 2, w * k, h * k); }
  };
  o.anchors.forEach((anchor, i) => draw(anchor, s.params.colors[i], []));
  if (o.at) draw(o.at.size, s.color.text, [5 * dpr, 4 * dpr]);
}

PROGRAMS.kmeans = {
  keys: "arrows move",
  mount: kmMount,
  move: kmMove,
  frame: kmFrame,
  hint: () => "Point at a size (or arrow keys); the scrubber steps through the rounds.",
  key(s, e) {
    const step = ARROWS[e.key];
    if (!step) return false;
    const [x, y] = s.pointer ?? [s.w / 2, s.h / 2];
    s.pointer = [clamp(x + 12 * step[0], 0, s.w), clamp(y + 12 * step[1], 0, s.h)];
    s.announce = true;
    return true;
  },
  read(s) {
    return s.own.at ? s.own.at.size.map((v) => fixed(v, 1)).join(" \u00d7 ") + " px: largest IoU " + fixed(Math.max(...s.own.at.ious)) : undefined;
  },
};
