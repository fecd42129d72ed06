// A true box on its way to the cell, the map and the box that have to find it, while it is dragged.

function yoloTruthMount(s) {
  const o = s.own, p = s.params;
  yoloTruthNumbers(s);
  // Python's classes count for another picture or version, and when the first boxes were put back.
  if (!o.labels || (o.sent !== p.tag && p.labels.length === s.boxes.length)) { o.labels = [...p.labels]; o.known = s.boxes.map((b) => [...b]); }
  o.sent = p.tag;
  o.told = null;
  if (!o.built) yoloTruthBuild(s);
  else yoloKey(s);
  s.change();
  later(s, "proof", 500, () => { if (yoloTruthLate(s) && !s.dragging) s.commit(yoloTruthCommit(s)); });
}

// Whether Python has not yet heard what the page shows; the costs of a newly chosen class come after it.
function yoloTruthLate(s) {
  const said = s.d.held.program.v;
  return said?.tag !== s.params.tag || (Boolean(s.own.terms) && !said.terms);
}

// The network's numbers of all boxes, once for a picture, a version and the classes of the truths.
function yoloTruthNumbers(s) {
  const o = s.own, p = s.params, kept = p.view === "truth" ? keptArrays(s) : { numbers: new Float32Array(0) };
  o.costs = p.view === "truth" && kept ? Object.fromEntries(p.costed.map((name, k) => [name, kept["class" + k]])) : null;
  if (kept && o.numbers && p.kept && o.from === p.kept) return;
  o.from = p.kept;
  o.numbers = kept?.numbers ?? null;
  o.starts = [];
  if (!o.numbers) { o.all = null; return; }
  let from = 0;
  for (const S of p.maps) { o.starts.push(from); from += S * S * p.each; }
  if (p.view !== "truth") return;
  o.flat = new Float64Array(4 * from);
  o.empty = new Float64Array(from);
  for (let k = 0; k < from; k++) {
    const one = yoloOf(p, o, k);
    o.flat.set(one.box, 4 * k);
    o.empty[k] = yoloEmpty(p, o.numbers[5 * k + 4], one.sure);
  }
  o.emptySum = o.empty.reduce((a, b) => a + b, 0);
}

function yoloTruthBuild(s) {
  const o = s.own;
  o.built = true;
  o.ask = styled(element("label"), { display: "block", marginBottom: "4px" });
  o.pick = styled(element("select"), { font: "inherit", marginLeft: "6px", background: STYLED.background, color: STYLED.text });
  for (const name of s.params.classes) o.pick.append(element("option", "", name));
  o.pick.onchange = () => { o.labels[s.active] = o.last = o.pick.value; o.told = null; s.change(); s.commit(yoloTruthCommit(s)); };
  o.ask.append("The chosen box is a", o.pick);
  o.lines = styled(element("div"), { fontSize: "0.86rem", lineHeight: 1.35 });
  o.rows = styled(element("table"), { borderCollapse: "collapse", width: "100%", fontSize: "0.84rem", fontVariantNumeric: "tabular-nums", lineHeight: 1.35, margin: "6px 0" });
  o.bars = styled(element("canvas"), { width: "100%", display: "block" });
  o.bars.setAttribute("role", "img");
  o.key = styled(element("div"), { fontSize: "0.8rem", lineHeight: 1.4, marginTop: "4px" });
  o.loss = styled(element("div"), { fontSize: "0.86rem", lineHeight: 1.6 });
  s.panel.append(o.ask, o.lines, o.loss, o.rows, o.bars, o.key);
  yoloKey(s);
}

// What the lines on the picture are.
function yoloKey(s) {
  const p = s.params, c = p.colors, all = p.view === "truth";
  const items = [[c.truth, "your box", "solid"], all && [c.box, "the network's box that has to find it", "solid"], p.anchors && [c.anchor, all ? "its anchor" : "the anchor most like it", all ? "dashed" : "solid"], !all && [c.other, "the other anchors", "dashed"], p.ignore && [c.ignored, "ignored", "dashed"]];
  s.own.key.replaceChildren(...items.filter(Boolean).map(([color, text, line]) => {
    const item = styled(element("span", "", text), { whiteSpace: "nowrap", marginRight: "12px" });
    item.prepend(styled(element("span"), { display: "inline-block", width: "18px", borderTop: "3px " + line + " " + color, margin: "0 4px 3px 0" }));
    return item;
  }));
}

// The reader's boxes in the square's pixels, with an area.
function yoloInside(s) {
  const { unit, side } = s.params, most = side - 1e-3;
  return s.boxes.map((b) => b.map((v) => clamp(v / unit, 0, most))).map(([x1, y1, x2, y2]) => [x1, y1, Math.max(x2, x1 + 1e-3), Math.max(y2, y1 + 1e-3)]);
}

