// Along a line: the convolution as X times the padded signal, and what X transposed does.
// The choice `sel` is {i}: row i of X, which is column i of its transpose; {j}: column j
// of X, row j of the transpose; both: one entry.

const TX_TAPS = ["x", "y", "z"], TX_SIGNAL = ["a", "b", "c", "d"];

// Which kernel number stands in X at (i, j); -1 where there is none.
function txTap(s, i, j) {
  const t = j - i * s.params.how[0];
  return t >= 0 && t < s.own.n.kernel.length ? t : -1;
}

// The terms of one output: [signal place, kernel place]; signal place -1 is padding.
function txThere(s, i) {
  const [, padding] = s.params.how, n = s.own.n.signal.length, terms = [];
  for (let j = 0; j < s.params.cols; j++) if (txTap(s, i, j) >= 0) terms.push([j - padding >= 0 && j - padding < n ? j - padding : -1, txTap(s, i, j)]);
  return terms;
}

function txBack(s, j) {
  const terms = [];
  for (let i = 0; i < s.params.rows; i++) if (txTap(s, i, j) >= 0) terms.push([i, txTap(s, i, j)]);
  return terms;
}

const txValue = (s, terms) => terms.reduce((sum, [a, t]) => sum + (a < 0 ? 0 : s.own.n.signal[a] * s.own.n.kernel[t]), 0);
const txLetters = (terms) => terms.filter(([a]) => a >= 0).map(([a, t]) => TX_SIGNAL[a] + TX_TAPS[t]).join(" + ") || "0";
const txCount = (n) => [...Array(n).keys()];

function txLineResult(s, g, pane, rows, terms, kept) {
  const high = pane[3] / rows;
  for (let r = 0; r < rows; r++) {
    const y = pane[1] + (r + 0.5) * high, list = terms(r).filter(([a]) => a >= 0), alpha = kept(r) ? 1 : 0.45;
    g.globalAlpha = alpha;
    txWrite(s, g, txLetters(list), pane[0], y - 8, 15, { align: "left", weight: 600, alpha });
    g.globalAlpha = 1;
    const value = txValue(s, list), short = [["= "], [txText(value), txColor(s, "output")]];
    const parts = list.length ? txSum(s, list.map(([a, t]) => [s.own.n.signal[a], s.own.n.kernel[t]]), value, "input", "kernel") : short;
    if (kept(r)) txRun(s, g, parts, pane[0], y + 10, 13, pane[2], short);
    else txWrite(s, g, "= " + txText(value) + ", cut off", pane[0], y + 10, 12, { align: "left", alpha: 0.6 });
  }
}

function txLineCells(s, g, pane, rows, cols, at, outside) {
  txCells(s, g, pane, rows, cols, (r, c) => {
    const t = at(r, c), off = outside(r, c);
    return { fill: t >= 0 ? s.params.colors.taps[t] : off ? s.color.second : null, tint: t >= 0 ? (off ? 0.16 : 0.4) : 1, dash: off };
  });
  const cw = pane[2] / cols, ch = pane[3] / rows;
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) {
    const t = at(r, c), x = pane[0] + (c + 0.5) * cw, y = pane[1] + (r + 0.5) * ch, alpha = outside(r, c) ? 0.5 : 1;
    if (t < 0) { txWrite(s, g, "0", x, y, 13, { alpha: 0.4 }); continue; }
    txWrite(s, g, TX_TAPS[t], x, y - 7, 16, { weight: 600, alpha });
    txWrite(s, g, txText(s.own.n.kernel[t]), x, y + 10, 12, { alpha, most: cw - 4, color: txColor(s, "kernel"), weight: 600 });
  }
}

// A column of the signal's numbers under their letters; null is a padding zero.
function txVector(s, g, pane, places) {
  const ch = pane[3] / places.length;
  txCells(s, g, pane, places.length, 1, (r) => ({ dash: places[r] === null, fill: places[r] === null ? s.color.second : null, tint: 1 }));
  places.forEach((a, r) => {
    const x = pane[0] + pane[2] / 2, y = pane[1] + (r + 0.5) * ch;
    if (a === null) return txWrite(s, g, "0", x, y, 13, { alpha: 0.5 });
    txWrite(s, g, TX_SIGNAL[a], x, y - 7, 16, { weight: 600 });
    txWrite(s, g, txText(s.own.n.signal[a]), x, y + 10, 12, { color: txColor(s, "input"), weight: 600, most: pane[2] - 4 });
  });
}

