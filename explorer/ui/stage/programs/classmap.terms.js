// One score taken apart: the cell's channels, the class's weights, and their products.

const TERM_PANES = [["x", "mean features x"], ["w", "weights w"], ["xw", "products x·w"]];

function termsMount(s) {
  const o = s.own, t = s.params.terms;
  o.x = unpack(t.x);
  o.weight = unpack(t.w);
  o.product = o.x.map((v, k) => v * o.weight[k]);
  if (!o.panes) termsBuild(s);
  const shown = { x: o.x, w: o.weight, xw: o.product };
  for (const [name] of TERM_PANES) termsDraw(s, o.panes[name], shown[name], name === "x");
  termsSay(s, null);
}

function termsBuild(s) {
  const o = s.own, grid = mapStyle(element("div"), { display: "grid", gridTemplateColumns: "repeat(3, minmax(0, 1fr))", gap: "8px", marginTop: "10px" });
  o.panes = {};
  for (const [name, title] of TERM_PANES) {
    const column = element("div"), canvas = mapStyle(element("canvas"), { width: "100%", display: "block", imageRendering: "pixelated", borderRadius: "3px", cursor: "crosshair" });
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", title + ", one square a channel");
    canvas.onpointermove = (e) => termsPoint(s, canvas, e);
    canvas.onpointerleave = canvas.onblur = () => termsSay(s, null);
    canvas.onkeydown = (e) => {
      const step = ARROWS[e.key];
      if (!step) return;
      e.preventDefault();
      e.stopPropagation();
      termsSay(s, clamp((o.channel ?? -1) + step[0] + step[1] * s.params.terms.columns, 0, o.x.length - 1));
    };
    column.append(mapStyle(element("div", "", title), { fontSize: "0.8rem", fontWeight: 600, whiteSpace: "nowrap", overflow: "hidden" }), canvas);
    grid.append(column);
    o.panes[name] = canvas;
  }
  o.sum = mapStyle(element("div"), { fontSize: "0.85rem", marginTop: "6px", minHeight: "2.8em", fontVariantNumeric: "tabular-nums" });
  s.panel.append(grid, o.sum);
}

function termsDraw(s, canvas, values, positive) {
  const wide = s.params.terms.columns, high = Math.ceil(values.length / wide), levels = new Uint8Array(wide * high).fill(positive ? 0 : 128);
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  values.forEach((v, k) => { levels[k] = positive ? Math.round((255 * v) / most) : Math.round(127.5 + (127.5 * v) / most); });
  levels.shape = [high, wide];
  heatBitmap(levels, positive ? "sequential" : "diverging", canvas);
}

function termsPoint(s, canvas, e) {
  const rect = canvas.getBoundingClientRect(), wide = s.params.terms.columns, high = canvas.height;
  const col = clamp(Math.floor(((e.clientX - rect.left) / rect.width) * wide), 0, wide - 1), row = clamp(Math.floor(((e.clientY - rect.top) / rect.height) * high), 0, high - 1);
  termsSay(s, clamp(row * wide + col, 0, s.own.x.length - 1));
}

function termsSay(s, k) {
  const o = s.own, t = s.params.terms;
  o.channel = k;
  const total = "Sum of all " + o.x.length.toLocaleString("en") + " products " + fixed(t.logit - t.bias, 3) + (t.bias < 0 ? " − " : " + ") + fixed(Math.abs(t.bias), 3) + " bias = logit " + fixed(t.logit, 3) + ".";
  o.sum.textContent = k === null ? total + " Point at a square to read its channel." : "Channel " + k + ": " + fixed(o.x[k], 3) + " × " + fixed(o.weight[k], 4) + " = " + fixed(o.product[k], 4) + ". " + total;
}