function yoloTruthMove(s) {
  const o = s.own, p = s.params;
  if (!o.numbers) return;
  followLabels(s, s.own.last ?? s.params.label);
  const now = JSON.stringify([p.tag, s.boxes, o.labels, s.active, s.dark, s.panel.clientWidth]);
  if (now === o.told) return;
  o.told = now;
  o.all = yoloOwners(p, o, yoloInside(s));
  o.ignored = p.view === "truth" ? yoloIgnored(p, o, o.all) : [];
  o.terms = p.view === "truth" ? yoloTerms(p, o) : null;
  s.d.edit.labels = o.labels.map((name, i) => i + 1 + " " + name);
  yoloTruthTell(s);
}

const yoloCellName = (one) => "cell (" + one.col + ", " + one.row + ")";

function yoloTruthTell(s) {
  const o = s.own, p = s.params, one = o.all[s.active];
  o.ask.style.display = one && p.view === "truth" ? "block" : "none";
  if (one && document.activeElement !== o.pick) o.pick.value = o.labels[s.active];
  o.lines.replaceChildren(...yoloLines(s).map(([text, color]) => styled(element("div", "", text), { borderLeft: "5px solid " + color, paddingLeft: "6px", marginBottom: "3px" })));
  o.loss.replaceChildren(...yoloLossSaid(s));
  o.rows.replaceChildren();
  if (one && p.view === "truth") yoloTargets(s, one);
  o.bars.style.display = one && p.anchors ? "block" : "none";
  if (one && p.anchors) yoloAnchorBars(s, one);
}

function yoloLines(s) {
  const o = s.own, p = s.params, c = p.colors, at = s.active, one = o.all[at];
  if (!one) return [["Drag a box on the picture, around any object: it finds its cell as you draw.", c.truth]];
  const lines = [], name = at + 1 + " " + o.labels[at];
  if (p.view === "anchors") return [[yoloAnchorLine(s, one, name), c.anchor]];
  const map = p.maps.length > 1 ? " of the " + one.S + " × " + one.S + " map" : "";
  const who = p.anchors ? "anchor " + (one.anchor + 1) + ", most like it in shape (IoU " + fixed(one.ious[one.anchor]) + ")" : "box " + (one.slot + 1) + ", the better of " + p.each + " (IoU " + one.both.map((v) => fixed(v)).join(" and ") + ")";
  lines.push([name + ": its middle lies in " + yoloCellName(one) + map + "; there " + who + " has to find it.", c.owner]);
  for (const [gt, other] of o.all.entries()) {
    if (other.owns) continue;
    const keeps = other.by + 1 + " " + o.labels[other.by], loses = gt + 1 + " " + o.labels[gt];
    lines.push([p.version === 1 ? "Two middles in one " + yoloCellName(other) + ": version 1 keeps the larger, " + keeps + "; nothing is learnt from " + loses + "." : "Two truths ask for the same box of " + yoloCellName(other) + ": " + keeps + " takes it, being last; nothing is learnt from " + loses + ".", c.lost]);
  }
  if (p.ignore) lines.push([many(o.ignored.length) + (o.ignored.length === 1 ? " box overlaps" : " boxes overlap") + " a truth by more than " + p.ignore + " without being asked to: ignored, they may say what they like.", c.ignored]);
  return lines;
}

function yoloAnchorLine(s, one, name) {
  const p = s.params, [w, h] = [one.box[2] - one.box[0], one.box[3] - one.box[1]].map((v) => fixed(v, 0));
  return name + ", " + w + " × " + h + " px of the square: anchor " + (one.anchor + 1) + " is most like it in shape, IoU " + fixed(one.ious[one.anchor]) + (p.maps.length > 1 ? ", so it belongs to the map of " + one.S + " × " + one.S + " cells." : ".");
}

// The loss by its terms, each in its colour, as it follows the drag.
function yoloLossSaid(s) {
  const { terms, all } = s.own, p = s.params;
  if (p.view !== "truth") return [];
  if (!terms) return all.length ? ["The costs of this class come when you let go."] : [];
  const sum = Object.values(terms).reduce((a, b) => a + b, 0), parts = Object.entries(terms).map(([name, value]) => styled(element("span", "", name.replace("_", " ") + " " + fixed(value)), { borderBottom: "3px solid " + p.termColors[name], whiteSpace: "nowrap" }));
  return [styled(element("b", "", "Loss " + fixed(sum)), {}), " = ", ...parts.flatMap((part, k) => (k ? [" + ", part] : [part]))];
}

