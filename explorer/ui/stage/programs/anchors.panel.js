// Beside the picture of anchors.js: the count, the feature map as a small map of cells, the cell's anchors.

const ANCHORS_STATES = ["positive", "ignored", "negative"];
const ANCHORS_MAP_PX = [140, 130];

function anchorsBuild(s) {
  const o = s.own;
  o.count = styled(element("div"), { fontWeight: 600, fontVariantNumeric: "tabular-nums" });
  o.legend = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "6px", margin: "6px 0" });
  o.buttons = Object.fromEntries(ANCHORS_STATES.map((state) => [state, anchorsButton(s, state)]));
  o.legend.append(...Object.values(o.buttons));
  o.map = styled(element("canvas"), { display: "block", borderRadius: "3px", cursor: "pointer", touchAction: "none", outlineOffset: "2px" });
  o.map.tabIndex = 0;
  o.map.setAttribute("role", "img");
  anchorsMapInput(s);
  o.mapName = styled(element("div"), { fontSize: "0.8rem", marginTop: "2px", width: ANCHORS_MAP_PX[0] + "px" });
  o.list = styled(element("table"), { borderCollapse: "collapse", fontSize: "0.84rem", lineHeight: "1.25", fontVariantNumeric: "tabular-nums" });
  o.list.onpointerleave = () => anchorsRow(s, null);
  walkable(s, o.list, { size: () => [1, o.list.rows.length - 1], point: (at) => anchorsRow(s, at && at[1]), words: (at) => rowWords(o.list.rows[at[1] + 1]), label: "This cell's anchors: the arrows show one" });
  const both = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "14px", alignItems: "flex-start" }), left = element("div");
  left.append(o.map, o.mapName);
  both.append(left, o.list);
  o.truths = styled(element("div"), { fontSize: "0.86rem", marginTop: "8px", fontVariantNumeric: "tabular-nums" });
  s.panel.replaceChildren(o.count, o.legend, both, o.truths);
}

// Positive and ignored anchors can be drawn on the picture; negatives are too many.
function anchorsButton(s, state) {
  const made = element(state === "negative" ? "span" : "button");
  made.onclick = () => { const o = s.own; if (state in o.show) { o.show[state] = !o.show[state]; anchorsTell(s); } };
  if (state === "negative") styled(made, { padding: "0.15rem 0", fontSize: "0.8rem" });
  else made.title = "Draw them on the picture";
  return made;
}

function anchorsMapInput(s) {
  const o = s.own, at = (e) => {
    const r = o.map.getBoundingClientRect(), { rows, cols } = anchorsMap(s);
    return [clamp(Math.floor(((e.clientY - r.top) / r.height) * rows), 0, rows - 1), clamp(Math.floor(((e.clientX - r.left) / r.width) * cols), 0, cols - 1)];
  };
  o.map.onpointerdown = (e) => { anchorsPin(s, at(e)); try { o.map.setPointerCapture(e.pointerId); } catch { /* a made-up event has no pointer */ } };
  o.map.onpointermove = (e) => { if (e.buttons) anchorsPin(s, at(e)); };
  o.map.onkeydown = (e) => {
    const step = ARROWS[e.key], by = e.shiftKey ? 5 : 1, { rows, cols } = anchorsMap(s);
    if (!step) return;
    e.preventDefault();
    e.stopPropagation();
    anchorsPin(s, [clamp(o.pin[1] + by * step[1], 0, rows - 1), clamp(o.pin[2] + by * step[0], 0, cols - 1)]);
    s.say("row " + o.pin[1] + ", column " + o.pin[2]);
  };
}

function anchorsRow(s, row) {
  if (s.own.row === row) return;
  s.own.row = row;
  s.redraw();
}

function anchorsPanel(s) {
  const o = s.own, p = s.params, total = p.maps.map((m) => m.rows + " \u00d7 " + m.cols + " \u00d7 " + m.shapes.length), map = anchorsMap(s);
  o.count.textContent = total.join(" + ") + " = " + many(o.layout.count) + " anchors";
  for (const state of ANCHORS_STATES) {
    const button = o.buttons[state];
    button.textContent = "\u25a0 " + many(o.found.counts[state]) + " " + state;
    button.style.borderLeft = "6px solid " + anchorsColor(s, state);
    button.style.paddingLeft = "6px";
    if (state in o.show) button.setAttribute("aria-pressed", o.show[state]);
  }
  anchorsMapDraw(s);
  const [row, col] = o.cell;
  o.mapName.textContent = map.rows + " \u00d7 " + map.cols + " cells: row " + row + ", column " + col;
  o.map.setAttribute("aria-label", o.mapName.textContent + ". Arrow keys choose the cell.");
  anchorsList(s);
  anchorsTruths(s);
}

