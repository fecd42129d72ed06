// The panel of window.js: one output cell's multiply-adds written out.

function winPanel(s) {
  const o = s.own;
  o.head = winNode("div", "", { fontWeight: 700, fontSize: "1.05em" });
  o.edits = winNode("div", "", { margin: "6px 0" });
  o.minis = winNode("div", "", { display: "flex", gap: "8px", alignItems: "center", margin: "8px 0", flexWrap: "wrap" });
  o.grid = winNode("div", "", { display: "grid", gap: "3px", margin: "8px 0", fontVariantNumeric: "tabular-nums" });
  o.list = winNode("div", "", { margin: "6px 0", fontVariantNumeric: "tabular-nums", fontSize: "0.92em" });
  o.sum = winNode("div", "", { margin: "8px 0 0", padding: "7px 10px", borderRadius: "6px", background: "var(--st-secondary-background-color)", fontVariantNumeric: "tabular-nums" });
  o.after = winNode("div", "", { marginTop: "6px", fontSize: "0.92em", opacity: 0.9, fontVariantNumeric: "tabular-nums" });
  s.panel.replaceChildren(o.head, o.edits, o.minis, o.grid, o.list, o.sum, o.after);
}

function winTint(s, v, most) {
  const c = v >= 0 ? s.params.colors.positive : s.params.colors.negative, a = most > 0 ? Math.min(1, Math.abs(v) / most) : 0;
  return "color-mix(in srgb, " + c + " " + Math.round(55 * a) + "%, transparent)";
}

// Small windows: each multiply-add stands where its cell is.
function winGrid(s, terms) {
  const o = s.own, d = s.params.digits, small = o.c === 1 && o.k <= 3;
  o.grid.hidden = !small;
  o.grid.replaceChildren();
  if (!small) return;
  o.grid.style.gridTemplateColumns = "repeat(" + o.k + ", minmax(0, 1fr))";
  const most = Math.max(...terms.map((t) => Math.abs(t.p)));
  for (const t of terms) {
    const box = winNode("div", "", { border: "1px solid var(--st-border-color, #8886)", borderRadius: "4px", padding: "3px 4px", textAlign: "center", background: winTint(s, t.p, most), borderStyle: t.inside ? "solid" : "dashed", lineHeight: 1.3 });
    box.append(winNode("div", winText(t.v, d) + " × " + winFactor(t.w, d), { fontSize: "0.86em", whiteSpace: "nowrap", opacity: t.inside ? 1 : 0.65 }));
    box.append(winNode("div", "= " + winText(t.p, d), { fontWeight: 600, whiteSpace: "nowrap" }));
    o.grid.append(box);
  }
}

// Large windows: the terms that weigh most, and what all others add up to.
const WIN_MOST = 8;
function winList(s, terms) {
  const o = s.own, p = s.params, d = p.digits;
  o.list.hidden = o.c === 1 && o.k <= 3;
  if (o.list.hidden) return;
  const ranked = [...terms].sort((a, b) => Math.abs(b.p) - Math.abs(a.p)), top = ranked.slice(0, WIN_MOST), most = Math.abs(top[0].p);
  const rest = ranked.slice(WIN_MOST).reduce((sum, t) => sum + t.p, 0), lines = [];
  for (const t of top) {
    const where = (o.c > 1 ? "map " + (p.first + t.c) + (o.k > 1 ? " · " : "") : "") + (o.k > 1 ? "kernel (" + t.i + ", " + t.j + ")" : "");
    const line = winNode("div", "", { display: "grid", gridTemplateColumns: "minmax(0, 1.25fr) minmax(0, 2fr)", gap: "6px", padding: "1px 5px", borderRadius: "3px", background: winTint(s, t.p, most) });
    line.append(winNode("span", where, { opacity: 0.75, whiteSpace: "nowrap" }), winNode("span", winText(t.v, d) + " × " + winFactor(t.w, d) + " = " + winText(t.p, d), { textAlign: "right", whiteSpace: "nowrap" }));
    lines.push(line);
  }
  if (ranked.length > WIN_MOST) lines.push(winNode("div", "and " + (ranked.length - WIN_MOST) + " smaller terms: " + winText(rest, d), { padding: "3px 5px", opacity: 0.8 }));
  const title = winNode("div", ranked.length > WIN_MOST ? "The " + WIN_MOST + " heaviest of " + ranked.length + " multiply-adds" : "The multiply-adds", { fontWeight: 600, marginBottom: "3px" });
  o.list.replaceChildren(title, ...lines);
}

