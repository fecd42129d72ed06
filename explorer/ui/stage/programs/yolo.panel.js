// Beside the picture: the cell's column of numbers coloured by what they mean, the chosen box written out
// from number to pixel, and its classes as bars.

const YOLO_NAMES = { 1: ["x", "y", "\u221aw", "\u221ah", "c"], 2: ["tx", "ty", "tw", "th", "to"], 3: ["tx", "ty", "tw", "th", "to"] };
const YOLO_MEANS = ["place", "place", "size", "size", "confidence"];
const yoloNumber = (v, digits = 2) => fixed(v, digits);

function yoloBuild(s) {
  const o = s.own;
  o.built = true;
  o.title = styled(element("div"), { fontWeight: 600, lineHeight: 1.3 });
  o.strip = styled(element("canvas"), { width: "100%", display: "block", margin: "4px 0 2px", cursor: "pointer" });
  o.strip.setAttribute("role", "img");
  o.strip.onclick = (e) => { const slot = yoloStripAt(s, e); if (slot !== null) yoloPick(s, slot); };
  o.rows = styled(element("table"), { borderCollapse: "collapse", width: "100%", fontSize: "0.84rem", fontVariantNumeric: "tabular-nums", lineHeight: 1.3, margin: "4px 0" });
  o.bars = styled(element("canvas"), { width: "100%", display: "block", marginTop: "2px" });
  o.bars.setAttribute("role", "img");
  o.words = styled(element("div"), { fontSize: "0.84rem", lineHeight: 1.35, marginTop: "3px" });
  s.panel.append(o.title, o.strip, o.rows, o.words, o.bars);
}

function yoloPick(s, slot) {
  const o = s.own;
  if (!s.selected) return;
  const [col, row] = s.cellAt(s.selected);
  if (!s.pointer || row * s.params.cells + col === o.cell) { s.keep("slot", [row * s.params.cells + col, slot]); o.told = null; s.change(); }
}

function yoloTell(s) {
  const o = s.own, p = s.params, S = p.cells;
  o.title.textContent = "Column " + (o.cell % S) + ", row " + Math.floor(o.cell / S) + " of the " + S + " × " + S + " map: " + o.map.shape[0] + " numbers";
  yoloStrip(s);
  yoloRows(s);
  yoloWords(s);
  yoloBars(s);
}

function yoloCanvas(canvas, wide, high) {
  const ratio = window.devicePixelRatio || 1, g = canvas.getContext("2d");
  canvas.width = Math.round(wide * ratio);
  canvas.height = Math.round(high * ratio);
  canvas.style.height = high + "px";
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, wide, high);
  g.textBaseline = "middle";
  return g;
}

// One row a box: its five numbers, and its classes; in version 1 the classes stand below, once.
function yoloStrip(s) {
  const o = s.own, p = s.params, c = p.colors, count = p.classes.length, first = p.version === 1, big = letters();
  const rows = p.each + (first ? 1 : 0), high = Math.round(17 * big), wide = o.strip.clientWidth || 420, head = Math.round(58 * big);
  const g = yoloCanvas(o.strip, wide, rows * (high + 2)), unit = (wide - head) / (first ? Math.max(count, 10) : 5 + count);
  const ink = s.color.text, chosen = o.k % p.each;
  o.high = high + 2;
  g.font = "600 " + Math.round(11 * big) + "px " + s.font;
  const cellOf = (x, y, color, share, bold) => {
    g.globalAlpha = 0.22 + 0.78 * clamp(share, 0, 1);
    g.fillStyle = color;
    g.fillRect(head + x * unit, y, Math.max(1, unit - 1), high);
    g.globalAlpha = 1;
    if (bold) { g.strokeStyle = ink; g.strokeRect(head + x * unit, y, unit - 1, high); }
  };
  for (let slot = 0; slot < p.each; slot++) {
    const one = o.read.items[o.cell * p.each + slot], y = slot * (high + 2) + 1;
    g.fillStyle = ink;
    g.globalAlpha = slot === chosen ? 1 : 0.65;
    g.fillText((slot === chosen ? "\u25b6 " : "") + "box " + (slot + 1), 0, y + high / 2);
    const most = Math.max(...one.raw.slice(0, 4).map(Math.abs), 1e-9);
    one.raw.forEach((v, i) => cellOf(i, y, c[YOLO_MEANS[i]], i === 4 ? one.sure : Math.abs(v) / most, false));
    if (!first) one.probs.forEach((v, i) => cellOf(5 + i, y, c.classes, v, false));
    if (slot === chosen) { g.globalAlpha = 1; g.strokeStyle = ink; g.lineWidth = 1.5; g.strokeRect(head - 1, y - 0.5, unit * (first ? 5 : 5 + count) + 1, high + 1); }
  }
  g.globalAlpha = 1;
  if (first) {
    const one = o.read.items[o.k], y = p.each * (high + 2) + 1;
    g.fillStyle = ink;
    g.fillText("classes", 0, y + high / 2);
    one.probs.forEach((v, i) => cellOf(i, y, c.classes, v, false));
  }
  o.strip.setAttribute("aria-label", "The numbers of this cell, box by box; box " + (chosen + 1) + " is written out below.");
}

