// In the plane: stamping, zeros with a flipped kernel, and C transposed, side by side.
// The choice `sel` is {out: [row, col]} (may lie in what is cut off), {inp: place},
// both (one product), or {tap: place in the kernel}.

// Everything a frame needs; inputs not yet laid by the scrubber are null.
function txPlaneState(s) {
  const o = s.own, p = s.params, q = txSetting(p), laid = Math.min(s.frame, q.n * q.n), x = o.n.input.map((v, at) => (at < laid ? v : null));
  if (o.matrixOf !== String(p.how)) { o.matrix = txMatrix(q); o.matrixOf = String(p.how); }
  const stamped = txStamping(q, x, o.n.kernel);
  return { q, x, laid, stamped, zeros: txZeros(q, x, o.n.kernel), product: txByMatrix(q, o.matrix, x, o.n.kernel) };
}

// What lights up: the output, the inputs and the kernel cells of the choice.
function txLit(s) {
  const { q } = s.own.now, { out, inp, tap } = s.own.sel, inside = out && out[0] >= 0 && out[1] >= 0 && out[0] < q.h && out[1] < q.w;
  const cell = inside ? out[0] * q.w + out[1] : -1, all = inside ? txTerms(q, s.own.matrix, cell) : [];
  const terms = all.filter(([at]) => at < s.own.now.laid && (inp === undefined || at === inp));
  const inputs = inp !== undefined ? [inp] : terms.map(([at]) => at), taps = tap !== undefined ? [tap] : terms.map(([, t]) => t);
  return { out, inside, cell, inp, tap, terms, inputs, taps };
}

const txPlace = (q, at) => [Math.floor(at / q.n), at % q.n];
const txName = (q, at) => "(" + txPlace(q, at).join(", ") + ")";

// ---- the panes ------------------------------------------------------------------------------

function txGiven(s, g) {
  const { panes } = s.params, { q, x, laid } = s.own.now, lit = s.own.lit, blue = txColor(s, "input"), green = txColor(s, "kernel");
  txTitle(s, g, panes.input, "input " + q.n + " \u00d7 " + q.n);
  txCells(s, g, panes.input, q.n, q.n, (r, c) => { const at = r * q.n + c, on = lit.inputs.includes(at); return { text: txText(s.own.n.input[at]), color: blue, weight: 600, fill: on ? blue : s.color.second, tint: on ? 0.3 : 1, alpha: x[at] === null ? 0.35 : 1 }; });
  txTitle(s, g, panes.kernel, "kernel " + q.k + " \u00d7 " + q.k);
  txCells(s, g, panes.kernel, q.k, q.k, (r, c) => { const on = lit.taps.includes(r * q.k + c) || (lit.inp !== undefined && !lit.out); return { text: txText(s.own.n.kernel[r * q.k + c]), color: green, weight: 600, fill: on ? green : s.color.second, tint: on ? 0.3 : 1 }; });
  const last = lit.inp !== undefined && !lit.out ? lit.inp : laid < q.n * q.n ? laid - 1 : -1;
  if (last >= 0) txFrame(g, txRect(panes.input, q.n, q.n, ...txPlace(q, last)), blue, 3);
}

function txCanvasView(s, g) {
  const { panes, colors } = s.params, { q, stamped, laid } = s.own.now, lit = s.own.lit, pane = panes.canvas, blue = txColor(s, "input");
  const at = (r, c) => r * q.side + c, kept = (r, c) => r >= q.pad && c >= q.pad && r < q.pad + q.h && c < q.pad + q.w, shown = lit.inp !== undefined ? txPlace(q, lit.inp).map((v) => v * q.stride) : null;
  txTitle(s, g, pane, "1  Stamping");
  txCells(s, g, pane, q.side, q.side, (r, c) => {
    const count = stamped.counts[at(r, c)], part = shown ? [r - shown[0], c - shown[1]] : [-1, -1], on = part.every((v) => v >= 0 && v < q.k);
    const tap = lit.tap !== undefined && [...Array(q.n * q.n).keys()].some((i) => { const [a, b] = txPlace(q, i); return i < laid && a * q.stride + Math.floor(lit.tap / q.k) === r && b * q.stride + (lit.tap % q.k) === c; });
    const more = on ? txText(s.own.n.input[lit.inp] * s.own.n.kernel[part[0] * q.k + part[1]]) : null;
    return { text: count ? txText(stamped.canvas[at(r, c)]) : undefined, fill: tap ? txColor(s, "kernel") : count ? colors.count : null, tint: tap ? 0.35 : Math.min(0.45, 0.09 * count), alpha: kept(r, c) ? 1 : 0.4, dash: !kept(r, c), small: more && (more.startsWith("\u2212") ? more : "+" + more), smallColor: blue };
  });
  txFrame(g, txRect(pane, q.side, q.side, q.pad, q.pad, q.h, q.w), s.color.text, 1.5);
  for (const i of lit.inputs) { const [a, b] = txPlace(q, i); txFrame(g, txRect(pane, q.side, q.side, a * q.stride, b * q.stride, q.k, q.k), blue, lit.inp === i ? 3 : 1.8); }
  if (lit.out) txFrame(g, txRect(pane, q.side, q.side, lit.out[0] + q.pad, lit.out[1] + q.pad), txColor(s, "output"), 3);
}

