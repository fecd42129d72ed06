// A dilated kernel on the photo: its taps on the input, what it makes of all of it.
//
// Parameters: input (h,w) bytes, weight (k,k), rate, most (largest rate), chips (rates to
// jump to), signed (blue and orange around 0, or grey), panes {input, output} as [x, y,
// width, height] in image pixels, titles, start [row, col], every (each so many outputs are
// sent), tag, colors {window, output, positive, negative, none}.
// Committed on release of the slider: {rate, tag, sample: [every so many outputs]}.
// The panel is made in dilate.panel.js. Keys: arrows move the output pixel.

const dilReach = (o, rate) => o.k + (o.k - 1) * (rate - 1);

// All outputs, the padding being zeros: each tap adds the shifted input once.
function dilFilter(o, rate) {
  const { h, w, k, x, weight } = o, out = new Float64Array(h * w), mid = (k - 1) / 2;
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) {
    const v = weight[i * k + j], dy = (i - mid) * rate, dx = (j - mid) * rate;
    if (v === 0) continue;
    const left = Math.max(0, -dx), right = Math.min(w, w - dx);
    for (let y = Math.max(0, -dy); y < Math.min(h, h - dy); y++) {
      const to = y * w, from = (y + dy) * w + dx;
      for (let c = left; c < right; c++) out[to + c] += v * x[from + c];
    }
  }
  return out;
}

// The scale ends where all but 0.5 % of the values lie inside, found in 2,048 steps.
function dilEnd(out) {
  let most = 0;
  for (let i = 0; i < out.length; i++) most = Math.max(most, Math.abs(out[i]));
  if (!most) return 1;
  const bins = new Uint32Array(2048);
  for (let i = 0; i < out.length; i++) bins[Math.min(2047, Math.floor((Math.abs(out[i]) / most) * 2048))]++;
  let left = out.length * 0.005, b = 2047;
  while (b > 0 && (left -= bins[b]) > 0) b--;
  return (most * (b + 1)) / 2048;
}

function dilPicture(s) {
  const o = s.own, { h, w } = o, signed = s.params.signed;
  o.out = dilFilter(o, o.rate);
  const made = (o.bitmap ??= element("canvas"));
  Object.assign(made, { width: w, height: h });
  const g = made.getContext("2d"), image = g.createImageData(w, h), end = signed ? dilEnd(o.out) : 255, colors = signed ? packedPalette("diverging") : null;
  const dots = new Uint32Array(image.data.buffer);
  for (let i = 0; i < dots.length; i++) {
    const v = signed ? clamp((o.out[i] / end + 1) * 127.5, 0, 255) : clamp(o.out[i], 0, 255), n = Math.round(v);
    dots[i] = signed ? colors[n] : (255 << 24) | (n << 16) | (n << 8) | n;
  }
  g.putImageData(image, 0, 0);
}

function dilTaps(s) {
  const o = s.own, [row, col] = o.cell, mid = (o.k - 1) / 2, taps = [];
  for (let i = 0; i < o.k; i++) for (let j = 0; j < o.k; j++) {
    const y = row + (i - mid) * o.rate, x = col + (j - mid) * o.rate, inside = y >= 0 && x >= 0 && y < o.h && x < o.w;
    const weight = o.weight[i * o.k + j], v = inside ? o.x[y * o.w + x] : 0;
    taps.push({ y, x, inside, weight, v, p: v * weight });
  }
  return taps;
}

function dilHit(s) {
  if (!s.pointer) return null;
  for (const pane of [s.params.panes.output, s.params.panes.input]) {
    const col = Math.floor(((s.pointer[0] - pane[0]) / pane[2]) * s.own.w), row = Math.floor(((s.pointer[1] - pane[1]) / pane[3]) * s.own.h);
    if (row >= 0 && col >= 0 && row < s.own.h && col < s.own.w) return [row, col];
  }
  return null;
}

const dilColor = (s, weight) => (weight > 0 ? s.params.colors.positive : weight < 0 ? s.params.colors.negative : s.params.colors.none);

function dilRate(s, value, done) {
  const o = s.own, rate = Math.round(clamp(Number(value) || 1, 1, s.params.most));
  o.touched = true;
  if (rate !== o.rate) { o.rate = rate; dilPicture(s); s.change(); }
  if (done) later(s, "commit", 150, () => dilSend(s));
}

function dilPin(s, cell) {
  s.own.pin = cell;
  s.keep("cell", cell);
}

function dilSend(s) {
  const o = s.own, sample = [];
  for (let i = 0; i < o.out.length; i += s.params.every) sample.push(o.out[i]);
  s.commit({ rate: o.rate, tag: s.params.tag, sample });
}

