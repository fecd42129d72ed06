// One crop of the picture, as the network gets it, and what the network says of it.
//
// Parameters: side (px of the square the crop is resized to), box (the crop that was
// classified), top (names and probabilities, best first), groups (name and probability, adding
// up to 1), colors {top, group}. Stage: mode "boxes", one box. While a reader drags, the crop is
// redrawn here; a pause or the release asks the network, and until it answers the bars are pale.

const CRP_PAUSE_MS = 130;
const crpStyle = (node, style) => { Object.assign(node.style, style); return node; };

function crpMount(s) {
  const o = s.own, p = s.params;
  if (!o.picture) crpBuild(s);
  crpBars(o.groups, p.groups, p.colors.group, s.color.second);
  crpBars(o.top, p.top, p.colors.top, s.color.second);
  s.change();
}

function crpBuild(s) {
  const o = s.own, row = crpStyle(element("div"), { display: "flex", flexWrap: "wrap", gap: "14px", alignItems: "flex-start" });
  const left = element("div"), right = crpStyle(element("div"), { flex: "1 1 190px", minWidth: "190px" });
  o.picture = crpStyle(element("canvas"), { width: "170px", height: "170px", display: "block", borderRadius: "3px", marginTop: "4px" });
  o.picture.width = o.picture.height = s.params.side;
  o.picture.setAttribute("role", "img");
  o.picture.setAttribute("aria-label", "The crop as the network gets it");
  o.size = crpStyle(element("div"), { fontSize: "0.82rem", marginTop: "4px", fontVariantNumeric: "tabular-nums" });
  left.append(crpStyle(element("div", "", "What the network gets"), { fontWeight: 600 }), o.picture, o.size);
  o.groups = element("div");
  o.top = element("div");
  right.append(crpStyle(element("div", "", "Dog? Cat? Neither?"), { fontWeight: 600 }), o.groups, crpStyle(element("div", "", "Its first classes of 1,000"), { fontWeight: 600, marginTop: "10px" }), o.top);
  o.answer = right;
  row.append(left, right);
  s.panel.append(row);
}

function crpBars(place, rows, color, ground) {
  place.replaceChildren(...rows.map(([name, prob]) => {
    const line = crpStyle(element("div"), { display: "grid", gridTemplateColumns: "minmax(0, 7em) 1fr 3.2em", gap: "8px", alignItems: "center", padding: "2px 0", fontSize: "0.9rem" });
    const label = crpStyle(element("span", "", name), { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }), bar = crpStyle(element("span"), { height: "0.75em", background: ground, borderRadius: "2px", overflow: "hidden" });
    label.title = name;
    bar.append(crpStyle(element("span"), { display: "block", height: "100%", background: color, width: clamp(100 * prob, 0, 100) + "%" }));
    line.append(label, bar, crpStyle(element("span", "", crpPercent(prob)), { textAlign: "right", fontVariantNumeric: "tabular-nums" }));
    return line;
  }));
}

const crpPercent = (v) => fixed(100 * v, v >= 0.0995 ? 0 : 1) + " %";
// As the server does it: the box comes there rounded to hundredths, and only then to pixels.
const crpWhole = (b) => rounded([b])[0].map((v) => Math.round(v));

function crpMove(s) {
  const o = s.own, b = s.boxes[0];
  if (!o.picture || !b) return;
  const [x1, y1, x2, y2] = crpWhole(b), side = s.params.side, g = o.picture.getContext("2d");
  g.imageSmoothingQuality = "high";
  if (s.base.naturalWidth && x2 > x1 && y2 > y1) {
    const kx = s.base.naturalWidth / s.w, ky = s.base.naturalHeight / s.h;
    g.drawImage(s.base, x1 * kx, y1 * ky, (x2 - x1) * kx, (y2 - y1) * ky, 0, 0, side, side);
  }
  const asked = String(crpWhole(b)) === String(s.params.box);
  o.size.textContent = (x2 - x1) + " × " + (y2 - y1) + " px → " + side + " × " + side;
  o.answer.style.opacity = asked ? "1" : "0.4";
  if (s.dragging && !asked) later(s, "look", CRP_PAUSE_MS, () => { if (s.dragging) sendBoxes(s); });
}

PROGRAMS.crop = { mount: crpMount, move: crpMove, frame(s) { if (!s.own.drawn && s.base.naturalWidth) { s.own.drawn = true; s.change(); } } };
