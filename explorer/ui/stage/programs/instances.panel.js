// The panel of instances.js: the chosen instance, its mask in cells, every class's mask beside it.

const INS_BIG = 168, INS_SMALL = 42;
const INS_FIGURES = { fontVariantNumeric: "tabular-nums" };
const insNode = (name, text, style) => styled(element(name, "", text), style);

function insButton(text, label, action) {
  const made = insNode("button", text, { padding: "0 0.5rem" });
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.onclick = action;
  return made;
}

// Which instance, and where its mask is cut: the same above both panels.
function insHead(s) {
  const o = s.own, row = insNode("div", "", { display: "flex", gap: "6px", alignItems: "center", flexWrap: "wrap", ...INS_FIGURES });
  const step = (by) => () => insSet(s, { picked: (o.picked + by + s.params.boxes.length) % s.params.boxes.length });
  o.chip = insNode("span", "", { width: "0.9rem", height: "0.9rem", borderRadius: "3px", flex: "0 0 auto" });
  o.title = insNode("span", "", { fontWeight: 600, whiteSpace: "nowrap" });
  row.append(insButton("\u2039", "Previous instance", step(-1)), insButton("\u203a", "Next instance", step(1)), o.chip, o.title);
  const cut = insNode("label", "", { display: "flex", gap: "6px", alignItems: "center", whiteSpace: "nowrap", marginLeft: "auto" });
  o.range = insNode("input", "", { width: "8rem", accentColor: "var(--st-primary-color)" });
  Object.assign(o.range, { type: "range", min: 0.05, max: 0.95, step: 0.01 });
  o.range.setAttribute("aria-label", "Mask threshold");
  o.range.oninput = () => insSet(s, { cut: Number(o.range.value) }, 0);
  o.range.onchange = () => insSet(s, { cut: Number(o.range.value) }, 10);
  o.cutText = insNode("span", "", { fontWeight: 600, minWidth: "2.3rem" });
  cut.append(insNode("span", "Cut at", {}), o.range, o.cutText);
  row.append(cut);
  return row;
}

function insHeadTell(s) {
  const o = s.own, p = s.params;
  o.chip.style.background = insColor(s, o.picked);
  o.title.textContent = o.picked + 1 + " of " + p.boxes.length + ": " + insName(s, o.picked);
  if (Number(o.range.value) !== o.cut) o.range.value = o.cut;
  o.cutText.textContent = fixed(o.cut);
}

// A canvas of 28 x 28 cells whose pointer is the stage's; with `paint`, a press paints.
function insCells(s, label, wide) {
  const o = s.own, made = insNode("canvas", "", { width: wide + "px", height: wide + "px", borderRadius: "3px", imageRendering: "pixelated", display: "block", touchAction: "none", cursor: "crosshair", flex: "0 0 auto" });
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", label);
  const at = (e) => { const r = made.getBoundingClientRect(), v = (a, b, d) => clamp(Math.floor(((a - b) / d) * INS_SIDE), 0, INS_SIDE - 1); return [v(e.clientY, r.top, r.height), v(e.clientX, r.left, r.width)]; };
  made.onpointermove = (e) => {
    o.inPanel = true;
    o.cell = at(e);
    if (made.painting !== undefined && e.buttons) insPaint(s, o.cell, made.painting);
    s.change();
  };
  made.onpointerleave = () => { o.inPanel = false; o.cell = null; s.change(); };
  return made;
}

// Cells at four device pixels each, so that the pointer's frame is thin.
function insShowCells(canvas, heat, cell) {
  const k = 8, g = canvas.getContext("2d");
  if (canvas.width !== INS_SIDE * k) canvas.width = canvas.height = INS_SIDE * k;
  g.imageSmoothingEnabled = false;
  g.drawImage(heat, 0, 0, canvas.width, canvas.height);
  if (!cell) return;
  for (const [color, pad] of [["#000000", 0], ["#ffffff", 2]]) { g.strokeStyle = color; g.lineWidth = 2; g.strokeRect(cell[1] * k - 3 + pad, cell[0] * k - 3 + pad, k + 6 - 2 * pad, k + 6 - 2 * pad); }
}

