// The panel of star.js: the score written out, one line a part, and the chosen part's bowl.

const starNode = (name, text, style) => { const made = element(name, "", text); Object.assign(made.style, style); return made; };

function starPanel(s) {
  const o = s.own, figures = { fontVariantNumeric: "tabular-nums" };
  o.head = starNode("div", "", { ...figures, fontSize: "1.15em", fontWeight: 700 });
  o.sum = starNode("div", "", { ...figures, margin: "2px 0 6px" });
  o.table = starNode("div", "", { ...figures, display: "grid", gridTemplateColumns: "auto 1fr 1fr 1fr 1fr", columnGap: "8px", fontSize: "0.88em", textAlign: "right" });
  o.buttons = starNode("div", "", { display: "flex", gap: "6px", margin: "8px 0", flexWrap: "wrap" });
  for (const [text, places] of [["All at their best", () => o.best], ["All at rest", () => o.best.map(() => [0, 0])]]) {
    const button = starNode("button", text, {});
    button.type = "button";
    button.onclick = () => starAll(s, places());
    o.buttons.append(button);
  }
  o.tiles = starNode("div", "", { display: "grid", gridTemplateColumns: "1fr 1fr 1fr", gap: "8px" });
  o.tile = {};
  for (const [name, title] of [["look", "response"], ["bowl", "\u2212 cost, the bowl"], ["net", "= what is left"]]) {
    const box = element("div"), canvas = starNode("canvas", "", { width: "100%", aspectRatio: "1", display: "block", borderRadius: "3px" });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", title);
    if (name !== "bowl") starPick(s, canvas);
    box.append(starNode("div", title, { fontSize: "0.82em", whiteSpace: "nowrap" }), canvas);
    o.tiles.append(box);
    o.tile[name] = canvas;
  }
  o.note = starNode("div", "", { fontSize: "0.85em", opacity: 0.85, marginTop: "5px", minHeight: "2.8em" });
  s.panel.replaceChildren(o.head, o.sum, o.table, o.buttons, o.tiles, o.note);
}

// A press on a map moves the chosen part there.
function starPick(s, canvas) {
  const go = (e) => {
    const o = s.own, box = canvas.getBoundingClientRect();
    starMove(s, o.active, [Math.floor(((e.clientY - box.top) / box.height) * o.n) - o.reach, Math.floor(((e.clientX - box.left) / box.width) * o.n) - o.reach]);
  };
  canvas.style.cursor = "crosshair";
  canvas.onpointerdown = (e) => { canvas.setPointerCapture(e.pointerId); go(e); };
  canvas.onpointermove = (e) => { if (e.buttons) go(e); };
  canvas.onpointerup = () => starSend(s);
}

function starWords(s) {
  const o = s.own, now = starSums(o, o.places), best = starSums(o, o.best), lost = best.score - now.score;
  const term = (v, name, first) => (first ? (v <= -0.005 ? "\u2212" : "") : v <= -0.005 ? " \u2212\u00a0" : " +\u00a0") + starText(Math.abs(v)) + "\u00a0" + name;
  o.head.textContent = "Score " + starText(now.score) + (lost > 0.005 ? "  \u00b7  " + starText(lost) + " below the best" : "  \u00b7  the best there is");
  o.sum.textContent = "=\u00a0" + term(o.root, "root", true) + term(now.looks, "parts") + term(-now.costs, "deformation") + term(o.bias, "b");
  starTable(s);
  starTiles(s);
  const a = o.active, place = o.places[a], [dy, dx] = place, gap = starNet(o, a, o.best[a]) - starNet(o, a, place);
  const way = (v, more, less) => (v ? [Math.abs(v) + (v < 0 ? less : more)] : []), ways = [...way(dx, " right", " left"), ...way(dy, " down", " up")];
  o.note.textContent = "Part " + (a + 1) + " is " + (ways.length ? "moved " + ways.join(", ") + " from its rest (dashed; in blocks)" : "at its rest") + ". " + (gap > 0.005 ? "At the ring it would add " + starText(gap) + " more." : "No place is better.") + " Ring: its best place; cross: its rest.";
}