function yoloTargets(s, one) {
  const o = s.own, p = s.params, first = p.version === 1, raw = o.numbers.subarray(5 * one.k, 5 * one.k + 5), has = yoloOf(p, o, one.k), iou = yoloIou(has.box, one.box);
  const names = YOLO_NAMES[p.version], labels = first ? names : ["σ(tx)", "σ(ty)", "tw", "th", "σ(to)"];
  const is = [...has.place, raw[2], raw[3], first ? raw[4] : has.sure], wanted = [...one.numbers, p.version === 3 ? 1 : iou];
  const head = element("tr"), cell = (tag, text, right = true) => styled(element(tag, "", text), { textAlign: right ? "right" : "left", padding: "1px 8px 1px 0", fontWeight: tag === "th" ? 600 : 400, whiteSpace: "nowrap" });
  for (const [i, text] of ["number", "should be", "is", "off by"].entries()) head.append(cell("th", text, i > 0));
  o.rows.append(head);
  labels.forEach((label, i) => {
    const row = element("tr"), name = styled(cell("td", label + (i === 4 && p.version !== 3 ? " (IoU)" : ""), false), { borderLeft: "6px solid " + p.colors[YOLO_MEANS[i]], paddingLeft: "6px" });
    row.append(name, cell("td", yoloNumber(wanted[i], 3)), cell("td", yoloNumber(is[i], 3)), cell("td", yoloNumber(is[i] - wanted[i], 3)));
    o.rows.append(row);
  });
}

// Each anchor's overlap in shape with the chosen truth.
function yoloAnchorBars(s, one) {
  const o = s.own, p = s.params, n = p.anchors.length, big = letters(), wide = o.bars.clientWidth || 400, high = Math.round(20 * big), g = yoloCanvas(o.bars, wide, n * high), name = 138 * big, room = wide - name - 44 * big;
  g.font = Math.round(12 * big) + "px " + s.font;
  p.anchors.forEach(([w, h], k) => {
    const y = k * high, best = k === one.anchor, S = p.maps[Math.floor(k / p.each)];
    g.fillStyle = s.color.text;
    g.font = (best ? "700 " : "") + Math.round(12 * big) + "px " + s.font;
    g.fillText(k + 1 + ": " + fixed(w, 0) + " × " + fixed(h, 0) + (p.maps.length > 1 ? "  (" + S + " × " + S + ")" : " px"), 0, y + high / 2, name - 6);
    g.fillStyle = best ? p.colors.anchor : p.colors.faint;
    g.fillRect(name, y + 3, Math.max(1, room * one.ious[k]), high - 6);
    g.fillStyle = s.color.text;
    g.fillText(fixed(one.ious[k]), name + room + 6, y + high / 2);
  });
  o.bars.setAttribute("aria-label", "Overlap in shape with each anchor; the best is anchor " + (one.anchor + 1));
}

function yoloTruthFrame(s, g) {
  const o = s.own, p = s.params, c = p.colors, one = o.all?.[s.active];
  if (!o.all) return;
  if (p.view === "anchors") return yoloShapes(s, g, one);
  const S = one?.S ?? p.maps[0];
  yoloGrid(s, g, S, 0.35);
  for (const k of o.ignored.slice(0, 150)) { g.globalAlpha = 0.8; yoloStroke(s, g, [...o.flat.subarray(4 * k, 4 * k + 4)], c.ignored, 1, [4, 4]); }
  g.globalAlpha = 1;
  o.all.forEach((t, i) => {
    const step = (p.side / t.S) * p.unit, cell = [t.col * step, t.row * step, (t.col + 1) * step, (t.row + 1) * step];
    g.fillStyle = t.owns ? c.owner : c.lost;
    g.globalAlpha = i === s.active ? 0.5 : 0.3;
    g.fillRect(cell[0], cell[1], step, step);
    g.globalAlpha = 1;
    if (i === s.active) outline(g, cell, "#ffffff", s.px, 2);
    if (t.owns) yoloStroke(s, g, yoloOf(p, o, t.k).box, c.box, i === s.active ? 3 : 1.5);
    yoloDot(s, g, (t.box[0] + t.box[2]) / 2, (t.box[1] + t.box[3]) / 2, c.truth);
  });
  if (one && p.anchors) yoloShape(s, g, one, one.anchor, c.anchor, 2.5, [7, 4]);
}

function yoloShape(s, g, one, k, color, width, dash) {
  const [w, h] = s.params.anchors[k], x = (one.box[0] + one.box[2]) / 2, y = (one.box[1] + one.box[3]) / 2;
  yoloStroke(s, g, [x - w / 2, y - h / 2, x + w / 2, y + h / 2], color, width, dash);
}

function yoloShapes(s, g, one) {
  if (!one) return;
  const { anchors, colors } = s.params;
  g.globalAlpha = 0.75;
  anchors.forEach((_, k) => { if (k !== one.anchor) yoloShape(s, g, one, k, colors.other, 1.5, [6, 4]); });
  g.globalAlpha = 1;
  yoloShape(s, g, one, one.anchor, colors.anchor, 4, []);
}

function yoloTruthCommit(s) {
  const o = s.own;
  if (!o.numbers) return { has: null };
  s.boxes = rounded(s.boxes);
  o.told = null;
  yoloTruthMove(s);
  const owned = o.all.flatMap((one, gt) => (one.owns ? [gt] : []));
  return { tag: s.params.tag, has: keptName(s), terms: o.terms, boxes: s.boxes, labels: o.labels, rows: owned.map((gt) => o.all[gt].k), owners: owned, numbers: owned.map((gt) => o.all[gt].numbers), ignored: o.ignored.length };
}
