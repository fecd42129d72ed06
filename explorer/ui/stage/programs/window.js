// One output cell of a convolution: the input window it reads, and its sum written out.
//
// Parameters: input (C,h,w), weight (C,k,k), bias, stride, dilation, pads [top, bottom,
// left, right], rows, cols (of the output), output (rows,cols) or null (the network's own),
// norm [mean, variance, gain, offset, relu6] or [], panes {input, kernel, output} as
// [x, y, width, height] in image pixels (kernel may be null), titles by pane, numbers
// (cells show their numbers), editable, digits, first (number of the first input channel),
// shown (row of the channel in the input pane), colors {window, output, positive, negative}.
// Committed when a reader edits a number: {input: [...], kernel: [...]}.
// The panel's words are made in window.panel.js. Keys: arrows move the output cell; on a number being edited, Enter or Esc ends it.

const winText = (v, digits) => (Number.isInteger(v) ? String(v) : Math.abs(v) > 0 && Math.abs(v) < 0.5 * 10 ** -digits ? v.toExponential(1) : fixed(v, digits)).replaceAll("-", "\u2212");
const winFactor = (v, digits) => (v < 0 ? "(" + winText(v, digits) + ")" : winText(v, digits));

const WIN_EDITED = ["input", "kernel"];

function winPin(s, cell) {
  s.own.pin = cell;
  s.keep("cell", cell);
}

function winRead(s) {
  const o = s.own, p = s.params;
  o.x = unpack(p.input);
  o.w = unpack(p.weight);
  o.out = p.output ? unpack(p.output) : null;
  [o.c, o.h, o.wide] = o.x.shape;
  o.k = o.w.shape[2];
  const fits = ([row, col]) => [clamp(Math.round(row), 0, p.rows - 1), clamp(Math.round(col), 0, p.cols - 1)], pin = o.pin ?? s.kept("cell", 2);
  o.pin = pin && fits(pin);
  o.cell = fits(o.cell ?? o.pin ?? p.start);
  if (o.edit && !(o.edit.what in { input: 1, kernel: 1 })) o.edit = null;
}

// Every term of one output cell: channel, kernel cell, input cell, product.
function winTerms(s, [row, col]) {
  const o = s.own, p = s.params, terms = [];
  for (let c = 0; c < o.c; c++) for (let i = 0; i < o.k; i++) for (let j = 0; j < o.k; j++) {
    const y = row * p.stride - p.pads[0] + i * p.dilation, x = col * p.stride - p.pads[2] + j * p.dilation;
    const inside = y >= 0 && x >= 0 && y < o.h && x < o.wide;
    const v = inside ? o.x[(c * o.h + y) * o.wide + x] : 0, w = o.w[(c * o.k + i) * o.k + j];
    terms.push({ c, i, j, y, x, inside, v, w, p: v * w });
  }
  return terms;
}

const winSum = (s, cell) => winTerms(s, cell).reduce((sum, t) => sum + t.p, 0) + s.params.bias;
const winCell = (pane, rows, cols) => [pane[2] / cols, pane[3] / rows];

function winHit(pane, rows, cols, p) {
  if (!pane || !p) return null;
  const [cw, ch] = winCell(pane, rows, cols), col = Math.floor((p[0] - pane[0]) / cw), row = Math.floor((p[1] - pane[1]) / ch);
  return row >= 0 && col >= 0 && row < rows && col < cols ? [row, col] : null;
}

const winStyle = (node, style) => Object.assign(node, {}) && (Object.assign(node.style, style), node);
const winNode = (name, text, style) => winStyle(element(name, "", text), style ?? {});

// ---- editing numbers ----------------------------------------------------------------

