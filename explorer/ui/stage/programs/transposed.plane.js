// In the plane: stamping, zeros with a flipped kernel, and C transposed, side by side.
// The choice `sel` is {out: [row, col]} (may lie in what is cut off), {inp: place},
// both (one product), or {tap: place in the kernel}.

// Everything a frame needs; inputs not yet laid by the scrubber are null.
function txPlaneState(s) {
  const o = s.own, p = s.params, q = txSetting(p), laid = Math.min(s.frame, q.n * q.n);
  const x = o.n.input.map((v, at) => (at < laid ? v : null));
  if (o.matrixOf !== String(p.how)) { o.matrix = txMatrix(q); o.matrixOf = String(p.how); }
  const stamped = txStamping(q, x, o.n.kernel);
  return { q, x, laid, stamped, zeros: txZeros(q, x, o.n.kernel), product: txByMatrix(q, o.matrix, x, o.n.kernel) };
}

// What lights up: the output, the inputs and the kernel cells of the choice.
function txLit(s) {
  const { q } = s.own.now, { out, inp, tap } = s.own.sel;
  const inside = Boolean(out) && out[0] >= 0 && out[1] >= 0 && out[0] < q.h && out[1] < q.w;
  const cell = inside ? out[0] * q.w + out[1] : -1, all = inside ? txTerms(q, s.own.matrix, cell) : [];
  const terms = all.filter(([at]) => at < s.own.now.laid && (inp === undefined || at === inp));
  const inputs = inp !== undefined ? [inp] : terms.map(([at]) => at);
  const taps = tap !== undefined ? [tap] : terms.map(([, t]) => t);
  return { out, inside, cell, inp, tap, terms, inputs, taps };
}

const txPlace = (q, at) => [Math.floor(at / q.n), at % q.n];
const txName = (q, at) => "(" + txPlace(q, at).join(", ") + ")";

// ---- the words under the views ---------------------------------------------------------------

// For each view a line, and where an output is chosen its sum: [head, parts, short form].
function txPlaneLines(s) {
  const { q, stamped } = s.own.now, { out, inside, cell, inp, tap, terms } = s.own.lit, { input, kernel } = s.own.n;
  if (tap !== undefined) {
    const weight = "weight " + txText(kernel[tap]);
    return [[weight + ", once in every stamp"], ["the same " + weight + ", flipped"], ["every copy of the " + weight]];
  }
  if (out && !inside) return [["cut off by padding " + q.pad], ["no window reads it"], ["no row of C\u1d40 writes it"]];
  const value = txText(input[inp] ?? 0), [row, col] = txPlace(q, inp ?? 0).map((v) => v * q.stride);
  if (!out) {
    return [[value + " \u00d7 kernel, laid at row " + row + ", column " + col], ["the input " + value + " among its zeros"], ["column " + inp + " of C\u1d40, times " + value]];
  }
  const sum = terms.reduce((total, [at, t]) => total + input[at] * kernel[t], 0), red = txColor(s, "output");
  const short = [[terms.length + " products = "], [txText(sum), red]];
  const stamps = txSum(s, terms.map(([at, t]) => [input[at], kernel[t]]), sum, "input", "kernel");
  const weights = txSum(s, terms.map(([at, t]) => [kernel[t], input[at]]), sum, "kernel", "input");
  const one = inp !== undefined ? "one product of " + txText(stamped.out[cell]) : null;
  return [
    [one ?? terms.length + (terms.length === 1 ? " stamp meets here" : " stamps meet here"), stamps, short],
    [one ?? terms.length + " of " + q.k * q.k + " window cells hold an input", weights, short],
    ["row " + cell + " of C\u1d40", weights, short],
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
      button.onclick = () => {
        txClose(s);
        Object.assign(s.own.n, { input: [...numbers.input], kernel: [...numbers.kernel] });
        txChanged(s, 0);
      };
      row.append(button);
    }
    s.panel.replaceChildren(row);
  },

  editable(s) {
    const [n, k] = s.params.how, cell = (name, side, at) => [name, at, txRect(s.params.panes[name], side, side, Math.floor(at / side), at % side)];
    const grid = (name, side) => [...Array(side * side).keys()].map((at) => cell(name, side, at));
    return [...grid("input", n), ...grid("kernel", k)];
  },

  results(s) {
    const q = txSetting(s.params), { input, kernel } = s.own.n;
    return { stamping: txStamping(q, input, kernel).out, zeros: txZeros(q, input, kernel), matrix: txByMatrix(q, txMatrix(q), input, kernel) };
  },

  pick(s, p) {
    const q = txSetting(s.params), cells = q.h * q.w, of = (r) => [Math.floor(r / q.w), r % q.w];
    const cell = (name, h, w) => txHit(s.params.panes[name], h, w, p);
    // The window whose middle is under the pointer, as near as there is one.
    const window = (v, most) => clamp(v + q.low + q.before - Math.floor((q.k - 1) / 2), 0, most - 1);
    let hit;
    if ((hit = cell("input", q.n, q.n))) return { inp: hit[0] * q.n + hit[1] };
    if ((hit = cell("kernel", q.k, q.k))) return { tap: hit[0] * q.k + hit[1] };
    if ((hit = cell("flipped", q.k, q.k))) return { tap: q.k * q.k - 1 - hit[0] * q.k - hit[1] };
    if ((hit = cell("canvas", q.side, q.side))) return { out: hit.map((v) => v - q.pad) };
    if ((hit = cell("counts", q.h, q.w) ?? cell("sums", q.h, q.w))) return { out: hit };
    if ((hit = cell("spread", q.zeros, q.zeros))) return { out: [window(hit[0], q.h), window(hit[1], q.w)] };
    if ((hit = cell("head", 1, q.n * q.n))) return { inp: hit[1] };
    if ((hit = cell("output", cells, 1))) return { out: of(hit[0]) };
    if ((hit = cell("matrix", cells, q.n * q.n))) return { out: of(hit[0]), ...(s.own.matrix?.[hit[1]][hit[0]] >= 0 ? { inp: hit[1] } : {}) };
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
