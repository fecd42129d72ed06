// The panel of rcnnloss.js: the terms, what the chosen one is taken over, and the items that add most.

const RLS_LISTED = 6;
const rlsNode = (name, text, style) => styled(element(name, "", text), style);
const rlsText = (v, digits = 3) => fixed(v, digits);

function rlsBuild(s) {
  const o = s.own;
  o.bars = rlsNode("div", "", { display: "grid", gap: "4px", marginBottom: "6px" });
  o.sum = rlsNode("div", "", { fontWeight: 700, fontSize: "0.95rem", marginBottom: "6px", fontVariantNumeric: "tabular-nums" });
  o.over = rlsNode("div", "", { fontSize: "0.85rem", lineHeight: 1.35, minHeight: "2.7em" });
  o.list = rlsNode("div", "", { display: "grid", gap: "1px", margin: "5px 0", fontVariantNumeric: "tabular-nums" });
  o.said = rlsNode("div", "", { fontSize: "0.86rem", lineHeight: 1.4, minHeight: "4.2em", fontVariantNumeric: "tabular-nums" });
  o.ask = rlsNode("label", "", { fontSize: "0.86rem", display: "none" });
  o.pick = rlsNode("select", "", { font: "inherit", marginLeft: "6px", maxWidth: "12rem", background: "var(--st-background-color)", color: "var(--st-text-color)", border: "1px solid var(--st-border-color, #8888)", borderRadius: "4px", padding: "2px 4px" });
  for (const name of s.params.classes) o.pick.append(element("option", "", name));
  o.pick.onchange = () => { o.labels[s.active] = o.pick.value; s.change(); s.commit(rlsCommit(s)); };
  o.ask.append("The chosen true box is a", o.pick);
  s.panel.replaceChildren(o.bars, o.sum, o.over, o.list, o.said, o.ask);
}

function rlsButton(style) {
  const made = rlsNode("button", "", { border: "1px solid transparent", background: "none", font: "inherit", textAlign: "left", cursor: "pointer", color: "inherit", padding: "0 6px", margin: 0, borderRadius: "4px", lineHeight: 1.4, ...style });
  made.type = "button";
  return made;
}

function rlsPanel(s) {
  const o = s.own, p = s.params, stale = s.dragging || !rlsSame(s), key = JSON.stringify([p.tag, o.term[0], o.hit, o.item, stale, s.active, o.labels, s.dark]);
  if (key === o.told) return;
  o.told = key;
  rlsBars(s, stale);
  const { one, boxes, rows, each } = rlsItems(s), front = [...one.labels].filter(Boolean).length, what = one === o.first ? "anchors" : "RoIs";
  const matched = one.matched ? " Of all anchors " + many(one.matched[0]) + " are positive, " + many(one.matched[1]) + " negative, " + many(one.matched[2]) + " left out." : "";
  o.over.textContent = stale ? "Let go: the network reads the boxes again." : boxes ? "Over " + rows.length + " positive of " + one.count + " " + what + " that learn. White: one of them; blue: where its numbers lead; arrow: to its truth." : front + " positive (green) and " + (rows.length - front) + " negative (orange, dashed) " + what + " learn." + matched;
  rlsList(s, rows, each);
  const now = rlsNow(s, each);
  o.said.textContent = now === null ? "No " + what + " with a truth learns here: the term is 0." : rlsWords(s, now);
  o.ask.style.display = s.boxes.length ? "block" : "none";
  if (o.labels[s.active]) o.pick.value = o.labels[s.active];
}

// The item in question: pointed at, chosen from the list, or the one that adds most.
const rlsNow = (s, each) => s.own.hit ?? s.own.item ?? (each.length ? rlsWorst(each)[0] : null);
const rlsWorst = (each) => [...each.keys()].sort((a, b) => each[b] - each[a]).slice(0, RLS_LISTED);

