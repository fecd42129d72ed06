// The keyboard in a panel: what a pointer does there, arrows, Enter and Space do too.

// One stop for the Tab key: arrows go over a grid of `size()` = [cols, rows] cells.
//   point(cell)   what the pointer's resting on [col, row] does; null when the focus leaves
//   press(cell)   what a click there does; left out where a click does nothing
//   words()       what is said of the present cell
//   label         a name for a node that has none
function walkable(s, node, { size, point, press, words, label }) {
  let at = null;
  node.tabIndex = 0;
  styled(node, { outlineOffset: "2px" });
  if (node.tagName === "DIV") node.setAttribute("role", "group");
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("keydown", (e) => {
    const step = ARROWS[e.key], [cols, rows] = size(), by = e.shiftKey ? 5 : 1;
    if (!cols || !rows) return;
    if (step) {
      at = at ? [clamp(at[0] + by * step[0], 0, cols - 1), clamp(at[1] + by * step[1], 0, rows - 1)] : [0, 0];
      point(at);
      later(s, "walk", 150, () => { s.dom.said.textContent = words(at); });
    } else if ((e.key === "Enter" || e.key === " ") && at && press) press(at);
    else if (e.key === "Escape" && at) { at = null; point(null); }
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  node.addEventListener("blur", () => { if (at) { at = null; point(null); } });
  return node;
}

const rowWords = (row) => [...row.cells].map((cell) => cell.textContent).join(", ");
