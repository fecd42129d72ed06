// A diagram in its own units (those of the base picture): maps, bars between them, arrows.
//
// Parameters: holes [[x, y, w, h]] (where the base picture shows), blocks [{rect, sheets, map (its
// rect is a hole), fill, dash}], bars [{x1, x2, y, thick, color, dots, above, below}], arrows
// [[x, y, x, y, ...]] (through all points), texts [{x, y, text, bold}] (middles), rows [{net, level, rect, told}] (what can
// be chosen), chosen (row) or -1, text (height of the letters), hint.
// A press on a row, or Enter, commits {net, level, tick}. Keys: arrows go from row to row.

const diaFont = (s, bold) => (bold ? "600 " : "") + s.params.text * (bold ? 1.25 : 1) + "px " + s.font;

function diaGround(s, g) {
  g.save();
  g.beginPath();
  g.rect(-1, -1, s.w + 2, s.h + 2);
  for (const [x, y, w, h] of s.params.holes) g.rect(Math.round(x), Math.round(y), Math.max(1, Math.round(w)), Math.max(1, Math.round(h)));
  g.clip("evenodd");
  g.fillStyle = s.color.background;
  g.fillRect(-1, -1, s.w + 2, s.h + 2);
  g.restore();
}

function diaBand(s, g, row, fill, line) {
  const [x, y, w, h] = row.rect;
  g.save();
  g.beginPath();
  g.roundRect(x, y, w, h, 10);
  g.globalAlpha = fill;
  g.fillStyle = s.color.primary;
  g.save();
  for (const hole of s.params.holes) { const cut = new Path2D(); cut.rect(-1, -1, s.w + 2, s.h + 2); cut.rect(...hole); g.clip(cut, "evenodd"); }
  g.fill();
  g.restore();
  g.globalAlpha = 1;
  g.strokeStyle = s.color.primary;
  g.lineWidth = line * s.px;
  if (line) g.stroke();
  g.restore();
}

// Sheets behind a map, drawn round its edges only: the map itself is in the base picture.
function diaBlock(s, g, { rect: [x, y, w, h], sheets, map, fill, dash }) {
  g.save();
  g.strokeStyle = s.color.text;
  g.lineWidth = s.px;
  if (dash) { g.setLineDash([5 * s.px, 4 * s.px]); g.lineWidth = 1.5 * s.px; }
  for (let i = sheets - 1; i > 0; i--) {
    const d = 3.5 * i;
    g.globalAlpha = 0.55;
    g.beginPath();
    g.moveTo(x + d, y - d + 3.5); g.lineTo(x + d, y - d); g.lineTo(x + w + d, y - d); g.lineTo(x + w + d, y + h - d); g.lineTo(x + w + d - 3.5, y + h - d);
    g.stroke();
  }
  g.globalAlpha = 1;
  if (fill) { g.fillStyle = fill; g.globalAlpha = 0.45; g.fillRect(x, y, w, h); g.globalAlpha = 1; }
  g.strokeRect(x, y, w, h);
  g.restore();
}

function diaBar(s, g, { x1, x2, y, thick, color, dots, above, below }) {
  const long = x2 - x1, head = Math.min(18, 0.5 * long), half = thick / 2;
  g.save();
  g.fillStyle = g.strokeStyle = color;
  if (dots) {
    // One dot an index, as many rows as the bar is thick: positions, no values.
    for (let dy = -half + 2; dy <= half - 1; dy += 5) for (let x = x1; x < x2 - head; x += 7) g.fillRect(x, y + dy, 3, 3);
  } else g.fillRect(x1, y - half, long - head, thick);
  g.beginPath();
  g.moveTo(x2 - head, y - half - 5); g.lineTo(x2, y); g.lineTo(x2 - head, y + half + 5);
  g.fill();
  g.restore();
  g.textAlign = "center";
  g.fillStyle = s.color.text;
  g.font = diaFont(s);
  g.textBaseline = "bottom";
  g.fillText(above, (x1 + x2) / 2, y - half - 5);
  g.textBaseline = "top";
  g.fillText(below, (x1 + x2) / 2, y + half + 6);
}

function diaArrow(s, g, points) {
  const n = points.length;
  g.strokeStyle = s.color.text;
  g.globalAlpha = 0.7;
  g.lineWidth = 1.5 * s.px;
  g.beginPath();
  g.moveTo(points[0], points[1]);
  for (let i = 2; i < n - 2; i += 2) g.lineTo(points[i], points[i + 1]);
  g.stroke();
  arrow(g, ...points.slice(n - 4), Math.min(s.px, 1.2));
  g.globalAlpha = 1;
}

const diaAt = (s, p) => (p ? s.params.rows.findIndex(({ rect: [x, y, w, h] }) => p[0] >= x && p[1] >= y && p[0] < x + w && p[1] < y + h) : -1);

function diaCommit(s, i) {
  if (i < 0) return false;
  const { net, level } = s.params.rows[i];
  s.commit({ net, level, tick: Date.now() });
  return true;
}

PROGRAMS.diagram = {
  keys: "arrows go from box to box, Enter chooses",
  mount(s) {
    s.panel.hidden = true;
    s.own.at = -1;
    s.change();
  },

  move(s) {
    s.own.at = diaAt(s, s.pointer);
    s.dom.over.style.cursor = s.own.at >= 0 ? "pointer" : "default";
  },

  read(s) {
    return s.params.rows[s.own.at]?.told ?? s.params.hint;
  },

  frame(s, g) {
    const p = s.params, o = s.own;
    diaGround(s, g);
    if (p.rows[p.chosen]) diaBand(s, g, p.rows[p.chosen], 0.13, 2);
    if (p.rows[o.at] && o.at !== p.chosen) diaBand(s, g, p.rows[o.at], 0.06, 1);
    for (const block of p.blocks) diaBlock(s, g, block);
    for (const bar of p.bars) diaBar(s, g, bar);
    for (const line of p.arrows) diaArrow(s, g, line);
    g.fillStyle = s.color.text;
    g.textAlign = "center";
    g.textBaseline = "middle";
    for (const { x, y, text, bold } of p.texts) { g.font = diaFont(s, bold); g.fillText(text, x, y); }
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = p.hint;
  },

  down(s) {
    return diaCommit(s, diaAt(s, s.pointer));
  },

  key(s, e) {
    const p = s.params, step = ARROWS[e.key], at = diaAt(s, s.pointer); // own.at is as of the last repaint
    if (e.key === "Enter") return diaCommit(s, at);
    if (!step || !p.rows.length) return false;
    const from = p.rows[at >= 0 ? at : Math.max(0, p.chosen)];
    const wanted = at < 0 ? from : { net: from.net + step[0], level: from.level + step[1] };
    const i = p.rows.findIndex((row) => row.net === wanted.net && row.level === wanted.level);
    if (i < 0) return true;
    const [x, y, w, h] = p.rows[i].rect;
    s.pointer = [x + w / 2, y + h / 2];
    s.announce = true;
    s.change();
    return true;
  },
};
