// Which pixels one unit of a layer can use (its box), and which it does use (the gradient).
//
// Parameters: rows (R,2), cols (C,2): first and last pixel each unit reads; unit [row, col]
// whose gradient is given; gradient (h,w) bytes or null; half [x1,y1,x2,y2] or null: the middle
// part of the box with half of the gradient; lines: sentences about that unit; size [h,w] of a
// unit far from the border; layer; live (false: there are no weights, so no gradient);
// colors {box, half, hover}. The stage's own mode "click" chooses the unit; its cells are the
// units of the layer laid over the picture.

const fieldSame = (a, b) => Boolean(a && b && a[0] === b[0] && a[1] === b[1]);

function fieldBox(s, [row, col]) {
  const { rows, cols } = s.own, r = clamp(row, 0, rows.shape[0] - 1), c = clamp(col, 0, cols.shape[0] - 1);
  return [cols[2 * c], rows[2 * r], cols[2 * c + 1] + 1, rows[2 * r + 1] + 1];
}

function fieldUnit(s, place) {
  if (!place) return null;
  const [c, r] = s.cellAt(place);
  return [clamp(r, 0, s.own.rows.shape[0] - 1), clamp(c, 0, s.own.cols.shape[0] - 1)];
}

// The gradient as light: strong pixels opaque, weak ones clear.
function fieldBitmap(levels) {
  const [h, w] = levels.shape, made = element("canvas"), colors = palette("sequential");
  Object.assign(made, { width: w, height: h });
  const g = made.getContext("2d"), image = g.createImageData(w, h);
  for (let i = 0; i < levels.length; i++) {
    const v = levels[i], [r, gr, b] = colors[v];
    image.data.set([r, gr, b, Math.min(255, 2 * v)], 4 * i);
  }
  g.putImageData(image, 0, 0);
  return made;
}

function fieldPanel(s) {
  const o = s.own;
  o.head = element("div", "", "");
  Object.assign(o.head.style, { fontWeight: 700, fontSize: "1.05em" });
  o.text = element("div", "", "");
  o.zoom = element("canvas");
  Object.assign(o.zoom.style, { display: "block", width: "min(100%, 240px)", aspectRatio: "1", margin: "8px 0", borderRadius: "4px", background: "var(--st-secondary-background-color)" });
  o.zoom.setAttribute("role", "img");
  o.more = element("div", "", "");
  o.more.style.fontVariantNumeric = o.text.style.fontVariantNumeric = "tabular-nums";
  s.panel.replaceChildren(o.head, o.text, o.zoom, o.more);
}

function fieldWords(s, unit) {
  const o = s.own, p = s.params, [x1, y1, x2, y2] = fieldBox(s, unit), w = Math.max(0, x2 - x1), h = Math.max(0, y2 - y1);
  const cut = w < p.size[1] || h < p.size[0];
  o.head.textContent = "Unit at row " + unit[0] + ", column " + unit[1] + " of " + o.rows.shape[0] + " × " + o.cols.shape[0];
  o.text.textContent = (w && h ? "Can use the orange box, rows " + y1 + "–" + (y2 - 1) + " and columns " + x1 + "–" + (x2 - 1) : "Reads no pixel at all") + ": " + h + " × " + w + " px" + (cut ? " of " + p.size[0] + " × " + p.size[1] + ", cut by the border" : "") + ", " + Math.round((100 * w * h) / (s.w * s.h)) + " % of the picture.";
  const lines = fieldSame(unit, p.unit) ? p.lines : p.live ? ["Release to measure the gradient of this unit."] : p.lines;
  o.more.replaceChildren(...lines.map((line) => Object.assign(element("div", "", line), {})));
  for (const node of o.more.children) node.style.marginTop = "4px";
}

function fieldZoom(s, unit) {
  const o = s.own, [x1, y1, x2, y2] = fieldBox(s, unit), w = Math.max(1, x2 - x1), h = Math.max(1, y2 - y1);
  const side = Math.max(w, h), px = Math.max(1, Math.round(o.zoom.clientWidth * (window.devicePixelRatio || 1)));
  if (o.zoom.width !== px) o.zoom.width = o.zoom.height = px;
  const g = o.zoom.getContext("2d"), k = px / side, left = ((side - w) / 2) * k, top = ((side - h) / 2) * k;
  g.clearRect(0, 0, px, px);
  g.imageSmoothingEnabled = false;
  const sx = s.base.naturalWidth / s.w, sy = s.base.naturalHeight / s.h;
  if (s.base.complete && sx) g.drawImage(s.base, x1 * sx, y1 * sy, w * sx, h * sy, left, top, w * k, h * k);
  if (o.bitmap && fieldSame(unit, s.params.unit)) {
    g.fillStyle = "rgba(0,0,0,.5)";
    g.fillRect(left, top, w * k, h * k);
    g.drawImage(o.bitmap, x1, y1, w, h, left, top, w * k, h * k);
  }
  o.zoom.setAttribute("aria-label", "The box of unit " + unit.join(", ") + ", enlarged");
}

function fieldLine(s, g, [x1, y1, x2, y2], color, wide, dash) {
  g.setLineDash(dash.map((v) => v * s.px));
  for (const [style, width] of [["rgba(0,0,0,.7)", wide + 2], [color, wide]]) { g.strokeStyle = style; g.lineWidth = width * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  g.setLineDash([]);
}

PROGRAMS.field = {
  mount(s) {
    const o = s.own, p = s.params;
    if (!o.head) fieldPanel(s);
    o.rows = unpack(p.rows);
    o.cols = unpack(p.cols);
    o.bitmap = p.gradient ? fieldBitmap(unpack(p.gradient)) : null;
    s.change();
  },

  move(s) {
    const o = s.own;
    o.unit = fieldUnit(s, s.selected) ?? s.params.unit;
    o.over = s.dragging ? null : fieldUnit(s, s.pointer);
    fieldWords(s, o.unit);
    fieldZoom(s, o.unit);
  },

  frame(s, g) {
    const o = s.own, p = s.params, c = p.colors;
    if (!o.unit) return;
    const box = fieldBox(s, o.unit), known = fieldSame(o.unit, p.unit);
    g.save();
    g.beginPath();
    g.rect(0, 0, s.w, s.h);
    g.rect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
    g.fillStyle = "rgba(0,0,0,.5)";
    g.fill("evenodd");
    if (known && o.bitmap) { g.fillStyle = "rgba(0,0,0,.35)"; g.fillRect(box[0], box[1], box[2] - box[0], box[3] - box[1]); }
    g.imageSmoothingEnabled = false;
    if (known && o.bitmap) g.drawImage(o.bitmap, 0, 0, s.w, s.h);
    g.restore();
    if (known && p.half) fieldLine(s, g, p.half, c.half, 2, [6, 4]);
    fieldLine(s, g, box, c.box, 2.5, []);
    if (o.over && !fieldSame(o.over, o.unit) && !s.saving) fieldLine(s, g, fieldBox(s, o.over), c.hover, 1.5, [3, 3]);
  },
};