function winEdit(s, what, cell, asked = true) {
  const o = s.own;
  o.edit = { what, cell };
  s.keep("edit", [WIN_EDITED.indexOf(what), ...cell]);
  const [row, col] = cell, array = what === "input" ? o.x : o.w, at = row * (what === "input" ? o.wide : o.k) + col;
  const label = winNode("label", (what === "input" ? "Input" : "Kernel") + " row " + row + ", column " + col + ": ", { fontWeight: 600 });
  const field = winStyle(element("input"), { width: "5em", font: "inherit", padding: "2px 6px", color: "inherit", background: "var(--st-secondary-background-color)", border: "1px solid var(--st-border-color, #888)", borderRadius: "5px" });
  Object.assign(field, { type: "number", step: "1", min: "-99", max: "99", value: array[at] });
  field.oninput = () => {
    const v = Math.round(clamp(Number(field.value), -99, 99));
    if (field.value === "" || !Number.isFinite(v)) return;
    array[at] = v;
    s.change();
    later(s, "edit", 400, () => winCommit(s));
  };
  field.onkeydown = (e) => {
    e.stopPropagation();
    if (e.key === "Enter" || e.key === "Escape") { winDone(s); s.dom.frame.focus(); }
  };
  label.append(field);
  o.edits.replaceChildren(label);
  if (asked) setTimeout(() => { field.focus({ preventScroll: true }); field.select(); }, 0);
}

// The number being changed, as an address names it.
function winAsked(s) {
  const o = s.own, [which, row, col] = s.kept("edit", 3) ?? [], what = WIN_EDITED[which], [rows, cols] = what === "input" ? [o.h, o.wide] : [o.k, o.k];
  if (what && [row, col].every(Number.isInteger) && row >= 0 && col >= 0 && row < rows && col < cols) winEdit(s, what, [row, col], false);
}

function winDone(s) {
  s.own.edit = null;
  s.keep("edit", null);
  s.own.edits.replaceChildren(winHint());
  s.change();
}

const winHint = () => winNode("div", "Click a number of the input or the kernel to change it.", { opacity: 0.75, fontSize: "0.9em" });

function winCommit(s) {
  s.commit({ input: Array.from(s.own.x), kernel: Array.from(s.own.w) });
}

// ---- the picture --------------------------------------------------------------------

function winNumbers(s, g, pane, rows, cols, value, tint) {
  const [cw, ch] = winCell(pane, rows, cols);
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.lineWidth = s.px;
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) {
    const x = pane[0] + c * cw, y = pane[1] + r * ch, text = winText(value(r, c), 1), fill = tint?.(r, c);
    if (fill) { g.fillStyle = fill; g.fillRect(x, y, cw, ch); }
    g.strokeStyle = s.color.border;
    g.strokeRect(x, y, cw, ch);
    g.font = (text.length > 3 ? 0.3 : 0.42) * ch + "px " + s.font;
    g.fillStyle = s.color.text;
    g.fillText(text, x + cw / 2, y + ch / 2);
  }
}

function winTitle(s, g, pane, text, above = 0) {
  g.fillStyle = s.color.text;
  // On a phone the picture leaves fewer screen pixels above a pane.
  const room = pane[1] - above, gap = clamp(room - 16 * s.px, s.px, 5 * s.px);
  g.font = "600 " + Math.min(13 * s.px * letters(), (room - gap) / 1.2) + "px " + s.font;
  g.textAlign = "left";
  g.textBaseline = "bottom";
  g.fillText(text, pane[0], room - gap);
}

function winRing(s, g, pane, [cw, ch]) {
  const [top, bottom, left, right] = s.params.pads, o = s.own;
  g.save();
  g.strokeStyle = s.color.border;
  g.fillStyle = s.color.text;
  g.globalAlpha = 0.55;
  g.setLineDash([4 * s.px, 4 * s.px]);
  g.lineWidth = s.px;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.font = 0.36 * ch + "px " + s.font;
  for (let r = -top; r < o.h + bottom; r++) for (let c = -left; c < o.wide + right; c++) {
    if (r >= 0 && c >= 0 && r < o.h && c < o.wide) continue;
    g.strokeRect(pane[0] + c * cw, pane[1] + r * ch, cw, ch);
    g.fillText("0", pane[0] + (c + 0.5) * cw, pane[1] + (r + 0.5) * ch);
  }
  g.restore();
}