function txStrip(s, g, pane, name, letters) {
  const n = letters.length, cw = pane[2] / n;
  txWrite(s, g, name, pane[0] - 8, pane[1] + pane[3] / 2, 13, { align: "right" });
  letters.forEach((letter, k) => {
    const x = pane[0] + (k + 0.5) * cw, rect = [pane[0] + k * cw, pane[1], cw, pane[3]], kernel = name === "kernel";
    txWash(g, rect, kernel ? s.params.colors.taps[k] : s.color.second, kernel ? 0.4 : 1);
    txFrame(g, rect, s.color.border, 1);
    txWrite(s, g, letter, x, pane[1] + 12, 16, { weight: 600 });
    txWrite(s, g, txText(s.own.n[name][k]), x, pane[1] + 29, 13, { weight: 600, most: cw - 4, color: txColor(s, kernel ? "kernel" : "input") });
  });
}

// Row i of X and column i of the transpose; column j and row j; and the entry itself.
function txLineMarks(s, g) {
  const { i, j } = s.own.sel ?? {}, { rows, cols, how, panes } = s.params, n = s.own.n.signal.length;
  const blue = txColor(s, "input"), red = txColor(s, "output");
  const band = (name, high, wide, r, c, h, w, color) => {
    const rect = txRect(panes[name], high, wide, r, c, h, w);
    txWash(g, rect, color, 0.14);
    txFrame(g, rect, color, 2.5);
  };
  if (i !== undefined) {
    band("matrix", rows, cols, i, 0, 1, cols, blue);
    band("transpose", cols, rows, 0, i, cols, 1, blue);
    txFrame(g, txRect(panes.entries, rows, 1, i, 0), blue, 2.5);
    txFrame(g, txRect(panes.result, rows, 1, i, 0).map((v, k) => (k === 0 ? v - 6 : v)), blue, 2);
  }
  if (j !== undefined) {
    band("matrix", rows, cols, 0, j, rows, 1, red);
    band("transpose", cols, rows, j, 0, 1, rows, red);
    txFrame(g, txRect(panes.vector, cols, 1, j, 0), red, 2.5);
    const at = j - how[1], rect = txRect(panes.spread, cols, 1, j, 0);
    if (at >= 0 && at < n) txFrame(g, [rect[0] - 6, rect[1], rect[2] + 6, rect[3]], red, 2);
  }
  if (i !== undefined && j !== undefined) for (const rect of [txRect(panes.matrix, rows, cols, i, j), txRect(panes.transpose, cols, rows, j, i)]) txFrame(g, rect, s.color.text, 3);
}

// The same in words: what row i and column j say on either side.
function txLineWords(s) {
  const { i, j } = s.own.sel ?? {}, lines = [];
  if (i !== undefined) lines.push(["input", "Row " + i + " of X = column " + i + " of X\u1d40", txRowWords(s, i)]);
  if (j !== undefined) lines.push(["output", "Column " + j + " of X = row " + j + " of X\u1d40", txColumnWords(s, j)]);
  return lines;
}

function txRowWords(s, i) {
  const reads = txThere(s, i), from = i * s.params.how[0], letter = TX_SIGNAL[i], value = s.own.n.signal[i];
  const stamp = TX_TAPS.map((t) => letter + t).join(", "), numbers = s.own.n.kernel.map((v) => txText(v * value)).join(", ");
  return "There, " + txLetters(reads) + " = " + txText(txValue(s, reads)) + " is read from three neighbours. Back, the number " + letter + " = " + txText(value) + " stamps " + stamp + " = " + numbers + " onto places " + from + " to " + (from + 2) + ".";
}

function txColumnWords(s, j) {
  const adds = txBack(s, j), [, padding] = s.params.how, cut = j < padding || j >= padding + s.own.n.signal.length;
  const stamps = adds.length === 1 ? "one stamp" : adds.length + " stamps";
  const gets = adds.length ? "Place " + j + " gets " + stamps + ": " + txLetters(adds) + " = " + txText(txValue(s, adds)) + "." : "No stamp reaches place " + j + ": 0.";
  return gets + (adds.length === 3 ? " Read along the row: z, y, x, the kernel backwards." : "") + (cut ? " It stands where the padding was, so it is cut off." : "");
}

