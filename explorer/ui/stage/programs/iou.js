// Two boxes: what they share, what they cover together, and NMS's verdict, while dragging.
//
// Parameters: threshold, scores [a, b], classes [a, b] (names), together (whether NMS lets
// different classes meet), colors {first, second, overlap, kept, gone}. Stage: mode "boxes",
// two boxes. Nothing is committed beside the boxes themselves.

const IOU_ROWS = [["first", "Area A"], ["second", "Area B"], ["overlap", "Intersection A ∩ B"], ["union", "Union A ∪ B"], ["iou", "IoU = intersection ÷ union"]];

function iouOf(a, b) {
  const size = (q) => [Math.max(0, q[2] - q[0]), Math.max(0, q[3] - q[1])];
  const meet = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  const [sa, sb, si] = [size(a), size(b), size(meet)];
  const [areaA, areaB, inter] = [sa, sb, si].map(([w, h]) => w * h);
  const union = areaA + areaB - inter;
  return { sa, sb, si, areaA, areaB, inter, union, iou: union > 0 ? inter / union : 0, meet };
}

// Who goes: the box with the lower score (B on a tie), when the IoU is strictly above the threshold.
function iouVerdict(p, iou) {
  const weak = p.scores[1] <= p.scores[0] ? 1 : 0, apart = p.classes[0] !== p.classes[1] && !p.together;
  return { weak, apart, gone: !apart && iou > p.threshold };
}

const iouNumber = (v) => (v >= 10000 ? Math.round(v).toLocaleString("en") : String(Math.round(v)));
const iouSide = (v) => String(Math.round(v * 10) / 10);
const iouProduct = ([w, h], area) => iouSide(w) + " × " + iouSide(h) + " = " + iouNumber(area) + " px²";

function iouStyle(node, style) {
  Object.assign(node.style, style);
  return node;
}

function iouPanel(s) {
  const o = s.own, c = s.params.colors;
  o.rows = {};
  const list = iouStyle(element("div"), { display: "grid", gridTemplateColumns: "auto 1fr", gap: "2px 10px", fontVariantNumeric: "tabular-nums" });
  for (const [name, title] of IOU_ROWS) {
    const key = iouStyle(element("div", "", title), { borderLeft: "5px solid " + (c[name] ?? "transparent"), paddingLeft: "7px", marginTop: "6px", gridColumn: "1 / 3", fontWeight: 600 });
    o.rows[name] = iouStyle(element("div"), { gridColumn: "1 / 3", paddingLeft: "12px" });
    list.append(key, o.rows[name]);
  }
  iouStyle(o.rows.iou, { fontSize: "1.25em", fontWeight: 700 });
  o.bar = iouBar(s);
  o.verdict = iouStyle(element("div"), { marginTop: "12px", padding: "8px 10px", borderRadius: "6px", borderLeft: "5px solid", background: "var(--st-secondary-background-color)" });
  o.soft = iouStyle(element("div"), { marginTop: "8px", opacity: 0.8, fontSize: "0.92em" });
  s.panel.replaceChildren(list, o.bar.root, o.verdict, o.soft);
}

// The IoU as a bar from 0 to 1, with the threshold as a mark.
function iouBar(s) {
  const root = iouStyle(element("div"), { position: "relative", height: "30px", margin: "8px 4px 0 4px" });
  const track = iouStyle(element("div"), { position: "absolute", left: 0, right: 0, top: "2px", height: "10px", borderRadius: "5px", background: "var(--st-border-color, #8886)" });
  const fill = iouStyle(element("div"), { position: "absolute", left: 0, top: "2px", height: "10px", borderRadius: "5px" });
  const mark = iouStyle(element("div"), { position: "absolute", top: "-2px", width: "3px", height: "18px", marginLeft: "-1.5px", background: "var(--st-text-color)" });
  const text = iouStyle(element("div"), { position: "absolute", top: "16px", fontSize: "0.78em", whiteSpace: "nowrap", transform: "translateX(-50%)" });
  root.append(track, fill, mark, text);
  return { root, fill, mark, text };
}

function iouHatch(s, g, [x1, y1, x2, y2], color) {
  const step = 9 * s.px, high = y2 - y1;
  g.save();
  g.beginPath();
  g.rect(x1, y1, x2 - x1, high);
  g.clip();
  g.fillStyle = color;
  g.globalAlpha = 0.3;
  g.fillRect(x1, y1, x2 - x1, high);
  g.globalAlpha = 1;
  for (const [style, width] of [["rgba(255,255,255,.9)", 3.5], [color, 2]]) {
    g.strokeStyle = style;
    g.lineWidth = width * s.px;
    g.beginPath();
    for (let x = x1 - high - ((x1 - high) % step); x < x2; x += step) { g.moveTo(x, y2); g.lineTo(x + high, y1); }
    g.stroke();
  }
  g.restore();
}

