// The race of the detectors: one row each with its time taken apart; the row under the pointer shows its boxes.
// All answers side by side: race.sheet.js.
//
// Parameters: racers [{name, title, color, boxes (N x 4), scores, labels, parts [[part, ms]], parameters, ap, said,
// nothing and shortly (where no score reaches the threshold)}],
// chosen (row), colors {part: colour}. Stage: mode "hover". Arrows up and down choose.
// Commits {chosen: name} when a row is clicked or chosen by a key.

const RACE_LABELS = 12;
const RACE_FAR = 4; // times the median: a longer bar runs off, or all others were slivers
const RACE_ROOM = 1.25; // of the longest bar that is shown whole
const RACE_STRIPES = { proposals: 45, head: -45, NMS: 0 }; // degrees: a step is told by more than its hue
const RACE_FADE = "linear-gradient(90deg, #000 80%, transparent)";
const raceMs = (v) => (v >= 999.5 ? fixed(v / 1000, 1) + " s" : v >= 9.95 ? Math.round(v) + " ms" : fixed(v, 1) + " ms");
const racePaint = (part, color) => (part in RACE_STRIPES ? "repeating-linear-gradient(" + RACE_STRIPES[part] + "deg, " + color + " 0 4px, color-mix(in srgb, " + color + " 55%, white) 4px 6px)" : color);
const raceTotal = (one) => one.parts.reduce((sum, [, ms]) => sum + ms, 0);
const raceMillions = (v) => (v >= 9.95e6 ? Math.round(v / 1e6) + " M" : v >= 9.95e4 ? fixed(v / 1e6, 1) + " M" : many(v));

// Milliseconds of a full bar: of the longest, but for one far beyond all others.
function raceScale(racers) {
  const totals = racers.map(raceTotal).sort((a, b) => a - b), median = totals[(totals.length - 1) >> 1];
  const near = Math.max(...totals.filter((ms) => ms <= RACE_FAR * median)), most = totals.at(-1);
  return Math.max(1e-6, most > RACE_ROOM * near ? RACE_ROOM * near : most);
}

function raceMount(s) {
  const o = s.own, p = s.params;
  o.boxes = p.racers.map((one) => unpack(one.boxes));
  if (o.names !== String(p.racers.map((one) => one.name))) { o.chosen = p.chosen; o.over = null; o.names = String(p.racers.map((one) => one.name)); }
  o.chosen = clamp(o.chosen ?? p.chosen, 0, p.racers.length - 1);
  raceBuild(s);
  raceTell(s);
  s.redraw();
}

function raceBuild(s) {
  const o = s.own, p = s.params, most = raceScale(p.racers);
  const table = element("div", "laps"), room = element("div", "room"); // how it is laid out: stage.css
  room.append(table);
  for (const text of ["detector", "time a photo", "", "parameters", "boxes", "AP50 of\npeople"]) table.append(styled(element("div", text === "time a photo" ? "bar" : "", text), { fontSize: "0.74rem", lineHeight: 1.15, whiteSpace: "pre", alignSelf: "end", opacity: 0.75, paddingBottom: "2px" }));
  o.rows = p.racers.map((one, k) => raceRow(s, table, one, k, most));
  table.onpointerleave = () => raceOver(s, null);
  o.said = styled(element("div"), { fontSize: "0.84rem", lineHeight: 1.35, minHeight: "5.4em", marginTop: "8px", borderTop: "1px solid " + STYLED.border, paddingTop: "6px" });
  s.panel.replaceChildren(room, raceKey(s, most), o.said);
  raceSheet(s);
}