function winLine(g, color, wide, px, draw) {
  for (const [style, width] of [["rgba(0,0,0,.65)", wide + 2], [color, wide]]) { g.strokeStyle = style; g.lineWidth = width * px; draw(); }
}

function winBox(s, g, [x, y, w, h], color, wide) {
  const pad = Math.max(0, (6 * s.px - w) / 2);
  if (s.params.numbers) { g.strokeStyle = color; g.lineWidth = wide * s.px; g.strokeRect(x, y, w, h); }
  else winLine(g, color, wide, s.px, () => g.strokeRect(x - pad, y - pad, w + 2 * pad, h + 2 * pad));
}

// Lines from window to cell pass behind the kernel and the titles: no number is struck through.
function winAround(s, g) {
  const { kernel, output: [x, y, w] } = s.params.panes, over = 21 * s.px;
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  if (kernel) g.rect(kernel[0], kernel[1] - over, kernel[2], kernel[3] + over);
  g.clip("evenodd");
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  g.rect(x, y - over, w, over);
  g.clip("evenodd");
}

function winMarks(s, g) {
  const o = s.own, p = s.params, c = p.colors, inp = p.panes.input, out = p.panes.output;
  const [cw, ch] = winCell(inp, o.h, o.wide), [ow, oh] = winCell(out, p.rows, p.cols), [row, col] = o.cell;
  const x0 = inp[0] + (col * p.stride - p.pads[2]) * cw, y0 = inp[1] + (row * p.stride - p.pads[0]) * ch, reach = p.dilation * (o.k - 1) + 1;
  const win = [x0, y0, reach * cw, reach * ch], cell = [out[0] + col * ow, out[1] + row * oh, ow, oh];
  g.save();
  winAround(s, g);
  g.globalAlpha = 0.85;
  g.strokeStyle = c.window;
  g.lineWidth = 1.5 * s.px;
  g.beginPath();
  g.moveTo(win[0] + win[2], win[1]); g.lineTo(cell[0], cell[1]);
  g.moveTo(win[0] + win[2], win[1] + win[3]); g.lineTo(cell[0], cell[1] + cell[3]);
  g.stroke();
  g.restore();
  const seen = cw / s.px >= 4;
  g.save();
  g.fillStyle = c.window;
  for (let i = 0; seen && i < o.k; i++) for (let j = 0; j < o.k; j++) {
    const x = x0 + j * p.dilation * cw, y = y0 + i * p.dilation * ch;
    g.globalAlpha = p.numbers ? 0.28 : 0.35;
    g.fillRect(x, y, cw, ch);
    g.globalAlpha = 1;
    if (p.dilation > 1) { g.strokeStyle = c.window; g.lineWidth = 1.5 * s.px; g.strokeRect(x, y, cw, ch); }
  }
  g.restore();
  winBox(s, g, win, c.window, 2.5);
  winBox(s, g, cell, c.output, 3);
}