function rlsBars(s, stale) {
  const o = s.own, value = ([, , from, boxes]) => o[from][boxes ? "boxValue" : "value"], most = Math.max(...o.terms.map(value), 1e-9), total = o.terms.reduce((sum, one) => sum + value(one), 0);
  o.bars.replaceChildren(...o.terms.map((term) => {
    const row = rlsButton({ display: "grid", gridTemplateColumns: "7rem 1fr 4rem", gap: "8px", alignItems: "center", fontSize: "0.88rem" }), here = term[0] === o.term[0];
    row.append(rlsNode("span", term[1], {}), rlsNode("span", "", { height: "0.75rem", minWidth: "1px", borderRadius: "2px", width: (100 * value(term)) / most + "%", background: here ? STYLED.primary : s.dark ? "#6b7480" : "#b6bec8" }), rlsNode("span", rlsText(value(term), 4), { textAlign: "right", fontWeight: 600, fontVariantNumeric: "tabular-nums" }));
    row.style.borderColor = here ? STYLED.primary : "transparent";
    row.setAttribute("aria-pressed", here);
    row.onclick = () => { o.term = term; o.item = null; s.keep("item", null); s.change(); later(s, "term", 250, () => s.commit(rlsCommit(s))); };
    return row;
  }));
  o.sum.textContent = "Loss = " + o.terms.map((one) => rlsText(value(one), 4)).join(" + ") + " = " + rlsText(total, 4);
  for (const part of [o.bars, o.sum]) part.style.opacity = stale ? 0.45 : 1;
}

function rlsList(s, rows, each) {
  const o = s.own, { one, value } = rlsItems(s);
  o.list.replaceChildren(...rlsWorst(each).map((i) => {
    const row = rlsButton({ display: "grid", gridTemplateColumns: "1fr 5rem 5rem", fontSize: "0.82rem" }), share = each[i] / one.count;
    row.append(rlsNode("span", rlsName(s, rows[i]), { whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis" }), rlsNode("span", rlsText(share, 4), { textAlign: "right" }), rlsNode("span", value > 0 ? fixed((100 * share) / value, 1) + " %" : "", { textAlign: "right", opacity: 0.75 }));
    row.style.borderColor = i === o.item ? STYLED.primary : "transparent";
    row.setAttribute("aria-pressed", i === o.item);
    row.onclick = () => { o.item = i; s.keep("item", [i]); s.change(); };
    return row;
  }));
}

function rlsName(s, k) {
  const { one } = rlsItems(s), label = one.labels[k], [x1, y1, x2, y2] = rlsAt(one, k), size = Math.round(x2 - x1) + " × " + Math.round(y2 - y1) + " px";
  if (one === s.own.first) return (label ? "positive" : "negative") + " anchor, " + size;
  return (label ? s.params.classes[label - 1] : "background") + " RoI, " + size;
}

function rlsWords(s, i) {
  const { one, boxes, rows, each } = rlsItems(s), k = rows[i], label = one.labels[k], of = " \u00f7 " + one.count + " = " + rlsText(each[i] / one.count, 4), name = rlsName(s, k) + ": ";
  if (!boxes) {
    const wanted = one === s.own.first ? (label ? "object" : "no object") : label ? s.params.classes[label - 1] : "background";
    return name + "\u201c" + wanted + "\u201d has p = " + rlsText(one.probs[k]) + ", so \u2212ln p = " + rlsText(each[i]) + of + " of the term.";
  }
  const four = (array) => [...array.subarray(4 * i, 4 * i + 4)], said = four(one.moves), want = four(one.wanted), beta = s.params.beta;
  const parts = said.map((v, j) => { const d = Math.abs(v - want[j]); return d < beta ? (d * d) / (2 * beta) : d - beta / 2; });
  return name + "said (" + said.map((v) => rlsText(v, 2)).join(", ") + "), wanted (" + want.map((v) => rlsText(v, 2)).join(", ") + "); smooth L1 " + parts.map((v) => rlsText(v)).join(" + ") + " = " + rlsText(each[i]) + of + " of the term.";
}
