// The plane's panes: what is given, and the three views with their own outputs.

function txGiven(s, g) {
  const { panes } = s.params, { q, x, laid } = s.own.now, lit = s.own.lit;
  const blue = txColor(s, "input"), green = txColor(s, "kernel"), stamping = lit.inp !== undefined && !lit.out;
  txTitle(s, g, panes.input, "input " + q.n + " \u00d7 " + q.n);
  txCells(s, g, panes.input, q.n, q.n, (r, c) => txInputCell(s, r * q.n + c));
  txTitle(s, g, panes.kernel, "kernel " + q.k + " \u00d7 " + q.k);
  txCells(s, g, panes.kernel, q.k, q.k, (r, c) => txTapCell(s, r * q.k + c, stamping));
  const last = stamping ? lit.inp : laid < x.length ? laid - 1 : -1;
  if (last >= 0) txFrame(g, txRect(panes.input, q.n, q.n, ...txPlace(q, last)), blue, 3);
  if (lit.tap !== undefined) txFrame(g, txRect(panes.kernel, q.k, q.k, Math.floor(lit.tap / q.k), lit.tap % q.k), green, 3);
}

function txInputCell(s, at) {
  const on = s.own.lit.inputs.includes(at), blue = txColor(s, "input");
  return { text: txText(s.own.n.input[at]), color: blue, weight: 600, fill: on ? blue : s.color.second, tint: on ? 0.3 : 1, alpha: s.own.now.x[at] === null ? 0.35 : 1 };
}

function txTapCell(s, tap, all = false) {
  const on = all || s.own.lit.taps.includes(tap), green = txColor(s, "kernel");
  return { text: txText(s.own.n.kernel[tap]), color: green, weight: 600, fill: on ? green : s.color.second, tint: on ? 0.3 : 1 };
}

// ---- 1: stamps on a canvas, the padding around the output drawn dashed ------------------

function txCanvasView(s, g) {
  const { panes } = s.params, { q } = s.own.now, lit = s.own.lit, pane = panes.canvas, blue = txColor(s, "input");
  const tapped = txTapped(s);
  txTitle(s, g, pane, "1  Stamping");
  txCells(s, g, pane, q.side, q.side, (r, c) => txCanvasCell(s, r, c, tapped.has(r * q.side + c)));
  txFrame(g, txRect(pane, q.side, q.side, q.pad, q.pad, q.h, q.w), s.color.text, 1.5);
  for (const at of lit.inputs) {
    const [row, col] = txPlace(q, at).map((v) => v * q.stride);
    txFrame(g, txRect(pane, q.side, q.side, row, col, q.k, q.k), blue, lit.inp === at ? 3 : 1.8);
  }
  if (lit.out) txFrame(g, txRect(pane, q.side, q.side, lit.out[0] + q.pad, lit.out[1] + q.pad), txColor(s, "output"), 3);
}

// Where the chosen kernel cell falls in each stamp laid so far.
function txTapped(s) {
  const { q, laid } = s.own.now, { tap } = s.own.lit, places = new Set();
  for (let at = 0; tap !== undefined && at < laid; at++) {
    const [row, col] = txPlace(q, at);
    places.add((row * q.stride + Math.floor(tap / q.k)) * q.side + col * q.stride + (tap % q.k));
  }
  return places;
}

function txCanvasCell(s, r, c, tapped) {
  const { q, stamped } = s.own.now, { inp } = s.own.lit, at = r * q.side + c, count = stamped.counts[at];
  const kept = r >= q.pad && c >= q.pad && r < q.pad + q.h && c < q.pad + q.w;
  const cell = { text: count ? txText(stamped.canvas[at]) : undefined, alpha: kept ? 1 : 0.4, dash: !kept };
  if (tapped) Object.assign(cell, { fill: txColor(s, "kernel"), tint: 0.35 });
  else if (count) Object.assign(cell, { fill: s.params.colors.count, tint: Math.min(0.45, 0.09 * count) });
  if (inp === undefined) return cell;
  const [row, col] = txPlace(q, inp), i = r - row * q.stride, j = c - col * q.stride;
  if (i < 0 || j < 0 || i >= q.k || j >= q.k) return cell;
  const part = s.own.n.input[inp] * s.own.n.kernel[i * q.k + j];
  return { ...cell, small: (part < 0 ? "" : "+") + txText(part), smallColor: txColor(s, "input") };
}

function txCounts(s, g) {
  const { panes, colors } = s.params, { q, stamped } = s.own.now, lit = s.own.lit;
  txTitle(s, g, panes.counts, "stamps on each cell");
  txCells(s, g, panes.counts, q.h, q.w, (r, c) => {
    const count = stamped.stamps[r * q.w + c];
    return { text: String(count), fill: count ? colors.count : null, tint: Math.min(0.6, 0.13 * count) };
  }, 13);
  if (lit.inside) txFrame(g, txRect(panes.counts, q.h, q.w, ...lit.out), txColor(s, "output"), 2.5);
}

// ---- 2: the input among zeros, and the window of the flipped kernel ----------------------

