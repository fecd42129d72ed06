// Below the two pictures of elastic.js: its sliders, its switches, and the mask counted.

function elasticNode(name, text = "", style = {}) {
  const made = element(name, "", text);
  Object.assign(made.style, style);
  return made;
}

function elasticBuild(s) {
  const o = s.own;
  Object.assign(s.panel.style, { flex: "1 1 100%", display: "flex", flexWrap: "wrap", gap: "0.4rem 2.2rem", alignItems: "flex-start", fontVariantNumeric: "tabular-nums" });
  const left = elasticNode("div", "", { flex: "1 1 19rem", minWidth: "15rem", maxWidth: "27rem" }), right = elasticNode("div", "", { flex: "3 1 24rem", minWidth: "min(100%, 20rem)", overflowX: "auto" });
  o.sliders = {};
  for (const [name, title] of [["alpha", s.params.size], ["sigma", "σ, smoothness"]]) left.append(elasticSlider(s, name, title));
  const bar = elasticNode("div", "", { display: "flex", gap: "0.45rem", flexWrap: "wrap", alignItems: "center", margin: "0.35rem 0" });
  bar.append(elasticNode("span", "Mask"));
  o.ways = [["Nearest", false], ["Bilinear", true]].map(([title, mixed]) => elasticButton(bar, title, () => { o.mixed = mixed; elasticCompute(s); elasticSwitched(s); }));
  o.meshed = elasticButton(bar, "Mesh", () => { o.mesh = !o.mesh; elasticSwitched(s); });
  o.erase = elasticButton(bar, "Eraser", () => { o.erasing = !o.erasing; elasticControls(s); });
  o.clear = elasticButton(bar, "Clear", () => elasticClear(s));
  o.verdict = elasticNode("div", "", { marginTop: "0.3rem" });
  left.append(bar, o.verdict);
  o.table = elasticNode("table", "", { borderCollapse: "collapse", width: "100%", fontSize: "0.88rem" });
  right.append(o.table);
  s.panel.replaceChildren(left, right);
}

// Shown at once; the server is told for the link alone.
function elasticSwitched(s) {
  elasticControls(s);
  s.redraw();
  later(s, "commit", 250, () => elasticSend(s));
}

function elasticButton(bar, title, onclick) {
  const made = elasticNode("button", title);
  Object.assign(made, { type: "button", onclick });
  bar.append(made);
  return made;
}

// Dragging redraws here alone; the server is told when the slider is let go.
function elasticSlider(s, name, title) {
  const o = s.own, label = elasticNode("label", "", { display: "grid", gridTemplateColumns: "8.2rem 1fr 4.4rem", gap: "0.6rem", alignItems: "center", padding: "0.15rem 0" });
  const input = elasticNode("input", "", { width: "100%", accentColor: "var(--st-primary-color)" }), now = elasticNode("span", "", { fontWeight: 600, whiteSpace: "nowrap" });
  Object.assign(input, { type: "range" });
  input.setAttribute("aria-label", title);
  input.oninput = () => {
    const began = performance.now();
    o.sliding = true;
    o[name] = Number(input.value);
    elasticControls(s);
    elasticCompute(s);
    s.redraw();
    s.note("drag", performance.now() - began);
  };
  input.onchange = () => later(s, "commit", 250, () => { o.sliding = false; elasticSend(s); });
  const head = elasticNode("span", title, { fontWeight: 600 });
  label.append(head, input, now);
  o.sliders[name] = { label, head, input, now };
  return label;
}

function elasticControls(s) {
  const o = s.own, p = s.params;
  for (const [name, { input, now }] of Object.entries(o.sliders)) {
    Object.assign(input, { min: p.least[name], max: p.most[name], step: p.steps[name], value: o[name] });
    now.textContent = fixed(o[name], p.steps[name] < 1 ? 1 : 0) + " px";
  }
  o.sliders.alpha.head.textContent = p.size;
  o.sliders.alpha.input.setAttribute("aria-label", p.size);
  o.sliders.sigma.label.hidden = !p.noise;
  o.ways.forEach((button, k) => button.setAttribute("aria-pressed", o.mixed === Boolean(k)));
  o.meshed.setAttribute("aria-pressed", o.mesh);
  o.erase.setAttribute("aria-pressed", Boolean(o.erasing));
  o.erase.hidden = o.clear.hidden = !p.brush;
}

const ELASTIC_HEAD = ["label", "area, px", "change", "parts", "holes"];

function elasticTable(s) {
  const o = s.own, p = s.params, row = (cells, head) => {
    const made = element("tr");
    cells.forEach((cell, k) => {
      const one = elasticNode(head ? "th" : "td", "", { padding: "0.16rem 0.5rem", textAlign: k ? "right" : "left", whiteSpace: "nowrap", borderBottom: "1px solid var(--st-border-color, #8884)", fontWeight: head ? 600 : 400 });
      one.append(cell);
      made.append(one);
    });
    return made;
  };
  const rows = p.labels.map(({ label, name, color }, k) => {
    const [before, after] = o.counts[k], title = element("span"), swatch = elasticNode("span", "", { display: "inline-block", width: "0.8em", height: "0.8em", background: color, marginRight: "0.4em", border: "1px solid #0006" });
    title.append(swatch, label + ": " + name);
    return row([title, elasticChange(s, before.area, after.area, true), before.area ? elasticPercent(after.area / before.area - 1) : "–", elasticChange(s, before.parts, after.parts), elasticChange(s, before.holes, after.holes)]);
  });
  o.table.replaceChildren(row(ELASTIC_HEAD, true), ...rows);
  elasticVerdict(s);
}

const elasticPercent = (v) => (v >= 0 ? "+" : "\u2212") + fixed(Math.abs(100 * v), 1) + " %";

// Before and after; in bold where a count that should stay did not.
function elasticChange(s, before, after, free) {
  const text = (v) => v.toLocaleString("en").replace("-", "\u2212");
  const made = elasticNode("span", text(before) + " → " + text(after));
  if (!free && before !== after) Object.assign(made.style, { fontWeight: 700, borderBottom: "3px solid " + s.params.colors.between });
  return made;
}

function elasticVerdict(s) {
  const o = s.own, p = s.params, { between, invented } = o.strange, many = (n) => n.toLocaleString("en");
  const share = fixed((100 * o.folded) / Math.max(1, (o.H - 1) * (o.W - 1)), 1) + " %", cause = p.noise ? "α is too large for this σ." : "the vectors are too large for this grid.";
  const after = (invented ? many(invented) + (invented > 1 ? " px have" : " px has") : "none has") + " a label that none of the pixels around has.";
  const mask = o.counts.some(([before]) => before.area) ? [p.colors.between, many(between) + " px come out between labels by bilinear; rounded, " + after] : ["transparent", p.empty];
  const fold = [p.colors.fold, o.folded ? share + " of the result is folded over: " + cause : "Nothing is folded over: inside the picture no place is read twice."];
  o.verdict.replaceChildren(...[mask, fold].map(([color, text]) => elasticNode("div", text, { fontSize: "0.88rem", margin: "0.2rem 0", paddingLeft: "0.5rem", borderLeft: "5px solid " + color })));
}
