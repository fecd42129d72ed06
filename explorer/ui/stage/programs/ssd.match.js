// Part "match": which default boxes learn the boxes a reader draws, and which negatives are the hardest.

SSD_PARTS.match = {
  hint: "Drag a box, or draw one. Arrows move, Shift resizes, N new.",

  mount(s) {
    const o = s.own, p = s.params;
    o.all ??= ssdAll(p);
    if (o.world !== p.world) { o.labels = [...p.labels]; o.known = s.boxes.map((b) => [...b]); o.key = ""; o.last = p.label; }
    const kept = keptArrays(s);
    o.costs = kept && Object.fromEntries(p.costed.map((name, k) => [name, kept["class" + k]]));
    if (kept) Object.assign(o, { background: kept.background, order: kept.order, deltas: new Int16Array(kept.deltas.buffer) });
    o.key = "";
  },

  build(s) {
    const o = s.own, p = s.params, table = ssdTable(["map", "boxes", "positive", "hard negative"]);
    o.total = styled(element("div"), { fontWeight: 600, fontSize: "1rem", marginBottom: "2px" });
    o.lines = p.maps.map((m, level) => {
      const line = ssdCells([element("span"), many(o.starts[level + 1] - o.starts[level]), "", ""]);
      line.firstChild.replaceChildren(ssdSwatch(m.color), ssdSize(m));
      table.append(line);
      return line;
    });
    o.list = styled(element("div"), { fontSize: "0.87rem", marginTop: "6px", fontVariantNumeric: "tabular-nums" });
    o.cost = styled(element("div"), { fontSize: "0.9rem", lineHeight: 1.4, marginTop: "6px", minHeight: "2.8em" });
    o.ask = styled(element("label"), { fontSize: "0.87rem", display: "block", marginTop: "4px" });
    o.which = styled(element("select"), { font: "inherit", marginLeft: "6px", background: STYLED.background, color: STYLED.text });
    for (const name of p.classes) o.which.append(element("option", "", name));
    o.which.onchange = () => { o.labels[s.active] = o.last = o.which.value; s.change(); s.commit(this.commit(s)); };
    o.ask.append("The chosen box is a", o.which);
    s.panel.append(o.total, table, o.list, o.ask, o.cost);
  },

  move(s) {
    const o = s.own, p = s.params;
    followLabels(s, s.own.last);
    const key = JSON.stringify([s.boxes, o.labels, s.w]);
    if (key !== o.key) {
      const truths = ssdTruths(s);
      o.key = key;
      o.match = ssdMatch(o.all, truths, p.threshold);
      o.loss = ssdLoss(o, p, truths);
    }
    o.near = s.pointer && !s.dragging ? ssdNearest(s) : null;
    s.d.edit.labels = o.labels;
    ssdMatchPanel(s);
  },

  frame(s, g) {
    const o = s.own, p = s.params;
    if (p.draw.hard && o.loss) ssdHard(s, g);
    if (p.draw.positives) for (const row of o.match.rows) ssdPositive(s, g, row);
    if (o.near !== null) {
      const place = ssdPlace(o, p, o.near), hard = o.match.gt[o.near] < 0;
      ssdStroke(s, g, ssdShown(s, ssdBox(p, place)), hard ? p.colors.negative : p.colors.positive, 4);
    }
  },

  read(s) {
    const o = s.own, p = s.params;
    if (s.dragging || o.near === null || o.near === undefined) return undefined;
    const place = ssdPlace(o, p, o.near), m = p.maps[place.level], what = "Map " + ssdSize(m) + ", " + m.names[place.shape] + ", " + ssdSides(p, m, place.shape) + ": ";
    if (o.match.gt[o.near] >= 0) return what + "IoU " + fixed(ssdIouOf(s, o.near)) + " with the " + o.labels[o.match.gt[o.near]] + (o.match.forced.has(o.near) ? ", below the threshold, but that truth's best box." : ", so it learns it.");
    const cost = o.background[o.near];
    return what + "a hard negative. p(background) = " + fixed(Math.exp(-cost), 3) + ", so it costs " + fixed(cost) + ".";
  },

  // The costs of a class that was chosen just now come after it.
  late(s, said) { return Boolean(s.own.loss) && !said.loss; },

  commit(s) {
    const o = s.own;
    s.boxes = rounded(s.boxes);
    this.move(s);
    const { match, loss } = o;
    return { tag: s.params.tag, has: keptName(s), boxes: s.boxes, labels: [...o.labels], rows: match.rows, gt: match.rows.map((row) => match.gt[row]), best: match.best.map(({ iou }) => iou), hard: loss?.hard, loss: loss && [loss.classes, loss.boxes] };
  },
};

// Truths in pixels of the square, cut at its border, in single precision as the network gets them.
const ssdTruths = (s) => s.boxes.map((b) => b.map((v) => Math.fround(clamp(v / s.own.scale, 0, s.params.size - 1e-3))));

const ssdIouOf = (s, row) => { const t = ssdTruths(s)[s.own.match.gt[row]]; return ssdIou(s.own.all, 4 * row, t, (t[2] - t[0]) * (t[3] - t[1])); };