function txZerosView(s, g) {
  const { panes } = s.params, { q, zeros } = s.own.now, lit = s.own.lit, pane = panes.spread;
  const window = lit.inside ? lit.out.map((v) => v - q.before) : null;
  txTitle(s, g, pane, "2  Zeros in, kernel flipped");
  txCells(s, g, pane, q.zeros, q.zeros, (r, c) => txZeroCell(s, r + q.low, c + q.low, window));
  if (window) txFrame(g, txRect(pane, q.zeros, q.zeros, window[0] - q.low, window[1] - q.low, q.k, q.k), txColor(s, "kernel"), 3);
  txTitle(s, g, panes.flipped, "kernel, flipped");
  txCells(s, g, panes.flipped, q.k, q.k, (r, c) => txTapCell(s, q.k * q.k - 1 - r * q.k - c), 14);
  txTitle(s, g, panes.sums, "its output");
  txCells(s, g, panes.sums, q.h, q.w, (r, c) => ({ text: txText(zeros[r * q.w + c]) }), 13);
  if (lit.inside) txFrame(g, txRect(panes.sums, q.h, q.w, ...lit.out), txColor(s, "output"), 2.5);
}

// A cell by its place from the first input on: an input, a zero between, a zero around, or cut off.
function txZeroCell(s, r, c, window) {
  const { q, x } = s.own.now, lit = s.own.lit, blue = txColor(s, "input"), green = txColor(s, "kernel");
  const real = r % q.stride === 0 && c % q.stride === 0 && r >= 0 && c >= 0 && r < q.spread && c < q.spread;
  const at = real ? (r / q.stride) * q.n + c / q.stride : -1, read = (v) => v >= -q.before && v < q.spread + q.before + q.more;
  const i = window ? r - window[0] : -1, j = window ? c - window[1] : -1, under = i >= 0 && j >= 0 && i < q.k && j < q.k;
  const cell = { text: real ? txText(s.own.n.input[at]) : "0", alpha: 0.32, dash: r < 0 || c < 0 || r >= q.spread || c >= q.spread };
  if (real) Object.assign(cell, { color: blue, weight: 600, alpha: x[at] === null ? 0.35 : 1, fill: s.color.second, tint: 1 });
  if (under) Object.assign(cell, { fill: green, tint: 0.16, small: "\u00d7" + txText(s.own.n.kernel[q.k * q.k - 1 - i * q.k - j]), smallColor: green });
  if (real && (at === lit.inp || (under && lit.inputs.includes(at)))) Object.assign(cell, { fill: blue, tint: 0.35 });
  if (!read(r) || !read(c)) cell.alpha = 0.2;
  return cell;
}

// ---- 3: the transpose of C, the input over its columns, the output beside its rows --------

function txMatrixView(s, g) {
  const { matrix, head, output } = s.params.panes, { q, x, product } = s.own.now, lit = s.own.lit;
  const cells = q.h * q.w, blue = txColor(s, "input"), red = txColor(s, "output");
  txTitle(s, g, [matrix[0] - 36, head[1]], "3  C\u1d40 times the input");
  txCells(s, g, head, 1, x.length, (r, c) => txInputCell(s, c), 13);
  txCells(s, g, matrix, cells, x.length, (r, c) => txEntry(s, r, c), 13);
  txCells(s, g, output, cells, 1, (r) => ({ text: txText(product[r]), weight: lit.cell === r ? 700 : 400 }), 13);
  txRows(s, g);
  if (lit.inside) {
    txFrame(g, txRect(matrix, cells, x.length, lit.cell, 0, 1, x.length), red, 2.5);
    txFrame(g, txRect(output, cells, 1, lit.cell, 0), red, 2.5);
  }
  if (lit.inp !== undefined) {
    txFrame(g, txRect(matrix, cells, x.length, 0, lit.inp, cells, 1), blue, 2);
    txFrame(g, txRect(head, 1, x.length, 0, lit.inp), blue, 2.5);
  }
}

function txEntry(s, r, c) {
  const tap = s.own.matrix[c][r], lit = s.own.lit, green = txColor(s, "kernel");
  if (tap < 0) return {};
  const on = lit.tap === tap || (lit.cell === r && lit.inputs.includes(c)) || (!lit.out && lit.inp === c);
  return { text: txText(s.own.n.kernel[tap]), color: green, weight: on ? 700 : 400, fill: green, tint: on ? 0.5 : 0.14, alpha: s.own.now.x[c] === null ? 0.35 : 1 };
}

// Every row of the output is a block of the matrix: its border, and its name.
function txRows(s, g) {
  const { matrix, output } = s.params.panes, { q } = s.own.now, block = matrix[3] / q.h;
  g.strokeStyle = s.color.text;
  g.globalAlpha = 0.5;
  g.lineWidth = 1;
  g.beginPath();
  for (let r = 0; r <= q.h; r++) for (const [x, y, w] of [matrix, output]) {
    g.moveTo(x, y + r * block);
    g.lineTo(x + w, y + r * block);
  }
  g.stroke();
  g.globalAlpha = 1;
  for (let r = 0; r < q.h && block >= 12; r++) txWrite(s, g, "row " + r, matrix[0] - 4, matrix[1] + (r + 0.5) * block, 11, { align: "right", alpha: 0.7 });
}