function raceRow(s, table, one, k, most) {
  const name = element("button", "", one.title);
  name.type = "button";
  styled(name, { textAlign: "left", borderLeft: "7px solid " + one.color, borderRadius: "3px", padding: "0.12rem 0.45rem", margin: "1px 0", fontSize: "0.86rem" });
  const far = raceTotal(one) > most, bar = styled(element("div", "bar"), { display: "flex", overflow: "hidden", maskImage: far ? RACE_FADE : "none" });
  for (const [part, ms] of one.parts) {
    const piece = styled(element("span"), { width: (100 * ms) / most + "%", minWidth: "1px", flex: "none", background: racePaint(part, s.params.colors[part]) });
    piece.title = part + ": " + raceMs(ms);
    bar.append(piece);
  }
  const cells = [name, bar, element("div", "", raceMs(raceTotal(one))), element("div", "", raceMillions(one.parameters)), element("div", "", String(one.scores.length)), element("div", "", one.ap === null ? "\u2013" : fixed(one.ap))];
  for (const cell of cells) {
    cell.onpointerenter = () => raceOver(s, k);
    cell.onclick = () => racePick(s, k);
    if (cell !== name && cell !== bar) cell.style.textAlign = "right";
  }
  name.onfocus = () => raceOver(s, k);
  table.append(...cells);
  return name;
}

function raceKey(s, most) {
  const key = styled(element("div"), { fontSize: "0.76rem", marginTop: "5px", lineHeight: 1.5 });
  for (const part of new Set(s.params.racers.flatMap((one) => one.parts.map(([name]) => name)))) {
    const item = styled(element("span", "", part), { whiteSpace: "nowrap", marginRight: "11px" });
    item.prepend(styled(element("span"), { display: "inline-block", width: "16px", height: "10px", background: racePaint(part, s.params.colors[part]), border: "1px solid #0006", marginRight: "4px" }));
    key.append(item);
  }
  if (s.params.racers.some((one) => raceTotal(one) > most)) key.append("A bar that fades runs on.");
  return key;
}

function raceOver(s, k) {
  if (s.own.over === k) return;
  s.own.over = k;
  raceTell(s);
  s.redraw();
}

function racePick(s, k) {
  s.own.chosen = k;
  raceTell(s);
  s.redraw();
  s.commit({ chosen: s.params.racers[k].name });
}

const raceShown = (s) => s.own.over ?? s.own.chosen;

function raceTell(s) {
  const o = s.own, one = s.params.racers[raceShown(s)];
  o.rows.forEach((row, k) => { row.setAttribute("aria-pressed", k === o.chosen); row.style.fontWeight = k === raceShown(s) ? 700 : 400; });
  raceSheetTell(s);
  o.said.replaceChildren(styled(element("strong", "", one.title + ": "), {}), document.createTextNode(one.said));
  s.say(one.title + ": " + one.scores.length + (one.scores.length === 1 ? " box, " : " boxes, ") + raceMs(raceTotal(one)));
}

PROGRAMS.race = {
  keys: "up and down choose the detector",
  mount: raceMount,

  hint(s) {
    const one = s.params.racers[raceShown(s)];
    return one.title + ". Point at a row to see its boxes, click to keep it (or arrows up and down).";
  },

  key(s, e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step) return false;
    s.own.over = null;
    racePick(s, clamp(s.own.chosen + step, 0, s.params.racers.length - 1));
    return true;
  },

  frame(s, g) {
    const k = raceShown(s);
    raceBoxes(s, g, k, s.px, RACE_LABELS);
    if (s.own.sheetOf !== s.base) raceSheetDraw(s);
  },
};

// The boxes of a detector, the best on top; where there is no room for a label, the score stands alone.
function raceBoxes(s, g, k, px, labels) {
  const one = s.params.racers[k], all = s.own.boxes[k];
  for (let i = one.scores.length - 1; i >= 0; i--) {
    const [x1, y1, x2, y2] = all.subarray(4 * i, 4 * i + 4);
    for (const [style, wide] of [["rgba(0,0,0,.65)", 5], [one.color, 3]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  }
  for (let i = 0; i < Math.min(one.scores.length, labels); i++) tag(s, g, one.labels[i] + " " + fixed(one.scores[i]), all[4 * i], Math.max(0, all[4 * i + 1]), one.color, px);
  if (!one.scores.length) tag(s, g, s.w < 290 * px * letters() ? one.shortly : one.nothing, 8 * px, 26 * px, one.color, px);
}