function starTable(s) {
  const o = s.own, rows = [["part", "appearance", "cost", "adds", "at best"].map((text) => starNode("span", text, { opacity: 0.7 }))];
  o.places.forEach((place, part) => {
    const look = starLook(o, part, place), cost = starCost(o, part, place), best = starNet(o, part, o.best[part]), lost = best - (look - cost) > 0.005;
    const name = starNode("button", String(part + 1), { background: s.params.colors[part], color: luminance(s.params.colors[part]) > 0.45 ? "#000" : "#fff", padding: "0 7px", lineHeight: "1.25", border: "0", borderRadius: "3px", outline: part === o.active ? "2px solid " + STYLED.text : "none" });
    name.type = "button";
    name.setAttribute("aria-label", "Choose part " + (part + 1));
    name.onclick = () => starChoose(s, part);
    const bold = { fontWeight: part === o.active ? 700 : 400 };
    rows.push([name, starNode("span", starText(look, 3), bold), starNode("span", starText(cost, 3), bold), starNode("span", starText(look - cost, 3), bold), starNode("span", starText(best, 3), { ...bold, opacity: lost ? 1 : 0.7 })]);
  });
  o.table.replaceChildren(...rows.flat());
  o.table.style.rowGap = "1px";
}

function starTiles(s) {
  const o = s.own, a = o.active, look = [], net = [];
  for (let dy = -o.reach; dy <= o.reach; dy++) for (let dx = -o.reach; dx <= o.reach; dx++) { look.push(starLook(o, a, [dy, dx])); net.push(starNet(o, a, [dy, dx])); }
  // One scale for both maps, so that what the bowl takes away is seen.
  const real = look.filter((v) => !Number.isNaN(v)), hi = Math.max(...real), lo = Math.min(...real);
  starMap(s, o.tile.look, look, lo, hi);
  starMap(s, o.tile.net, net, lo, hi);
  starBowl(s, o.tile.bowl);
}

function starCanvas(canvas) {
  const px = Math.max(1, Math.round((canvas.clientWidth || 100) * (window.devicePixelRatio || 1))), g = canvas.getContext("2d");
  if (canvas.width !== px) canvas.width = canvas.height = px;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.clearRect(0, 0, px, px);
  return [g, px];
}

function starMap(s, canvas, values, lo, hi) {
  const o = s.own, [g, px] = starCanvas(canvas), cell = px / o.n, colors = palette("sequential"), dot = window.devicePixelRatio || 1;
  values.forEach((v, k) => {
    const [r, b, c] = Number.isNaN(v) ? [128, 128, 128] : colors[Math.round(clamp((v - lo) / (hi - lo || 1), 0, 1) * 255)];
    g.fillStyle = "rgb(" + r + "," + b + "," + c + ")";
    g.fillRect((k % o.n) * cell, Math.floor(k / o.n) * cell, cell + 1, cell + 1);
  });
  const at = ([dy, dx]) => [(dx + o.reach + 0.5) * cell, (dy + o.reach + 0.5) * cell], [cx, cy] = at([0, 0]);
  g.strokeStyle = "#fff";
  g.lineWidth = dot;
  g.beginPath();
  g.moveTo(cx - 3 * dot, cy); g.lineTo(cx + 3 * dot, cy); g.moveTo(cx, cy - 3 * dot); g.lineTo(cx, cy + 3 * dot);
  g.stroke();
  ring(g, at(o.best[o.active]), 5 * dot, dot);
  const [x, y] = at(o.places[o.active]), half = Math.max(cell / 2, 3 * dot);
  outline(g, [x - half, y - half, x + half, y + half], s.params.colors[o.active], dot, 2.5);
}

// The cost over dx and dy as a wire bowl seen from the front and above, a ball at the place.
function starBowl(s, canvas) {
  const o = s.own, a = o.active, [g, px] = starCanvas(canvas), dot = window.devicePixelRatio || 1, r = o.reach;
  let most = 1e-9, least = 0;
  for (let dy = -r; dy <= r; dy++) for (let dx = -r; dx <= r; dx++) { const v = starCost(o, a, [dy, dx]); most = Math.max(most, v); least = Math.min(least, v); }
  const at = (dy, dx) => [px * (0.5 + (0.36 * dx) / r + (0.1 * dy) / r), px * (0.74 + (0.16 * dy) / r - (0.62 * (starCost(o, a, [dy, dx]) - least)) / (most - least))];
  g.strokeStyle = s.color.text;
  g.lineWidth = dot;
  for (let k = -r; k <= r; k += 2) {
    g.globalAlpha = 0.28 + (0.4 * (k + r)) / (2 * r);
    for (const line of [(v) => at(k, v), (v) => at(v, k)]) {
      g.beginPath();
      for (let v = -r; v <= r; v++) g.lineTo(...line(v));
      g.stroke();
    }
  }
  g.globalAlpha = 1;
  const [x, y] = at(...o.places[a]);
  for (const [style, radius] of [["#000", 6.5], ["#fff", 5.5], [s.params.colors[a], 4.5]]) { g.fillStyle = style; g.beginPath(); g.arc(x, y, radius * dot, 0, 7); g.fill(); }
}