function txZerosView(s, g) {
  const { panes } = s.params, { q, x, zeros } = s.own.now, lit = s.own.lit, pane = panes.spread, at = txSpread(q, x), flipped = [...s.own.n.kernel].reverse(), red = txColor(s, "output"), green = txColor(s, "kernel"), blue = txColor(s, "input");
  const isInput = (r, c) => r % q.stride === 0 && c % q.stride === 0 && r >= 0 && c >= 0 && r < q.spread && c < q.spread, read = (v) => v >= -q.before && v < q.spread + q.before + q.more;
  const window = lit.inside ? lit.out.map((v) => v - q.before) : null, end = q.k * q.k - 1;
  txTitle(s, g, pane, "2  Zeros in, kernel flipped");
  txCells(s, g, pane, q.zeros, q.zeros, (row, col) => {
    const r = row + q.low, c = col + q.low, real = isInput(r, c), i = real ? (r / q.stride) * q.n + c / q.stride : -1, under = window && [r - window[0], c - window[1]], on = under && under.every((v) => v >= 0 && v < q.k);
    const weight = on ? flipped[under[0] * q.k + under[1]] : null, used = on && real && lit.inputs.includes(i) && x[i] !== null;
    return { text: real ? txText(s.own.n.input[i]) : "0", color: real ? blue : s.color.text, weight: real ? 600 : 400, alpha: !(read(r) && read(c)) ? 0.2 : real && x[i] === null ? 0.35 : real ? 1 : 0.32, fill: used || (real && i === lit.inp) ? blue : on ? green : real ? s.color.second : null, tint: used || (real && i === lit.inp) ? 0.35 : on ? 0.16 : 1, dash: r < 0 || c < 0 || r >= q.spread || c >= q.spread, small: on ? "\u00d7" + txText(weight) : null, smallColor: green };
  });
  if (window) txFrame(g, txRect(pane, q.zeros, q.zeros, window[0] - q.low, window[1] - q.low, q.k, q.k), green, 3);
  txTitle(s, g, panes.flipped, "kernel, flipped");
  txCells(s, g, panes.flipped, q.k, q.k, (r, c) => { const tap = end - (r * q.k + c), on = lit.taps.includes(tap); return { text: txText(flipped[r * q.k + c]), color: green, weight: 600, fill: on ? green : s.color.second, tint: on ? 0.3 : 1 }; }, 14);
  txTitle(s, g, panes.sums, "its output");
  txCells(s, g, panes.sums, q.h, q.w, (r, c) => ({ text: txText(zeros[r * q.w + c]) }), 13);
  if (lit.inside) txFrame(g, txRect(panes.sums, q.h, q.w, ...lit.out), red, 2.5);
}