function winTotal(s, terms) {
  const o = s.own, p = s.params, d = p.digits, total = terms.reduce((sum, t) => sum + t.p, 0) + p.bias;
  const few = terms.filter((t) => t.p !== 0), bias = p.bias ? " + " + winFactor(p.bias, d) + " (bias)" : "";
  const text = few.length && few.length <= 9 ? few.map((t, i) => (i && t.p >= 0 ? " + " : i ? " \u2212 " : "") + winText(i ? Math.abs(t.p) : t.p, d)).join("") : terms.length + " products added";
  o.sum.replaceChildren(winNode("span", (few.length ? text : "all products are 0") + bias + " = "), winNode("b", winText(total, d), { fontSize: "1.2em" }));
  o.head.textContent = "Output cell: row " + o.cell[0] + ", column " + o.cell[1];
  const lines = [];
  if (o.out) {
    const own = o.out[o.cell[0] * p.cols + o.cell[1]];
    lines.push("The network itself says " + winText(own, d) + " (difference " + Math.abs(own - total).toExponential(0).replace("-", "\u2212") + ").");
  }
  if (p.norm.length) {
    const [mean, variance, gain, offset, relu] = p.norm, y = ((total - mean) / Math.sqrt(variance)) * gain + offset;
    lines.push("Then batch norm: (" + winText(total, d) + " \u2212 " + winFactor(mean, d) + ") ÷ √" + winText(variance, d) + " × " + winFactor(gain, d) + " + " + winFactor(offset, d) + " = " + winText(y, d) + (relu ? "; ReLU6 makes it " + winText(clamp(y, 0, 6), d) + "." : "."));
  }
  o.after.replaceChildren(...lines.map((line) => winNode("div", line, { marginTop: "3px" })));
  o.total = total;
}

// Beside the photo and the maps: the window magnified, the kernel, their products.
function winMinis(s, terms) {
  const o = s.own;
  o.minis.hidden = s.params.numbers || o.k === 1;
  if (o.minis.hidden) return;
  const one = terms.filter((t) => t.c === s.params.shown), signs = ["", "×", "="], parts = [];
  const range = s.params.range, most = (name) => Math.max(1e-12, ...one.map((t) => Math.abs(t[name])));
  const grey = (t) => { const v = clamp((255 * (t.v - range[0])) / (range[1] - range[0] || 1), 0, 255); return t.inside ? "rgb(" + [v, v, v] + ")" : "rgba(128,128,128,.35)"; };
  const signed = (name) => { const top = most(name), map = palette("diverging"); return (t) => "rgb(" + map[Math.round(127.5 + 127.5 * (t[name] / top))] + ")"; };
  [["reads", grey], ["kernel", signed("w")], ["products", signed("p")]].forEach(([name, color], n) => {
    const canvas = winStyle(element("canvas"), { width: "76px", height: "76px", imageRendering: "pixelated", border: "1px solid var(--st-border-color, #8886)", display: "block" });
    canvas.width = canvas.height = o.k;
    const g = canvas.getContext("2d");
    for (const t of one) { g.fillStyle = color(t); g.fillRect(t.j, t.i, 1, 1); }
    const box = winNode("div", "", { textAlign: "center", fontSize: "0.8em" });
    box.append(canvas, winNode("div", name));
    if (signs[n]) parts.push(winNode("div", signs[n], { fontWeight: 700, paddingBottom: "1.2em" }));
    parts.push(box);
  });
  if (o.c > 1) parts.push(winNode("div", "for map " + (s.params.first + s.params.shown), { fontSize: "0.8em", opacity: 0.75 }));
  o.minis.replaceChildren(...parts);
}
