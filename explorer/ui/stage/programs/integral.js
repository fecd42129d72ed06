// A box whose pixels are added up: from the four corners of the integral image, and one by one.
//
// Parameters: grey (h, w), cell (image pixels of the stage in one of them; above 1 the numbers are written
// out), colors {box, add, take}, tag. Stage: mode "boxes", one box, read in whole cells.
// Committed with the box: {tag, box [x, y, w, h], four [A, B, C, D], sum}. Beside it: the integral image.

const INT_W = 330;

function intMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    o.tag = p.tag;
    o.grey = unpack(p.grey);
    [o.h, o.w] = o.grey.shape;
    o.sums = prefixSums(o.grey);
    const most = Math.max(1, o.sums.at(-1)), levels = Uint8Array.from(o.sums, (v) => Math.round((255 * v) / most));
    levels.shape = [o.h + 1, o.w + 1];
    o.bitmap = heatBitmap(levels, "sequential");
  }
  if (!o.title) {
    o.title = styled(element("div"), { fontWeight: 600, fontVariantNumeric: "tabular-nums" });
    o.lines = styled(element("div"), { fontVariantNumeric: "tabular-nums", fontSize: "0.9rem", minHeight: "6em" });
    o.canvas = styled(element("canvas"), { width: "100%", maxWidth: INT_W + "px", display: "block", marginTop: "4px" });
    o.canvas.setAttribute("role", "img");
    o.canvas.setAttribute("aria-label", "The integral image with the four corners of the box");
    s.panel.replaceChildren(o.title, o.lines, styled(element("div", "", "The integral image"), { fontWeight: 600, marginTop: "6px" }), o.canvas);
  }
  s.change();
}

// The box in whole cells, at least one, and its sum both ways.
function intNow(s) {
  const o = s.own, [x1, y1, x2, y2] = s.boxes[0].map((v) => Math.floor(v / s.params.cell + 0.5)), x = clamp(x1, 0, o.w - 1), y = clamp(y1, 0, o.h - 1);
  const right = Math.max(Math.min(x2, o.w), x + 1), bottom = Math.max(Math.min(y2, o.h), y + 1);
  const four = [[y, x], [y, right], [bottom, x], [bottom, right]].map(([r, c]) => o.sums[r * (o.w + 1) + c]), [a, b, c, d] = four;
  let direct = 0;
  for (let r = y; r < bottom; r++) for (let k = x; k < right; k++) direct += o.grey[r * o.w + k];
  return { box: [x, y, right - x, bottom - y], four, sum: d - b - c + a, direct };
}

const intEnds = ([x, y, w, h]) => [["A", x, y, "add"], ["B", x + w, y, "take"], ["C", x, y + h, "take"], ["D", x + w, y + h, "add"]];

function intDot(s, g, name, x, y, color, px, [wide, high]) {
  g.beginPath();
  g.arc(x, y, 5 * px, 0, 7);
  g.fillStyle = color;
  g.fill();
  g.lineWidth = 1.5 * px;
  g.strokeStyle = "#000";
  g.stroke();
  g.font = "700 " + 14 * px * letters() + "px " + s.font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.lineWidth = 3.5 * px;
  const at = [x + (x > wide - 22 * px ? -12 : 12) * px, y + (y < 20 * px ? 12 : -12) * px];
  g.strokeText(name, ...at);
  g.fillText(name, ...at);
}

function intNumbers(s, g, cell, rows, cols, value, color) {
  g.font = 0.36 * cell + "px " + s.font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) {
    g.fillStyle = color(r, c);
    g.fillText(value(r, c), (c + 0.5) * cell, (r + 0.5) * cell);
  }
}

function intSide(s) {
  const o = s.own, small = s.params.cell > 1, [wide, high] = [o.w + 1, o.h + 1], dpr = Math.max(2, window.devicePixelRatio || 1), unit = INT_W / wide, tall = Math.round(unit * high), g = o.canvas.getContext("2d");
  if (o.canvas.width !== INT_W * dpr || o.canvas.height !== tall * dpr) { Object.assign(o.canvas, { width: INT_W * dpr, height: tall * dpr }); o.canvas.style.aspectRatio = INT_W + " / " + tall; }
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.imageSmoothingEnabled = false;
  g.drawImage(o.bitmap, 0, 0, INT_W, tall);
  const most = o.sums.at(-1) || 1, at = (r, c) => o.sums[r * wide + c];
  if (small) intNumbers(s, g, unit, high, wide, at, (r, c) => (at(r, c) > 0.6 * most ? "#000" : "#fff"));
  for (const [name, x, y, kind] of intEnds(o.now.box)) {
    if (!small) { intDot(s, g, name, x * unit, y * unit, s.params.colors[kind], 1, [INT_W, tall]); continue; }
    g.strokeStyle = s.params.colors[kind];
    g.lineWidth = 3;
    g.strokeRect(x * unit + 2, y * unit + 2, unit - 4, unit - 4);
  }
}

PROGRAMS.integral = {
  mount: intMount,

  move(s) {
    const o = s.own;
    if (!s.boxes[0]) return;
    o.now = intNow(s);
    const { box: [, , w, h], four: [a, b, c, d], sum, direct } = o.now, n = w * h;
    o.title.textContent = "Sum of " + many(w) + " × " + many(h) + " = " + many(n) + " pixels: " + many(sum);
    o.lines.replaceChildren(...[
      "D − B − C + A = " + many(d) + " − " + many(b) + " − " + many(c) + " + " + many(a) + " = " + many(sum),
      "One by one: " + many(n) + " pixels, " + many(n - 1) + " additions = " + many(direct),
      "By the corners: 4 look-ups, 3 additions, whatever the size",
      "Mean: " + fixed(sum / n, 1),
    ].map((text) => element("div", "", text)));
    intSide(s);
  },

  frame(s, g) {
    const o = s.own, { cell, colors } = s.params;
    if (!o.now) return;
    if (cell > 1) {
      g.fillStyle = s.color.background;
      g.fillRect(0, 0, s.w, s.h);
      g.strokeStyle = s.color.border;
      g.lineWidth = s.px;
      for (let c = 0; c <= o.w; c++) g.strokeRect(c * cell, 0, 0, s.h);
      for (let r = 0; r <= o.h; r++) g.strokeRect(0, r * cell, s.w, 0);
      intNumbers(s, g, cell, o.h, o.w, (r, c) => o.grey[r * o.w + c], () => s.color.text);
    }
    const [x, y, w, h] = o.now.box.map((v) => v * cell);
    g.globalAlpha = 0.25;
    g.fillStyle = colors.box;
    g.fillRect(x, y, w, h);
    g.globalAlpha = 1;
    for (const [name, c, r, kind] of intEnds(o.now.box)) intDot(s, g, name, c * cell, r * cell, colors[kind], s.px, [s.w, s.h]);
  },

  read: (s) => (s.own.now ? "Box at column " + s.own.now.box[0] + ", row " + s.own.now.box[1] + ": " + s.own.now.box[2] + " × " + s.own.now.box[3] : undefined),

  commit(s) {
    const { box, four, sum } = intNow(s);
    return { tag: s.params.tag, box, four, sum };
  },
};