function winGridFrame(s, g) {
  const o = s.own, p = s.params, { input, kernel, output } = p.panes;
  g.fillStyle = s.color.background;
  g.fillRect(0, 0, s.w, s.h);
  const cell = winCell(input, o.h, o.wide), over = Math.max(0, p.pads[0]) * cell[1];
  winRing(s, g, input, cell);
  winNumbers(s, g, input, o.h, o.wide, (r, c) => o.x[r * o.wide + c]);
  winNumbers(s, g, kernel, o.k, o.k, (r, c) => o.w[r * o.k + c], () => s.color.second);
  const sums = [];
  for (let r = 0; r < p.rows; r++) for (let c = 0; c < p.cols; c++) sums.push(winSum(s, [r, c]));
  winNumbers(s, g, output, p.rows, p.cols, (r, c) => sums[r * p.cols + c]);
  winTitle(s, g, input, p.titles.input, over);
  winTitle(s, g, kernel, p.titles.kernel);
  winTitle(s, g, output, p.titles.output);
  g.fillStyle = s.color.text;
  g.font = 24 * s.px * letters() + "px " + s.font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  const signs = p.panes.signs;
  g.fillText("∗", signs[0][0], signs[0][1]);
  g.fillText("=", signs[1][0], signs[1][1]);
  if (o.edit) {
    const pane = p.panes[o.edit.what], [cw, ch] = o.edit.what === "input" ? cell : winCell(pane, o.k, o.k), [r, c] = o.edit.cell;
    g.strokeStyle = s.color.primary;
    g.lineWidth = 3.5 * s.px;
    g.strokeRect(pane[0] + c * cw, pane[1] + r * ch, cw, ch);
  }
}

function winPictureFrame(s, g) {
  const p = s.params, panes = [p.panes.input, p.panes.output];
  g.save();
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  for (const [x, y, w, h] of panes) g.rect(x, y, w, h);
  g.clip("evenodd");
  g.fillStyle = s.color.background;
  g.fillRect(0, 0, s.w, s.h);
  g.restore();
  for (const pane of panes) edge(s, g, pane);
  winTitle(s, g, panes[0], p.titles.input);
  winTitle(s, g, panes[1], p.titles.output);
}

PROGRAMS.window = {
  keys: "arrows move the window, with Shift further",
  mount(s) {
    const first = !s.own.head;
    if (first) winPanel(s);
    winRead(s);
    if (first && s.params.editable) winAsked(s);
    if (!s.own.edit) s.own.edits.replaceChildren(...(s.params.editable ? [winHint()] : []));
    s.change();
  },

  move(s) {
    const o = s.own, p = s.params, hit = winHit(p.panes.output, p.rows, p.cols, s.pointer);
    if (hit) o.cell = hit;
    else if (o.pin) o.cell = o.pin;
    const over = p.editable && (winHit(p.panes.input, o.h, o.wide, s.pointer) || winHit(p.panes.kernel, o.k, o.k, s.pointer));
    s.dom.over.style.cursor = over ? "text" : "crosshair";
    s.pointer = null;
    const terms = winTerms(s, o.cell);
    winGrid(s, terms);
    winList(s, terms);
    winMinis(s, terms);
    winTotal(s, terms);
  },

  frame(s, g) {
    if (s.params.numbers) winGridFrame(s, g);
    else winPictureFrame(s, g);
    winMarks(s, g);
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point at a cell of the output, click to keep it; with the keyboard, arrows move it.";
  },

  down(s) {
    const o = s.own, p = s.params, output = winHit(p.panes.output, p.rows, p.cols, s.pointer);
    if (output) winPin(s, output); // the picture comes back to it, and the address names it
    if (!p.editable) return false;
    const input = winHit(p.panes.input, o.h, o.wide, s.pointer), kernel = winHit(p.panes.kernel, o.k, o.k, s.pointer);
    if (input || kernel) winEdit(s, input ? "input" : "kernel", input ?? kernel);
    else if (o.edit) winDone(s);
    return Boolean(input || kernel);
  },

  key(s, e) {
    const step = ARROWS[e.key], o = s.own, p = s.params;
    if (!step) return false;
    const by = e.shiftKey ? 10 : 1;
    o.cell = [clamp(o.cell[0] + by * step[1], 0, p.rows - 1), clamp(o.cell[1] + by * step[0], 0, p.cols - 1)];
    winPin(s, o.cell);
    later(s, "told", 250, () => { s.dom.said.textContent = "row " + o.cell[0] + " column " + o.cell[1] + " = " + winText(o.total, p.digits); });
    s.change();
    return true;
  },
};
