// What both parts of transposed.js draw with: cells, words, sums in colours, frames.

function txWrite(s, g, text, x, y, size, style = {}) {
  g.globalAlpha = style.alpha ?? 1;
  g.fillStyle = style.color ?? s.color.text;
  g.font = (style.weight ?? 400) + " " + size + "px " + s.font;
  g.textAlign = style.align ?? "center";
  g.textBaseline = "middle";
  g.fillText(text, x, y, style.most);
  g.globalAlpha = 1;
}

const txTitle = (s, g, pane, text, up = 9) => txWrite(s, g, text, pane[0], pane[1] - up, 13.5, { align: "left", weight: 600 });

// Cells of one pane: look(row, col) gives {text, color, weight, fill, tint, alpha, dash, none}.
function txCells(s, g, pane, rows, cols, look, most = 17) {
  const cw = pane[2] / cols, ch = pane[3] / rows, size = Math.min(most, 0.72 * ch, 0.46 * cw + 3), fine = ch < 6 || cw < 6;
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) {
    const it = look(r, c), x = pane[0] + c * cw, y = pane[1] + r * ch;
    if (it.none) continue;
    if (it.fill) { g.globalAlpha = it.tint ?? 0.3; g.fillStyle = it.fill; g.fillRect(x, y, cw, ch); g.globalAlpha = 1; }
    if (!fine) {
      g.strokeStyle = s.color.border;
      g.lineWidth = 1;
      g.setLineDash(it.dash ? [3, 3] : []);
      g.strokeRect(x, y, cw, ch);
      g.setLineDash([]);
    }
    const both = it.small && Math.min(cw, ch) >= 24, down = both ? 0.64 : 0.5;
    if (it.text !== undefined && size >= 6.5) txWrite(s, g, it.text, x + cw * (both ? 0.44 : 0.5), y + ch * down + 0.5, both ? 0.86 * size : size, { ...it, most: cw - 2 });
    if (both) txWrite(s, g, it.small, x + cw - 3, y + 8, 10, { align: "right", color: it.smallColor, weight: 600, most: cw - 4 });
  }
}

function txFrame(g, [x, y, w, h], color, wide, dash = []) {
  g.strokeStyle = color;
  g.lineWidth = wide;
  g.setLineDash(dash);
  g.strokeRect(x, y, w, h);
  g.setLineDash([]);
}

function txWash(g, [x, y, w, h], color, alpha = 0.22) {
  g.globalAlpha = alpha;
  g.fillStyle = color;
  g.fillRect(x, y, w, h);
  g.globalAlpha = 1;
}

// A row of words in several colours from x on; what does not fit is said in `instead`.
function txRun(s, g, parts, x, y, size, most, instead) {
  g.font = "600 " + size + "px " + s.font;
  const wide = parts.reduce((sum, [text]) => sum + g.measureText(text).width, 0);
  if (wide > most && size > 11) return txRun(s, g, parts, x, y, size - 1, most, instead);
  if (wide > most && instead) return txRun(s, g, instead, x, y, 13, most);
  for (const [text, color] of parts) {
    txWrite(s, g, text, x, y, size, { align: "left", weight: color ? 600 : 400, color });
    g.font = (color ? 600 : 400) + " " + size + "px " + s.font;
    x += g.measureText(text).width;
  }
}

// The sum of products as parts for txRun: 1·9 + 2·7 = 23, first factors and second in colours.
function txSum(s, terms, total, first, second) {
  const parts = [];
  terms.forEach(([a, b], i) => parts.push([i ? " + " : ""], [txFactor(a), txColor(s, first)], ["\u00b7"], [txFactor(b), txColor(s, second)]));
  if (!terms.length) return [["no stamp here: "], [txText(total), txColor(s, "output")]];
  return [...parts, [" = "], [txText(total), txColor(s, "output")]];
}
