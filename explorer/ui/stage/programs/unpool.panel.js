// The panel of unpool.js: the cell pointed at in every way, and what each way loses.

const unpoolNode = (name, text, style) => { const made = element(name, "", text); Object.assign(made.style, style ?? {}); return made; };

function unpoolPanel(s) {
  const o = s.own;
  o.head = unpoolNode("div", "", { fontWeight: 700, fontSize: "1.05em" });
  o.edits = unpoolNode("div", "", { margin: "4px 0" });
  o.story = unpoolNode("div", "", { minHeight: "4.2em", margin: "4px 0 8px" });
  o.table = unpoolNode("table", "", { borderCollapse: "collapse", width: "100%", fontVariantNumeric: "tabular-nums", fontSize: "0.92em" });
  o.foot = unpoolNode("div", "", { fontSize: "0.85em", opacity: 0.8, marginTop: "6px" });
  s.panel.replaceChildren(o.head, o.edits, o.story, o.table, o.foot);
}

function unpoolSay(s) {
  const o = s.own, p = s.params, { pane, r, c } = o.at, title = p.names[pane];
  o.head.textContent = title + ": row " + r + ", column " + c;
  o.story.textContent = unpoolStory(s, pane, r, c);
  const cell = (tag, text, right, strong) => unpoolNode(tag, text, { textAlign: right ? "right" : "left", padding: "2px 6px", borderBottom: "1px solid var(--st-border-color, #8884)", fontWeight: strong ? 700 : 400, whiteSpace: "nowrap" });
  const row = (cells) => { const made = element("tr"); made.append(...cells); return made; };
  const place = pane === "pooled" ? null : r * o.W + c, seen = o.ways.map((way) => o.lost[way]).filter((v) => v !== null), best = Math.min(...seen);
  const rows = o.ways.map((way) => row([cell("td", p.names[way], false, way === pane), cell("td", place === null ? "" : unpoolText(o.made[way][place]), true, way === pane), cell("td", o.lost[way] === null ? "–" : fixed(100 * o.lost[way], o.lost[way] < 0.1 ? 1 : 0) + " %", true, o.lost[way] === best)]));
  if (place !== null) rows.unshift(row([cell("td", "the map itself", false, pane === "input"), cell("td", unpoolText(o.x[place]), true, pane === "input"), cell("td", "", true)]));
  o.table.replaceChildren(row([cell("th", "", false, true), cell("th", place === null ? "" : "this cell", true, true), cell("th", "lost", true, true)]), ...rows);
  o.foot.textContent = seen.length ? p.lost : p.flat;
}

// One cell's number, and the sum that makes it.
function unpoolStory(s, pane, r, c) {
  const o = s.own, { w, values, argmax } = o.pool, at = (i) => "(" + Math.floor(i / w) + ", " + (i % w) + ")";
  if (pane === "pooled") {
    const i = r * w + c, [y, x] = [Math.floor(argmax[i] / o.W), argmax[i] % o.W];
    return unpoolText(values[i]) + " is the largest of the " + o.k + " × " + o.k + " window that begins at row " + r * o.stride + ", column " + c * o.stride + ". It stood at row " + y + ", column " + x + unpoolTies(o, i) + ": max-unpooling remembers that place.";
  }
  if (pane === "input") {
    const covering = unpoolCovering(o, r, c), won = unpoolSources(o, "unpool", r, c).length;
    if (!covering.length) return "No window covers this cell: pooling never reads it.";
    return (covering.length > 1 ? covering.length + " windows cover this cell" : "One window covers this cell") + (won ? "; it is the largest of " + (won === covering.length ? (won > 1 ? "all of them" : "it") : won) + ", so it survives." : "; a larger number, or an equal one before it, is kept instead. This one is lost.");
  }
  const value = unpoolText(o.made[pane][r * o.W + c]), sources = unpoolSources(o, pane, r, c);
  if (pane === "dense") return value + " = nine cells of the max-unpooled map, this one and its neighbours, times the nine fitted weights.";
  if (!sources.length) return pane === "transposed" ? "0: no stamp reaches this cell." : pane === "nails" ? "0: no window begins here." : "0: no window had its maximum here.";
  if (pane === "nearest") return value + ": a copy of pooled " + at(sources[0][0]) + ", whose window is nearest.";
  if (pane === "nails") return value + ": pooled " + at(sources[0][0]) + ", put into its window's first cell, wherever it stood before.";
  if (pane === "unpool") return value + ": the maximum of window" + (sources.length > 1 ? "s " : " ") + sources.map(([i]) => at(i)).join(", ") + " stood here, so it comes back here" + (sources.length > 1 ? " (overlapping windows name one cell twice and bring the same number)." : ".");
  const terms = sources.filter(([, share]) => share).slice(0, 4).map(([i, share]) => fixed(share, 3).replace(/\.?0+$/, "") + " × " + unpoolText(values[i]).replace(/^(\u2212.*)$/, "($1)"));
  return value + " = " + terms.join(" + ") + (sources.length > 4 ? " + …" : "") + (pane === "bilinear" ? ": the nearest windows' numbers, by nearness." : ": each stamp that reaches this cell, times its number.");
}

// Where a window has its maximum more than once, who wins.
function unpoolTies(o, i) {
  const { w, argmax, values } = o.pool, r0 = Math.floor(i / w) * o.stride, c0 = (i % w) * o.stride;
  let equal = 0;
  for (let r = r0; r < r0 + o.k; r++) for (let c = c0; c < c0 + o.k; c++) equal += o.x[r * o.W + c] === values[i];
  return equal > 1 ? " (" + equal + " cells are as large; the first, row by row, counts)" : "";
}

// ---- editing numbers ----------------------------------------------------------------

function unpoolEdit(s, at) {
  const o = s.own, field = element("input"), label = unpoolNode("label", "Input row " + Math.floor(at / o.W) + ", column " + (at % o.W) + ": ", { fontWeight: 600 });
  o.edit = at;
  Object.assign(field.style, { width: "5em", font: "inherit", padding: "2px 6px", color: "inherit", background: "var(--st-secondary-background-color)", border: "1px solid var(--st-border-color, #888)", borderRadius: "5px" });
  Object.assign(field, { type: "number", step: "1", min: "-99", max: "99", value: o.x[at] });
  field.oninput = () => {
    const v = Math.round(clamp(Number(field.value), -99, 99));
    if (field.value === "" || !Number.isFinite(v)) return;
    o.x[at] = v;
    unpoolCompute(s);
    s.change();
    later(s, "edit", 400, () => s.commit({ input: Array.from(o.x) }));
  };
  field.onkeydown = (e) => {
    e.stopPropagation();
    if (e.key === "Enter" || e.key === "Escape") { unpoolDone(s); s.dom.frame.focus(); }
  };
  label.append(field);
  o.edits.replaceChildren(label);
  setTimeout(() => { field.focus({ preventScroll: true }); field.select(); }, 0);
}

function unpoolDone(s) {
  delete s.own.edit;
  s.own.edits.replaceChildren();
  s.change();
}