// The drawn default box whose middle is nearest to the pointer, among those in sight.
function ssdNearest(s) {
  const o = s.own, p = s.params, [x, y] = s.pointer.map((v) => v / o.scale), reach = (14 * s.px) / o.scale;
  let best = null, least = reach;
  const look = (row) => {
    const far = Math.hypot((o.all[4 * row] + o.all[4 * row + 2]) / 2 - x, (o.all[4 * row + 1] + o.all[4 * row + 3]) / 2 - y);
    if (far < least) { least = far; best = row; }
  };
  if (p.draw.positives) o.match.rows.forEach(look);
  if (p.draw.hard && o.loss) o.loss.hard.forEach(look);
  return best;
}

function ssdDot(s, g, row, color, radius) {
  const o = s.own, x = ((o.all[4 * row] + o.all[4 * row + 2]) / 2) * o.scale, y = ((o.all[4 * row + 1] + o.all[4 * row + 3]) / 2) * o.scale;
  g.beginPath();
  g.arc(x, y, radius * s.px, 0, 7);
  g.fillStyle = color;
  g.fill();
  g.strokeStyle = "rgba(0,0,0,.7)";
  g.lineWidth = s.px;
  g.stroke();
}

function ssdPositive(s, g, row) {
  const o = s.own, p = s.params, forced = o.match.forced.has(row), box = ssdShown(s, [...o.all.subarray(4 * row, 4 * row + 4)]);
  g.globalAlpha = 0.85;
  g.setLineDash(forced ? [6 * s.px, 4 * s.px] : []);
  g.strokeStyle = p.colors.positive;
  g.lineWidth = (forced ? 2.5 : 1.3) * s.px;
  g.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
  g.setLineDash([]);
  g.globalAlpha = 1;
  ssdDot(s, g, row, p.colors.positive, 3);
}

// The worse a negative, the larger its dot and the fuller its box.
function ssdHard(s, g) {
  const o = s.own, p = s.params, most = Math.max(1e-6, o.background[o.loss.hard[0]]);
  o.loss.hard.forEach((row) => {
    const share = o.background[row] / most, box = ssdShown(s, [...o.all.subarray(4 * row, 4 * row + 4)]);
    g.globalAlpha = 0.12 + 0.4 * share;
    g.strokeStyle = p.colors.negative;
    g.lineWidth = 1.2 * s.px;
    g.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
    g.globalAlpha = 1;
    ssdDot(s, g, row, p.colors.negative, 2 + 4 * share);
  });
}

function ssdMatchPanel(s) {
  const o = s.own, p = s.params, n = o.all.length / 4, positives = o.match.rows.length, counts = p.maps.map(() => [0, 0]);
  for (const row of o.match.rows) counts[ssdPlace(o, p, row).level][0]++;
  if (o.loss) for (const row of o.loss.hard) counts[ssdPlace(o, p, row).level][1]++;
  o.total.textContent = s.boxes.length ? positives + (positives === 1 ? " positive, " : " positives, ") + many(n - positives) + " negatives: 1 to " + many((n - positives) / Math.max(1, positives)) : "No true box: all " + many(n) + " are negatives. Draw one on the picture.";
  counts.forEach(([positive, hard], k) => {
    o.lines[k].children[2].textContent = positive;
    o.lines[k].children[3].textContent = o.loss ? hard : "…";
    o.lines[k].style.fontWeight = positive ? 600 : 400;
  });
  const each = s.boxes.map((_, k) => o.match.rows.filter((row) => o.match.gt[row] === k).length), shown = s.boxes.slice(0, 4).map((_, k) => {
    const { iou, row } = o.match.best[k], m = row < 0 ? null : p.maps[ssdPlace(o, p, row).level];
    const text = o.labels[k] + ": " + each[k] + (each[k] === 1 ? " box learns it" : " boxes learn it") + (m ? "; best IoU " + fixed(iou) + ", map " + ssdSize(m) + (iou < p.threshold ? " (below " + fixed(p.threshold) + ", taken all the same)" : "") : "");
    return styled(element("div", "", text), { borderLeft: "5px solid " + p.colors.truth, paddingLeft: "7px", margin: "2px 0" });
  });
  o.list.replaceChildren(...shown, ...(s.boxes.length > 4 ? [element("div", "", "and " + (s.boxes.length - 4) + " more")] : []));
  o.ask.style.display = s.boxes[s.active] ? "block" : "none";
  if (document.activeElement !== o.which) o.which.value = o.labels[s.active] ?? o.last;
  o.cost.textContent = ssdLossSaid(s, n, positives);
}

function ssdLossSaid(s, n, positives) {
  const { loss } = s.own, hard = loss?.hard.length;
  if (!loss) return s.boxes.length ? "The costs of this class come when you let go." : "";
  return "Loss " + fixed(loss.classes + loss.boxes) + " = classes " + fixed(loss.classes) + " + boxes " + fixed(loss.boxes) + ". " + positives + (positives === 1 ? " positive" : " positives") + " and the " + hard + " negatives most wrong about background (" + s.params.ratio + " to 1); the other " + many(n - positives - hard) + " learn nothing.";
}