function txMatrixView(s, g) {
  const { panes } = s.params, { q, x, product } = s.own.now, lit = s.own.lit, cells = q.h * q.w, entries = q.n * q.n, { matrix, head, output } = panes, blue = txColor(s, "input"), green = txColor(s, "kernel"), red = txColor(s, "output"), high = matrix[3] / cells;
  txTitle(s, g, [matrix[0] - 36, head[1]], "3  C\u1d40 times the input");
  txCells(s, g, head, 1, entries, (r, c) => { const on = lit.inputs.includes(c); return { text: txText(s.own.n.input[c]), color: blue, weight: 600, fill: on ? blue : s.color.second, tint: on ? 0.3 : 1, alpha: x[c] === null ? 0.35 : 1 }; }, 13);
  txCells(s, g, matrix, cells, entries, (r, c) => {
    const tap = s.own.matrix[c][r], on = tap >= 0 && (lit.tap === tap || (lit.cell === r && lit.inputs.includes(c)) || (!lit.out && lit.inp === c));
    return tap < 0 ? { dash: false } : { text: txText(s.own.n.kernel[tap]), color: green, weight: on ? 700 : 400, fill: green, tint: on ? 0.5 : 0.14, alpha: x[c] === null ? 0.35 : 1 };
  }, 13);
  txCells(s, g, output, cells, 1, (r) => ({ text: txText(product[r]), weight: lit.cell === r ? 700 : 400 }), 13);
  g.strokeStyle = s.color.text;
  g.globalAlpha = 0.5;
  g.lineWidth = 1;
  for (let r = 0; r <= q.h; r++) for (const pane of [matrix, output]) { const y = matrix[1] + r * q.w * high; g.beginPath(); g.moveTo(pane[0], y); g.lineTo(pane[0] + pane[2], y); g.stroke(); }
  g.globalAlpha = 1;
  for (let r = 0; r < q.h && high * q.w >= 12; r++) txWrite(s, g, "row " + r, matrix[0] - 4, matrix[1] + (r + 0.5) * q.w * high, 11, { align: "right", alpha: 0.7 });
  if (lit.inside) { txFrame(g, txRect(matrix, cells, entries, lit.cell, 0, 1, entries), red, 2.5); txFrame(g, txRect(output, cells, 1, lit.cell, 0), red, 2.5); }
  if (lit.inp !== undefined) { txFrame(g, txRect(matrix, cells, entries, 0, lit.inp, cells, 1), blue, 2); txFrame(g, txRect(head, 1, entries, 0, lit.inp), blue, 2.5); }
}

function txCounts(s, g) {
  const { panes, colors } = s.params, { q, stamped } = s.own.now, lit = s.own.lit;
  txTitle(s, g, panes.counts, "stamps on each cell");
  txCells(s, g, panes.counts, q.h, q.w, (r, c) => { const count = stamped.stamps[r * q.w + c]; return { text: String(count), fill: count ? colors.count : null, tint: Math.min(0.6, 0.13 * count) }; }, 13);
  if (lit.inside) txFrame(g, txRect(panes.counts, q.h, q.w, ...lit.out), txColor(s, "output"), 2.5);
}

// ---- the words under the views ---------------------------------------------------------------

function txPlaneLines(s) {
  const { q, stamped } = s.own.now, { out, inside, cell, inp, tap, terms, inputs } = s.own.lit, { input, kernel } = s.own.n;
  if (tap !== undefined) return [["weight " + txText(kernel[tap]) + " in every stamp"], ["the same weight, flipped"], ["every copy of the weight " + txText(kernel[tap])]];
  if (out && !inside) return [["cut off by padding " + q.pad], ["no window reads it"], ["no row of C\u1d40 writes it"]];
  if (!out && inp !== undefined) return [[txText(input[inp]) + " \u00d7 kernel, laid at row " + txPlace(q, inp)[0] * q.stride + ", column " + txPlace(q, inp)[1] * q.stride], ["the input " + txText(input[inp]) + " among its zeros"], ["column " + inp + " of C\u1d40, times " + txText(input[inp])]];
  const sum = terms.reduce((total, [at, t]) => total + input[at] * kernel[t], 0), short = [[terms.length + " products = "], [txText(sum), txColor(s, "output")]];
  const one = inp !== undefined && inputs.length ? "one product of " + txText(stamped.out[cell]) : null;
  return [
    [one ?? terms.length + (terms.length === 1 ? " stamp meets here" : " stamps meet here"), txSum(s, terms.map(([at, t]) => [input[at], kernel[t]]), sum, "input", "kernel"), short],
    [one ?? terms.length + " of " + q.k * q.k + " window cells hold an input", txSum(s, terms.map(([at, t]) => [kernel[t], input[at]]), sum, "kernel", "input"), short],
    ["row " + cell + " of C\u1d40", txSum(s, terms.map(([at, t]) => [kernel[t], input[at]]), sum, "kernel", "input"), short],
  ];
}