const TX_LINE = {
  panel(s) {
    const o = s.own;
    if (o.cards) return;
    o.cards = element("div");
    Object.assign(o.cards.style, { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(300px, 1fr))", gap: "0.7rem", minHeight: "5.2rem" });
    s.panel.replaceChildren(o.cards);
  },

  editable(s) {
    const strip = (name, n) => txCount(n).map((k) => [name, k, txRect(s.params.panes[name], 1, n, 0, k)]);
    return [...strip("kernel", 3), ...strip("signal", 4)];
  },

  results(s) {
    const { rows, cols } = s.params;
    return { there: txCount(rows).map((i) => txValue(s, txThere(s, i))), back: txCount(cols).map((j) => txValue(s, txBack(s, j))) };
  },

  pick(s, p) {
    const { rows, cols, panes, how } = s.params, cell = (name, h, w) => txHit(panes[name], h, w, p);
    let hit;
    if ((hit = cell("matrix", rows, cols))) return { i: hit[0], j: hit[1] };
    if ((hit = cell("transpose", cols, rows))) return { i: hit[1], j: hit[0] };
    if ((hit = cell("result", rows, 1) ?? cell("entries", rows, 1))) return { i: hit[0] };
    if ((hit = cell("spread", cols, 1) ?? cell("vector", cols, 1))) return { j: hit[0] };
    if ((hit = cell("signal", 1, 4))) return hit[1] < rows ? { i: hit[1], j: hit[1] + how[1] } : { j: hit[1] + how[1] };
    return null;
  },

  step(s, [dx, dy]) {
    const { rows, cols } = s.params, { i = 0, j = 0 } = s.own.sel ?? {};
    s.own.sel = { i: clamp(i + dy, 0, rows - 1), j: clamp(j + dx, 0, cols - 1) };
  },

  said: (s) => txLineWords(s).map(([, head, text]) => head + ". " + text).join(" "),

  move(s) {
    const o = s.own;
    o.sel ??= { i: Math.min(1, s.params.rows - 1), j: Math.min(2, s.params.cols - 1) };
    const said = TX_LINE.said(s) + s.dark;
    if (o.told === said) return;
    o.told = said;
    o.cards.replaceChildren(...txLineWords(s).map(([color, head, text]) => {
      const card = element("div"), title = element("div", "", head);
      Object.assign(card.style, { borderLeft: "4px solid " + txColor(s, color), paddingLeft: "0.6rem" });
      title.style.fontWeight = 600;
      card.append(title, element("div", "", text));
      return card;
    }));
  },

  frame(s, g) {
    const { rows, cols, panes, how } = s.params, [, padding] = how, n = s.own.n.signal.length, out = (j) => j < padding || j >= padding + n;
    txStrip(s, g, panes.kernel, "kernel", TX_TAPS);
    txStrip(s, g, panes.signal, "signal", TX_SIGNAL);
    txWrite(s, g, "Convolution:  x \u2217 a = X a", 1, 80, 15, { align: "left", weight: 600 });
    txWrite(s, g, "Transposed convolution:  x \u2217\u1d40 a = X\u1d40 a", panes.transpose[0], 80, 15, { align: "left", weight: 600 });
    txLineCells(s, g, panes.matrix, rows, cols, (r, c) => txTap(s, r, c), (r, c) => out(c));
    txVector(s, g, panes.vector, txCount(cols).map((j) => (out(j) ? null : j - padding)));
    txLineResult(s, g, panes.result, rows, (i) => txThere(s, i), () => true);
    txLineCells(s, g, panes.transpose, cols, rows, (r, c) => txTap(s, c, r), (r) => out(r));
    txVector(s, g, panes.entries, txCount(rows));
    txLineResult(s, g, panes.spread, cols, (j) => txBack(s, j), (j) => !out(j));
    for (const [x, y] of panes.signs) txWrite(s, g, "=", x, y, 20);
    txLineMarks(s, g);
  },
};