function anchorsMapDraw(s) {
  const o = s.own, { rows, cols } = anchorsMap(s), { states, best } = anchorsCellStates(s), k = Math.min(ANCHORS_MAP_PX[0] / cols, ANCHORS_MAP_PX[1] / rows), dpr = window.devicePixelRatio || 1;
  const w = Math.max(24, cols * k), h = Math.max(24, rows * k);
  styled(o.map, { width: w + "px", height: h + "px" });
  if (o.map.width !== Math.round(w * dpr) || o.map.height !== Math.round(h * dpr)) Object.assign(o.map, { width: Math.round(w * dpr), height: Math.round(h * dpr) });
  const g = o.map.getContext("2d"), cw = o.map.width / cols, ch = o.map.height / rows;
  g.fillStyle = s.dark ? "#2b3138" : "#dfe4ea";
  g.fillRect(0, 0, o.map.width, o.map.height);
  for (let i = 0; i < rows * cols; i++) {
    if (states[i] === "negative" && best[i] < 0.02) continue;
    g.globalAlpha = states[i] === "negative" ? best[i] : 1;
    g.fillStyle = anchorsColor(s, states[i]);
    g.fillRect((i % cols) * cw, Math.floor(i / cols) * ch, Math.ceil(cw), Math.ceil(ch));
  }
  g.globalAlpha = 1;
  const [row, col] = o.cell;
  for (const [style, wide] of [["#000", 4], ["#fff", 2]]) { g.strokeStyle = style; g.lineWidth = wide * dpr; g.strokeRect(col * cw - dpr, row * ch - dpr, cw + 2 * dpr, ch + 2 * dpr); }
}

function anchorsCells(row, cells, head = false) {
  for (const [text, side] of cells) row.append(styled(element(head ? "th" : "td", "", text), { padding: "1px 5px", textAlign: side, fontWeight: head ? 600 : 400, whiteSpace: "nowrap" }));
  return row;
}

function anchorsList(s) {
  const o = s.own, truths = s.boxes.length > 0;
  const head = anchorsCells(element("tr"), [["size \u00b7 h:w", "left"], ["w \u00d7 h, px", "right"], ...(truths ? [["IoU", "right"], ["learns", "left"]] : [["area, px\u00b2", "right"]])], true);
  const rows = anchorsOfCell(s).map((one, k) => {
    const [w, h] = [one.box[2] - one.box[0], one.box[3] - one.box[1]], learns = one.gt >= 0 ? "truth " + (one.gt + 1) + (one.forced ? " (its best)" : "") : one.state === "ignored" ? "nothing" : "background";
    const row = anchorsCells(element("tr"), [[one.name, "left"], [many(w) + " \u00d7 " + many(h), "right"], ...(truths ? [[fixed(one.iou), "right"], [learns, "left"]] : [[many(w * h), "right"]])]);
    row.firstChild.style.borderLeft = "6px solid " + anchorsColor(s, one.state);
    row.onpointerenter = () => anchorsRow(s, k);
    return row;
  });
  o.list.replaceChildren(head, ...rows);
}

function anchorsTruths(s) {
  const o = s.own, { tops, at, learn } = o.found;
  if (!s.boxes.length) { o.truths.textContent = "No true box yet: drag on the picture to draw one. Until then every anchor is background."; return; }
  o.truths.replaceChildren(...s.boxes.slice(0, 6).map((_, g) => {
    const forced = tops[g] > 0 && o.found.forced[at[g]] ? " only as its best" + (learn[g] > 1 ? ": a tie" : "") : "";
    return element("div", "", "truth " + (g + 1) + ": best IoU " + fixed(tops[g]) + (tops[g] > 0 ? ", " + anchorsWhere(s, at[g]) : "") + "; " + many(learn[g]) + (learn[g] === 1 ? " learns it" : " learn it") + forced);
  }));
}

// An anchor by its shape and its cell.
function anchorsWhere(s, i) {
  const { map, row, col, k } = anchorsAt(s, i);
  return map.names[k] + (s.params.maps.length > 1 ? " of stride " + map.stride : "") + ", row " + row + ", column " + col;
}