function insPanel(s) {
  const o = s.own, row = insNode("div", "", { display: "flex", gap: "10px", marginTop: "6px" }), left = insNode("div", "", { width: INS_BIG + "px", flex: "0 0 auto" });
  o.big = insCells(s, "The mask's 28 by 28 probabilities", INS_BIG);
  o.big.onpointerdown = (e) => {
    if (!o.target) return;
    const cell = o.cell ?? [0, 0];
    o.big.painting = o.target[cell[0] * INS_SIDE + cell[1]] ? 0 : 1;
    try { o.big.setPointerCapture(e.pointerId); } catch { /* a made-up event has no pointer */ }
    insPaint(s, cell, o.big.painting);
    e.preventDefault();
  };
  o.big.tabIndex = 0;
  o.big.onkeydown = (e) => {
    const by = ARROWS[e.key], [i, j] = o.cell ?? [INS_SIDE / 2, INS_SIDE / 2];
    if (by) { o.inPanel = true; o.cell = [clamp(i + by[1], 0, INS_SIDE - 1), clamp(j + by[0], 0, INS_SIDE - 1)]; s.change(); }
    else if (e.key === " " && o.target) { insPaint(s, [i, j], o.target[i * INS_SIDE + j] ? 0 : 1); insSet(s, {}); }
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  o.big.onblur = () => { o.inPanel = false; o.cell = null; s.change(); };
  o.big.onpointerup = () => { if (o.big.painting !== undefined) insSet(s, {}); o.big.painting = undefined; };
  o.facts = insNode("div", "", { marginTop: "6px", minHeight: "4.3em", ...INS_FIGURES });
  o.loss = insNode("div", "", { marginTop: "6px", ...INS_FIGURES });
  left.append(o.big, styled(heatKey("0", "1: probability"), { marginTop: "4px" }), o.loss);
  o.every = insNode("div", "", { display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(54px, 1fr))", gap: "2px 4px", flex: "1 1 0", minWidth: 0, alignContent: "start" });
  row.append(left, o.every);
  o.sum = insNode("div", "", { fontSize: "0.86rem", marginTop: "6px", minHeight: "2.6em", ...INS_FIGURES });
  s.panel.replaceChildren(insHead(s), o.facts, row, o.sum);
  o.smalls = s.params.classes.map((name, c) => {
    const made = insNode("button", "", { padding: "2px", display: "flex", flexDirection: "column", alignItems: "center", gap: "1px", border: "2px solid transparent", borderRadius: "5px", minWidth: 0 });
    made.type = "button";
    made.canvas = insNode("canvas", "", { width: INS_SMALL + "px", height: INS_SMALL + "px", imageRendering: "pixelated", borderRadius: "2px" });
    made.word = insNode("span", name, { fontSize: "0.72rem", lineHeight: "1.1" });
    made.setAttribute("aria-label", "Show the mask of " + name);
    made.onclick = () => insSet(s, { shown: c === s.params.rows[o.picked] ? -1 : c });
    made.append(made.canvas, made.word);
    o.every.append(made);
    return made;
  });
}

function insTell(s) {
  const o = s.own, p = s.params, now = [o.tag, o.picked, o.cut, insShown(s), o.cell, insFrame(s), s.dark, Boolean(o.target), o.painted].join(" ");
  if (o.told === now) return;
  o.told = now;
  insHeadTell(s);
  const one = insWay(s), c = insShown(s), name = [o.tag, o.picked, c].join(" ");
  if (o.bigName !== name) { o.bigName = name; o.bigHeat = insHeat(one.probs, INS_SIDE, INS_SIDE, o.bigHeat); }
  insShowCells(o.big, o.bigHeat, o.cell);
  if (o.target) insTargetShow(o.big, o.target);
  const smalls = o.tag + " " + o.picked;
  if (o.smallsName !== smalls) {
    o.smallsName = smalls;
    o.classProbs = p.classes.map((_, k) => insOfClass(s, o.picked, k));
    o.smalls.forEach((made, k) => insHeat(o.classProbs[k], INS_SIDE, INS_SIDE, made.canvas));
  }
  o.smalls.forEach((made, k) => {
    made.style.borderColor = k === c ? STYLED.primary : "transparent";
    made.word.style.fontWeight = k === p.rows[o.picked] ? 700 : 400;
    made.setAttribute("aria-pressed", k === c);
    Object.assign(made.style, { background: "transparent", color: STYLED.text });
  });
  o.facts.replaceChildren(...insFacts(s, one, c));
  o.loss.replaceChildren(...insLossLine(s, c));
  o.sum.replaceChildren(...insSum(s));
}

const insLine = (text, bold = false) => insNode("div", text, { marginBottom: "4px", fontWeight: bold ? 600 : 400 });

function insFacts(s, one, c) {
  const o = s.own, p = s.params, box = p.boxes[o.picked], own = c === p.rows[o.picked], [w, h] = [box[2] - box[0], box[3] - box[1]];
  const made = [insLine("Mask of \u201c" + p.classes[c] + "\u201d" + (own ? ": the box head chose this class." : ": not taken, the box head chose \u201c" + p.labels[o.picked] + "\u201d."), true)];
  const steps = [
    INS_SIDE + " × " + INS_SIDE + " probabilities lie over the box of " + fixed(w, 0) + " × " + fixed(h, 0) + " px: one cell is " + fixed(w / INS_SIDE, 1) + " × " + fixed(h / INS_SIDE, 1) + " px.",
    "A border of one cell of 0 makes " + (INS_SIDE + 2) + " × " + (INS_SIDE + 2) + "; the box grows by as much, so that the mask can fade out.",
    "To " + one.resized.shape[1] + " × " + one.resized.shape[0] + " px: each is a mean of four cells, weighted by nearness (bilinear).",
    "p \u2265 " + fixed(o.cut) + " leaves " + many(insOver(one, o.cut)) + " of " + many(one.resized.length) + " px.",
    "Each instance is cut by itself; this mask has " + many(insOver(one, o.cut)) + " px.",
  ];
  made.push(insLine(INS_STEPS[insFrame(s)] + ". " + steps[insFrame(s)]));
  return made;
}

const insOver = (one, cut) => one.resized.reduce((sum, v) => sum + (v >= cut), 0);

function insSum(s) {
  const o = s.own, p = s.params;
  if (!o.cell) return [insNode("span", "The same box, a mask for every class: click one to lay it into the picture. Point at a cell to compare them.", { opacity: 0.8 })];
  const at = o.cell[0] * INS_SIDE + o.cell[1], own = p.rows[o.picked], probs = o.classProbs.map((one) => one[at]), sum = probs.reduce((a, b) => a + b, 0), order = probs.map((_, k) => k).sort((a, b) => probs[b] - probs[a]).slice(0, 3);
  const x = o.logits[o.picked * INS_CELLS + at];
  return [
    insNode("div", "Cell row " + o.cell[0] + ", column " + o.cell[1] + ": " + p.classes[own] + " \u03c3(" + fixed(x) + ") = " + fixed(insSigmoid(x), 3) + ". Highest: " + order.map((k) => p.classes[k] + " " + fixed(probs[k])).join(", ") + ".", {}),
    insNode("div", "The " + probs.length + " probabilities here add up to " + fixed(sum) + ", not to 1: a sigmoid each, so classes do not compete for a pixel.", {}),
  ];
}

// ---- the loss of a mask that a reader paints ----------------------------------------

function insLossLine(s, c) {
  const o = s.own, p = s.params;
  if (c !== p.rows[o.picked]) return [];
  const made = insNode("button", o.target ? "Stop painting" : "Paint the true mask", { marginRight: "6px" });
  made.type = "button";
  made.onclick = () => { o.target = o.target ? null : Uint8Array.from(o.ways[o.picked].probs, (v) => v >= o.cut); o.told = null; s.change(); };
  if (!o.target) return [made];
  return [made, insNode("span", "L = " + fixed(insLoss(insLogits(s), o.target), 4), { fontWeight: 600 }), insNode("div", "Paint on the cells (keys: arrows, Space): mean of \u2212log p inside, \u2212log(1 \u2212 p) outside. Of this class alone.", { fontSize: "0.82rem" })];
}

function insPaint(s, [i, j], value) {
  const o = s.own;
  if (!o.target) return;
  for (const [y, x] of [[i, j], [i + 1, j], [i, j + 1], [i + 1, j + 1]]) if (y < INS_SIDE && x < INS_SIDE) o.target[y * INS_SIDE + x] = value;
  o.painted = (o.painted ?? 0) + 1;
  s.change();
}

// The painted silhouette's border over the cells.
function insTargetShow(canvas, target) {
  const k = canvas.width / INS_SIDE, g = canvas.getContext("2d"), on = (i, j) => i >= 0 && j >= 0 && i < INS_SIDE && j < INS_SIDE && target[i * INS_SIDE + j];
  for (const [style, wide] of [["#000000", 4], ["#F0E442", 2]]) {
    g.strokeStyle = style;
    g.lineWidth = wide;
    g.beginPath();
    for (let i = 0; i <= INS_SIDE; i++) for (let j = 0; j <= INS_SIDE; j++) {
      if (on(i, j) !== on(i - 1, j) && Boolean(on(i, j)) !== Boolean(on(i - 1, j))) { g.moveTo(j * k, i * k); g.lineTo((j + 1) * k, i * k); }
      if (Boolean(on(i, j)) !== Boolean(on(i, j - 1))) { g.moveTo(j * k, i * k); g.lineTo(j * k, (i + 1) * k); }
    }
    g.stroke();
  }
}
