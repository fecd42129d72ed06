// The window under the pointer, of all the places a window of one size has in the picture.
//
// Parameters: size, stride (px), rows, cols, colors {window, grid, covered}. Every place is a dot
// at its window's middle where there is room for dots, else the ground they fill.

const SLD_ROOM_PX = 5; // on the screen, between two dots

function sldMount(s) {
  const o = s.own;
  if (!o.text) {
    o.text = element("div");
    Object.assign(o.text.style, { minHeight: "6.8em", fontVariantNumeric: "tabular-nums" });
    s.panel.replaceChildren(o.text);
  }
  o.at = null;
  s.change();
}

// The place whose window's middle is nearest to the pointer.
function sldPlace(s, [x, y]) {
  const { size, stride, rows, cols } = s.params, near = (v, n) => clamp(Math.round((v - size / 2) / stride), 0, n - 1);
  return [near(y, rows), near(x, cols)];
}

// How many places have a window that holds pixel v of a side.
function sldHolding(v, n, { size, stride }) {
  const last = Math.min(n - 1, Math.floor(v / stride)), first = Math.max(0, Math.ceil((v - size + 1) / stride));
  return Math.max(0, last - first + 1);
}

function sldMove(s) {
  const o = s.own, p = s.params;
  if (!o.text) return;
  if (!p.rows || !p.cols) { o.at = null; o.text.textContent = "The window is larger than the picture: it has no place."; return; }
  const from = s.pointer ?? [s.w / 2, s.h / 2];
  o.at = sldPlace(s, from);
  const [row, col] = o.at, [x, y] = from.map((v, k) => Math.floor(Math.min(v, [s.w, s.h][k] - 1e-3)));
  o.held = sldHolding(y, p.rows, p) * sldHolding(x, p.cols, p);
  const number = row * p.cols + col + 1;
  o.text.replaceChildren(
    Object.assign(element("div", "", "Window " + number.toLocaleString("en") + " of " + (p.rows * p.cols).toLocaleString("en")), { style: "font-weight:600" }),
    element("div", "", "row " + (row + 1) + " of " + p.rows + ", column " + (col + 1) + " of " + p.cols),
    element("div", "", "x " + col * p.stride + " to " + (col * p.stride + p.size) + ", y " + row * p.stride + " to " + (row * p.stride + p.size)),
    Object.assign(element("div", "", "Pixel (" + x + ", " + y + ") lies in " + o.held.toLocaleString("en") + (o.held === 1 ? " window" : " windows") + ", so the network would read it that often."), { style: "margin-top:6px" }),
    Object.assign(element("div", "", "White: the middles of all windows."), { style: "margin-top:6px" }),
  );
}

function sldFrame(s, g) {
  const o = s.own, p = s.params;
  if (!o.at) return;
  const middle = p.size / 2, right = middle + (p.cols - 1) * p.stride, bottom = middle + (p.rows - 1) * p.stride;
  if (p.stride / s.px >= SLD_ROOM_PX) {
    for (const [style, r] of [["rgba(0,0,0,.6)", 2.4], [p.colors.grid, 1.4]]) {
      g.fillStyle = style;
      g.beginPath();
      for (let i = 0; i < p.rows; i++) for (let j = 0; j < p.cols; j++) g.rect(middle + j * p.stride - r * s.px, middle + i * p.stride - r * s.px, 2 * r * s.px, 2 * r * s.px);
      g.fill();
    }
  } else {
    g.fillStyle = p.colors.grid;
    g.globalAlpha = 0.28;
    g.fillRect(middle, middle, Math.max(s.px, right - middle), Math.max(s.px, bottom - middle));
    g.globalAlpha = 1;
  }
  const [row, col] = o.at, x = col * p.stride, y = row * p.stride;
  outline(g, [x, y, x + p.size, y + p.size], p.colors.window, s.px, 2.5);
}

PROGRAMS.slide = { mount: sldMount, move: sldMove, frame: sldFrame };