function iouWash(s, g, [x1, y1, x2, y2], color, alpha) {
  g.globalAlpha = alpha;
  g.fillStyle = color;
  g.fillRect(x1, y1, x2 - x1, y2 - y1);
  g.globalAlpha = 1;
}

// With fewer than two boxes there is nothing to compare, and no number of before may stay.
function iouEmpty(s) {
  const o = s.own;
  o.now = null;
  for (const row of Object.values(o.rows)) row.textContent = "–";
  o.bar.fill.style.width = "0";
  o.bar.text.textContent = o.soft.textContent = "";
  o.verdict.style.borderColor = "transparent";
  o.verdict.textContent = "This needs two boxes on the picture.";
}

PROGRAMS.iou = {
  mount(s) {
    iouPanel(s);
    s.change();
  },

  move(s) {
    const [a, b] = s.boxes, o = s.own, p = s.params;
    if (!a || !b) return iouEmpty(s);
    const m = (o.now = iouOf(a, b)), v = (o.said = iouVerdict(p, m.iou)), names = ["A", "B"], c = p.colors;
    o.rows.first.textContent = iouProduct(m.sa, m.areaA);
    o.rows.second.textContent = iouProduct(m.sb, m.areaB);
    o.rows.overlap.textContent = m.inter > 0 ? iouProduct(m.si, m.inter) : "0 px²: the boxes do not overlap";
    o.rows.union.textContent = iouNumber(m.areaA) + " + " + iouNumber(m.areaB) + " − " + iouNumber(m.inter) + " = " + iouNumber(m.union) + " px²";
    o.rows.iou.textContent = iouNumber(m.inter) + " ÷ " + iouNumber(m.union) + " = " + fixed(m.iou, 3);
    const weak = names[v.weak], strong = names[1 - v.weak], mark = fixed(p.threshold);
    iouStyle(o.bar.fill, { width: 100 * m.iou + "%", background: v.gone ? c.gone : c.overlap });
    iouStyle(o.bar.mark, { left: 100 * p.threshold + "%" });
    iouStyle(o.bar.text, { left: clamp(100 * p.threshold, 12, 88) + "%" });
    o.bar.text.textContent = "threshold " + mark;
    const score = (i) => fixed(p.scores[i]);
    o.verdict.style.borderColor = v.gone ? c.gone : c.kept;
    if (v.apart) o.verdict.textContent = "Both stay: A is a " + p.classes[0] + ", B a " + p.classes[1] + ", and class by class they are never compared.";
    else if (v.gone) o.verdict.textContent = weak + " goes: " + strong + " has the better score (" + score(1 - v.weak) + " against " + score(v.weak) + ") and the IoU " + fixed(m.iou, 3) + " is above " + mark + ".";
    else o.verdict.textContent = "Both stay: the IoU " + fixed(m.iou, 3) + " is not above the threshold " + mark + ".";
    const low = p.scores[v.weak], soft = !v.apart && m.iou >= p.threshold && m.iou > 0;
    o.soft.textContent = soft ? "Soft-NMS (linear) would keep " + weak + " with a lower score: " + fixed(low) + " × (1 − " + fixed(m.iou, 3) + ") = " + fixed(low * (1 - m.iou), 3) + "." : "Soft-NMS (linear) would change nothing here.";
  },

  frame(s, g) {
    const m = s.own.now, c = s.params.colors;
    if (!m) return;
    const [a, b] = s.boxes, weak = s.boxes[s.own.said.weak];
    iouWash(s, g, a, c.first, 0.25);
    iouWash(s, g, b, c.second, 0.25);
    if (s.own.said.gone) iouWash(s, g, weak, c.gone, 0.45);
    if (m.inter > 0) iouHatch(s, g, m.meet, c.overlap);
    const [x1, y1, x2, y2] = weak;
    if (s.own.said.gone) tag(s, g, "✕ suppressed", x1, y2 + (TAG_PX * letters() + 2) * s.px, c.gone);
    if (m.inter > 0) tag(s, g, "IoU " + fixed(m.iou, 3), m.meet[0] + 4 * s.px, Math.min(m.meet[3] - 4 * s.px, m.meet[1] + (TAG_PX * letters() + 5) * s.px), c.overlap);
  },
};