function yoloStripAt(s, e) {
  const slot = Math.floor((e.clientY - s.own.strip.getBoundingClientRect().top) / s.own.high);
  return slot >= 0 && slot < s.params.each ? slot : null;
}

// The rule with this box's numbers: raw, squashed, pixels.
function yoloRows(s) {
  const o = s.own, p = s.params, S = p.cells, one = o.read.items[o.k], first = p.version === 1, stride = p.side / S, names = YOLO_NAMES[p.version];
  const at = [o.cell % S, Math.floor(o.cell / S)], words = ["column", "row"], shape = p.anchors?.[o.k % p.each], px = (v) => yoloNumber(v, 1);
  const lines = [];
  for (const i of [0, 1]) lines.push([i, first ? "as it is" : "σ → " + yoloNumber(one.place[i], 3), "b" + "xy"[i] + " = (" + yoloNumber(one.place[i], 3) + " + " + words[i] + " " + at[i] + ") · " + px(stride).replace(".0", "") + " = ", px([one.cx, one.cy][i]) + " px"]);
  for (const i of [0, 1]) {
    const grown = yoloNumber(one.grow[i], 3), size = [one.w, one.h][i], of = first ? p.side : px(shape[i]).replace(".0", "");
    const cut = !first && one.raw[2 + i] > YOLO_MOST_LOG ? " (at most e\u2074)" : "";
    lines.push([2 + i, (first ? "squared → " : "exp → ") + grown + cut, "b" + "wh"[i] + " = " + (first ? "" : "anchor ") + of + " · " + grown + " = ", px(size) + " px"]);
  }
  lines.push([4, first ? "cut to 0…1" : "σ", "box confidence = ", yoloNumber(one.sure, 3)]);
  o.rows.replaceChildren(...lines.map(([i, how, rule, result]) => {
    const row = element("tr"), name = element("td", "", names[i] + " = " + yoloNumber(one.raw[i], 3)), last = element("td", "", rule), bold = element("b", "", result);
    styled(name, { borderLeft: "6px solid " + p.colors[YOLO_MEANS[i]], padding: "1px 8px 1px 6px", whiteSpace: "nowrap" });
    const mid = styled(element("td", "", how), { padding: "1px 8px 1px 0", whiteSpace: "nowrap" });
    last.append(bold);
    styled(last, { textAlign: "left" });
    row.append(name, mid, last);
    return row;
  }));
}

function yoloWords(s) {
  const o = s.own, p = s.params, one = o.read.items[o.k], c = o.read.best[o.k], how = { 1: "cut to 0…1; one set for the whole cell", 2: "softmax: they add up to 1", 3: "σ, each by itself" }[p.version];
  const line = element("div"), bold = element("b", "", p.classes[c] + ": " + yoloNumber(one.sure, 3) + " × " + yoloNumber(one.probs[c], 3) + " = " + yoloNumber(one.sure * one.probs[c], 3));
  line.append("Class confidence = box confidence × class probability. ", bold);
  const key = styled(element("div"), { opacity: 0.85 });
  const swatch = (color) => styled(element("span"), { display: "inline-block", width: "11px", height: "11px", background: color, marginRight: "4px" });
  key.append(swatch(p.colors.faint), "class probability (" + how + ")   ", swatch(p.colors.classes), "class confidence");
  o.words.replaceChildren(line, key);
}

function yoloBars(s) {
  const o = s.own, p = s.params, one = o.read.items[o.k], n = p.classes.length, big = letters(), wide = o.bars.clientWidth || 420;
  const cols = wide > 330 ? 2 : 1, rows = Math.ceil(n / cols), high = Math.round(17 * big), g = yoloCanvas(o.bars, wide, rows * high), part = wide / cols;
  const name = Math.min(74 * big, 0.4 * part), number = 34 * big, room = part - name - number - 10;
  g.font = Math.round(11.5 * big) + "px " + s.font;
  for (let c = 0; c < n; c++) {
    const x = Math.floor(c / rows) * part, y = (c % rows) * high, best = c === o.read.best[o.k];
    g.fillStyle = s.color.text;
    g.font = (best ? "700 " : "") + Math.round(11.5 * big) + "px " + s.font;
    g.fillText(p.classes[c], x, y + high / 2, name - 4);
    g.fillStyle = p.colors.faint;
    g.fillRect(x + name, y + 2, Math.max(1, room * one.probs[c]), high - 4);
    g.fillStyle = p.colors.classes;
    g.fillRect(x + name, y + 2, room * one.probs[c] * one.sure, high - 4);
    g.fillStyle = s.color.text;
    g.fillText(yoloNumber(one.probs[c] * one.sure), x + name + room + 4, y + high / 2);
  }
  o.bars.setAttribute("aria-label", "Class confidences; the largest: " + yoloSaid(s));
}