function dilDot(g, x, y, r, color, px) {
  for (const [style, size] of [["rgba(0,0,0,.8)", r + 1.5 * px], ["#fff", r + 0.6 * px], [color, r]]) { g.fillStyle = style; g.fillRect(x - size, y - size, 2 * size, 2 * size); }
}

function dilMarks(s, g) {
  const o = s.own, p = s.params, inp = p.panes.input, out = p.panes.output, cw = inp[2] / o.w, ch = inp[3] / o.h, px = s.px;
  const [row, col] = o.cell, reach = dilReach(o, o.rate), mid = (reach - 1) / 2;
  const box = [inp[0] + (col - mid) * cw, inp[1] + (row - mid) * ch, reach * cw, reach * ch];
  const place = [out[0] + (col + 0.5) * (out[2] / o.w), out[1] + (row + 0.5) * (out[3] / o.h)];
  g.strokeStyle = p.colors.window;
  g.lineWidth = 1.5 * px;
  g.globalAlpha = 0.85;
  g.beginPath();
  for (const y of [box[1], box[1] + box[3]]) { g.moveTo(box[0] + box[2], y); g.lineTo(...place); }
  g.stroke();
  g.globalAlpha = 1;
  for (const [style, wide] of [["rgba(0,0,0,.65)", 3.5], [p.colors.window, 1.8]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.strokeRect(...box); }
  const r = Math.max(1.6 * px, Math.min(3.2 * px, o.rate * cw * 0.32));
  for (const tap of dilTaps(s)) dilDot(g, inp[0] + (tap.x + 0.5) * cw, inp[1] + (tap.y + 0.5) * ch, r, dilColor(s, tap.weight), px);
  outline(g, [place[0] - 3 * px, place[1] - 3 * px, place[0] + 3 * px, place[1] + 3 * px], p.colors.output, px, 2.5);
}

PROGRAMS.dilate = {
  keys: "arrows move the kernel, with Shift further",
  mount(s) {
    const o = s.own, p = s.params;
    o.x = unpack(p.input);
    o.weight = unpack(p.weight);
    [o.h, o.w] = o.x.shape;
    o.k = o.weight.shape[0];
    if (!o.slider) dilPanel(s);
    // Once it was moved here, what comes back from Python is an echo, and may be late.
    if (!o.touched) o.rate = p.rate;
    if (o.size !== String(o.x.shape)) {
      o.size = String(o.x.shape);
      const [row, col] = (o.cell ? null : s.kept("cell", 2)) ?? p.start;
      if (o.cell) dilPin(s, null);
      o.cell = [clamp(Math.round(row), 0, o.h - 1), clamp(Math.round(col), 0, o.w - 1)];
      o.pin = s.kept("cell", 2) ? o.cell : null;
    }
    dilPicture(s);
    s.change();
  },

  move(s) {
    const hit = dilHit(s);
    if (hit) s.own.cell = hit;
    else if (s.own.pin) s.own.cell = s.own.pin;
    s.pointer = null;
    dilWords(s);
    dilZoom(s);
  },

  frame(s, g) {
    const o = s.own, p = s.params, out = p.panes.output;
    g.fillStyle = s.color.background;
    g.beginPath();
    g.rect(0, 0, s.w, s.h);
    g.rect(...p.panes.input);
    g.fill("evenodd");
    g.imageSmoothingEnabled = o.bitmap.width > out[2] / s.px;
    g.drawImage(o.bitmap, ...out);
    for (const pane of [p.panes.input, out]) edge(s, g, pane);
    g.fillStyle = s.color.text;
    g.font = "600 " + 13 * s.px * letters() + "px " + s.font;
    g.textBaseline = "bottom";
    g.fillText(p.titles.input, p.panes.input[0], p.panes.input[1] - 5 * s.px);
    g.fillText(p.titles.output, out[0], out[1] - 5 * s.px);
    g.save();
    g.beginPath();
    g.rect(0, p.panes.input[1], s.w, s.h);
    g.clip();
    dilMarks(s, g);
    g.restore();
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point at either picture, click to keep the place; with the keyboard, arrows move the output pixel.";
  },

  // A press keeps the place: the picture comes back to it, and the address names it.
  down(s) {
    const hit = dilHit(s);
    if (hit) dilPin(s, hit);
    return false;
  },

  key(s, e) {
    const step = ARROWS[e.key], o = s.own;
    if (!step) return false;
    const by = e.shiftKey ? 10 : 1;
    o.cell = [clamp(o.cell[0] + by * step[1], 0, o.h - 1), clamp(o.cell[1] + by * step[0], 0, o.w - 1)];
    dilPin(s, o.cell);
    later(s, "told", 250, () => { s.dom.said.textContent = "row " + o.cell[0] + ", column " + o.cell[1] + ": " + dilNumber(o.out[o.cell[0] * o.w + o.cell[1]]); });
    s.change();
    return true;
  },
};