const TX_PLANE = {
  panel(s) {
    const row = element("div");
    Object.assign(row.style, { display: "flex", flexWrap: "wrap", gap: "0.4rem", alignItems: "center", fontSize: "0.85rem" });
    row.append(element("span", "", "Numbers:"));
    for (const [label, numbers] of Object.entries(s.params.presets)) {
      const button = element("button", "", label);
      button.type = "button";
      button.onclick = () => { txClose(s); Object.assign(s.own.n, { input: [...numbers.input], kernel: [...numbers.kernel] }); txChanged(s, 0); };
      row.append(button);
    }
    s.panel.replaceChildren(row);
  },

  editable(s) {
    const [n, k] = s.params.how, grid = (name, side) => [...Array(side * side).keys()].map((at) => [name, at, txRect(s.params.panes[name], side, side, Math.floor(at / side), at % side)]);
    return [...grid("input", n), ...grid("kernel", k)];
  },

  results(s) {
    const q = txSetting(s.params), { input, kernel } = s.own.n;
    return { stamping: txStamping(q, input, kernel).out, zeros: txZeros(q, input, kernel), matrix: txByMatrix(q, txMatrix(q), input, kernel) };
  },

  pick(s, p) {
    const { panes } = s.params, q = txSetting(s.params), cells = q.h * q.w, half = Math.floor((q.k - 1) / 2), cell = (name, h, w) => txHit(panes[name], h, w, p), of = (r) => [Math.floor(r / q.w), r % q.w];
    let hit;
    if ((hit = cell("input", q.n, q.n))) return { inp: hit[0] * q.n + hit[1] };
    if ((hit = cell("kernel", q.k, q.k))) return { tap: hit[0] * q.k + hit[1] };
    if ((hit = cell("flipped", q.k, q.k))) return { tap: q.k * q.k - 1 - hit[0] * q.k - hit[1] };
    if ((hit = cell("canvas", q.side, q.side))) return { out: hit.map((v) => v - q.pad) };
    if ((hit = cell("counts", q.h, q.w) ?? cell("sums", q.h, q.w))) return { out: hit };
    if ((hit = cell("spread", q.zeros, q.zeros))) return { out: [clamp(hit[0] + q.low + q.before - half, 0, q.h - 1), clamp(hit[1] + q.low + q.before - half, 0, q.w - 1)] };
    if ((hit = cell("head", 1, q.n * q.n))) return { inp: hit[1] };
    if ((hit = cell("output", cells, 1))) return { out: of(hit[0]) };
    if ((hit = cell("matrix", cells, q.n * q.n))) return s.own.matrix?.[hit[1]][hit[0]] >= 0 ? { out: of(hit[0]), inp: hit[1] } : { out: of(hit[0]) };
    return null;
  },

  step(s, [dx, dy]) {
    const q = txSetting(s.params), [r, c] = s.own.sel?.out ?? [0, 0];
    s.own.sel = { out: [clamp(r + dy, 0, q.h - 1), clamp(c + dx, 0, q.w - 1)] };
  },

  said(s) {
    const { out, inside, inp } = s.own.lit, { q, stamped } = s.own.now;
    if (inside) return "Output row " + out[0] + ", column " + out[1] + ": " + txPlaneLines(s)[0][0] + ", " + txText(stamped.out[s.own.lit.cell]);
    return inp === undefined ? "" : "Input " + txName(q, inp) + ": " + txPlaneLines(s)[0][0];
  },

  move(s) {
    const o = s.own, laid = Math.min(s.frame, o.n.input.length);
    // A step of the scrubber shows the stamp it has just laid.
    if (o.laid !== undefined && laid !== o.laid) o.sel = laid > 0 ? { inp: laid - 1 } : { out: [0, 0] };
    o.laid = laid;
    o.now = txPlaneState(s);
    o.sel ??= { out: [Math.floor(o.now.q.h / 2), Math.floor(o.now.q.w / 2)] };
    o.lit = txLit(s);
  },

  frame(s, g) {
    if (!s.own.now) return;
    const { panes } = s.params;
    txGiven(s, g);
    txCanvasView(s, g);
    txCounts(s, g);
    txZerosView(s, g);
    txMatrixView(s, g);
    txPlaneLines(s).forEach(([head, parts, short], view) => {
      const x = [panes.canvas[0], panes.spread[0], panes.matrix[0] - 36][view], y = view < 2 ? 273 : panes.matrix[1] + panes.matrix[3] + 14;
      txWrite(s, g, head, x, y, 12, { align: "left", alpha: 0.85, most: 250 });
      if (parts) txRun(s, g, parts, x, y + 18, 15, 250, short);
    });
  },
};
