// Boxes a reader moves, resizes, draws and deletes; and the brush.

const GRAB_PX = 9, ROOM_PX = 30, LEAST = 2;
const PARTS = [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0], [0.5, 1], [0, 0.5], [1, 0.5]];
const CURSORS = ["nwse-resize", "nesw-resize", "nesw-resize", "nwse-resize", "ns-resize", "ns-resize", "ew-resize", "ew-resize"];

// Handles of a small box stand outside it, so that its middle can still be grabbed.
function handlesOf(s, [x1, y1, x2, y2]) {
  const room = ROOM_PX * s.px, px = Math.max(0, (room - (x2 - x1)) / 2), py = Math.max(0, (room - (y2 - y1)) / 2);
  return PARTS.map(([hx, hy]) => [x1 - px + hx * (x2 - x1 + 2 * px), y1 - py + hy * (y2 - y1 + 2 * py)]);
}

function hitBox(s, p, touch) {
  const reach = (touch ? 18 : GRAB_PX) * s.px, box = s.boxes[s.active];
  if (box) {
    const near = handlesOf(s, box).map(([x, y], part) => ({ part, far: Math.max(Math.abs(x - p[0]), Math.abs(y - p[1])) }));
    near.sort((a, b) => a.far - b.far);
    if (near[0].far <= reach) return { index: s.active, part: near[0].part };
  }
  const slack = 6 * s.px, inside = ([x1, y1, x2, y2]) => p[0] >= x1 - slack && p[0] <= x2 + slack && p[1] >= y1 - slack && p[1] <= y2 + slack;
  const area = (b) => (b[2] - b[0]) * (b[3] - b[1]);
  const order = s.boxes.map((b, index) => ({ b, index })).filter(({ b }) => inside(b)).sort((a, b) => area(a.b) - area(b.b));
  const own = order.find(({ index }) => index === s.active);
  const found = own && area(own.b) <= 1.5 * area(order[0].b) ? own : order[0];
  return found ? { index: found.index, part: "move" } : null;
}

function shifted(s, [x1, y1, x2, y2], dx, dy) {
  const x = clamp(dx, -x1, s.w - x2), y = clamp(dy, -y1, s.h - y2);
  return [x1 + x, y1 + y, x2 + x, y2 + y];
}

function resized(s, box, part, dx, dy) {
  const [hx, hy] = PARTS[part], b = [...box];
  if (hx !== 0.5) b[hx ? 2 : 0] = clamp(b[hx ? 2 : 0] + dx, 0, s.w);
  if (hy !== 0.5) b[hy ? 3 : 1] = clamp(b[hy ? 3 : 1] + dy, 0, s.h);
  return sorted(b);
}

const sorted = ([x1, y1, x2, y2]) => [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
const rounded = (boxes) => boxes.map((b) => b.map((v) => Math.round(v * 100) / 100));
const sendBoxes = (s) => commitValue(s, "boxes", rounded(s.boxes));

const BOXES = {
  down(s, p, e) {
    const hit = hitBox(s, p, e.pointerType === "touch");
    if (hit) { s.active = hit.index; return { ...hit, from: p, box: [...s.boxes[hit.index]] }; }
    const full = s.boxes.length >= s.d.edit.most;
    if (full && s.d.edit.most > 1) return null;
    return { part: "draw", from: p, kept: s.boxes.map((b) => [...b]), index: full ? 0 : s.boxes.length };
  },
  drag(s, p, grab) {
    const [dx, dy] = [p[0] - grab.from[0], p[1] - grab.from[1]];
    if (grab.part === "draw") {
      if (Math.max(Math.abs(dx), Math.abs(dy)) < 4 * s.px) { s.boxes = grab.kept.map((b) => [...b]); return; }
      s.boxes[grab.index] = sorted([...grab.from, ...p]);
      s.active = grab.index;
    } else s.boxes[grab.index] = grab.part === "move" ? shifted(s, grab.box, dx, dy) : resized(s, grab.box, grab.part, dx, dy);
  },
  up(s, p, grab) {
    const b = s.boxes[grab.index], least = Math.min(LEAST, s.w / 8, s.h / 8);
    if (b && (b[2] - b[0] < least || b[3] - b[1] < least)) { if (grab.part === "draw") s.boxes = grab.kept; else s.boxes[grab.index] = grab.box; }
    sendBoxes(s);
  },
  key(s, e, step) {
    const b = s.boxes[s.active];
    if (step && b) {
      const by = (e.altKey || e.ctrlKey ? 10 : 1) * Math.max(1, Math.round(s.w / 640));
      const [dx, dy] = [step[0] * by, step[1] * by];
      s.boxes[s.active] = e.shiftKey ? sorted([b[0], b[1], clamp(b[2] + dx, b[0] + LEAST, s.w), clamp(b[3] + dy, b[1] + LEAST, s.h)]) : shifted(s, b, dx, dy);
      later(s, "commit", 250, () => sendBoxes(s));
    } else if (e.key === "Tab" && !e.altKey && !e.ctrlKey) {
      const next = s.active + (e.shiftKey ? -1 : 1);
      if (next < 0 || next >= s.boxes.length) return false;
      s.active = next;
    } else if ((e.key === "n" || e.key === "N" || e.key === "Insert") && s.boxes.length < s.d.edit.most) {
      s.boxes.push([0.35 * s.w, 0.35 * s.h, 0.65 * s.w, 0.65 * s.h]);
      s.active = s.boxes.length - 1;
      sendBoxes(s);
    } else if ((e.key === "Delete" || e.key === "Backspace") && b && canDelete(s)) deleteBox(s);
    else if (e.key === "Enter") sendBoxes(s);
    else return false;
    const now = s.boxes[s.active];
    s.say(now ? boxName(s, s.active) + ": " + now.map((v) => Math.round(v)).join(", ") : "No box");
    return true;
  },
};

// A page whose program needs so many boxes keeps them: none is deleted below `least`.
const canDelete = (s) => s.boxes.length > s.d.edit.least;
const boxName = (s, i) => s.d.edit.labels[i] ?? "box " + (i + 1);

function deleteBox(s) {
  s.boxes.splice(s.active, 1);
  s.active = Math.max(0, s.active - 1);
  s.change();
  sendBoxes(s);
}

// Places of the boxes' labels, the chosen box's first.
function boxTags(s, g, px) {
  const places = [], order = [...s.boxes.keys()].sort((a, b) => (b === s.active) - (a === s.active));
  for (const i of order) if (s.d.edit.labels[i]) places[i] = tagPlace(s, g, s.d.edit.labels[i], s.boxes[i][0], s.boxes[i][1] - 3 * px, px);
  return places;
}

function drawBoxes(s, g, px, names) {
  g.save();
  s.boxes.forEach((b, i) => {
    const color = s.d.edit.colors[i % s.d.edit.colors.length], [x1, y1, x2, y2] = b;
    for (const [style, width] of [["rgba(0,0,0,.55)", 4.5], [color, 2.5]]) { g.strokeStyle = style; g.lineWidth = width * px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  });
  names.forEach((place, i) => { if (place) tagDraw(s, g, s.d.edit.labels[i], place, s.d.edit.colors[i % s.d.edit.colors.length], px); });
  const b = s.boxes[s.active];
  if (b && !s.saving) {
    g.fillStyle = "#fff";
    g.strokeStyle = "rgba(0,0,0,.8)";
    g.lineWidth = 1.5 * px;
    for (const [x, y] of handlesOf(s, b)) { g.fillRect(x - 5 * px, y - 5 * px, 10 * px, 10 * px); g.strokeRect(x - 5 * px, y - 5 * px, 10 * px, 10 * px); }
  }
  g.restore();
}

function inkCanvas(s) {
  if (s.ink) return s.ink;
  const k = Math.max(1, Math.ceil(280 / Math.max(s.w, s.h)));
  s.ink = element("canvas");
  s.ink.width = s.w * k;
  s.ink.height = s.h * k;
  s.ink.getContext("2d").scale(k, k);
  return s.ink;
}

function stroke(s, a, b) {
  const g = inkCanvas(s).getContext("2d");
  g.globalCompositeOperation = s.erasing ? "destination-out" : "source-over";
  g.strokeStyle = "#fff";
  g.lineWidth = s.d.brush.px;
  g.lineCap = g.lineJoin = "round";
  g.beginPath();
  g.moveTo(...a);
  g.lineTo(b[0] + 0.01, b[1]);
  g.stroke();
}

// The ink as n x n grey bytes in base64, each the mean over its part of the picture.
function writeInk(s) {
  const n = s.d.brush.size, small = element("canvas");
  small.width = small.height = n;
  const g = small.getContext("2d", { willReadFrequently: true });
  g.imageSmoothingQuality = "high";
  g.drawImage(inkCanvas(s), 0, 0, n, n);
  const data = g.getImageData(0, 0, n, n).data;
  let text = "";
  for (let i = 3; i < data.length; i += 4) text += String.fromCharCode(data[i]);
  return btoa(text);
}

function readInk(s, value) {
  s.ink = null;
  const n = s.d.brush.size, text = value ? atob(value) : "";
  if (text.length !== n * n) return;
  const small = element("canvas");
  small.width = small.height = n;
  const g = small.getContext("2d"), image = g.createImageData(n, n);
  for (let i = 0; i < n * n; i++) image.data.set([255, 255, 255, text.charCodeAt(i)], 4 * i);
  g.putImageData(image, 0, 0);
  inkCanvas(s).getContext("2d").drawImage(small, 0, 0, s.w, s.h);
}

function clearInk(s) {
  s.ink = null;
  s.change();
  commitValue(s, "ink", null);
}

const sendInk = (s) => commitValue(s, "ink", writeInk(s));

// The classes s.own.labels follow the boxes as they are drawn and deleted (s.own.known holds those of before); a new one is of the class `label`.
function followLabels(s, label) {
  const o = s.own, now = s.boxes;
  while (o.labels.length < now.length) o.labels.push(label);
  while (o.labels.length > now.length) {
    const gone = o.known.findIndex((b, i) => String(b) !== String(now[i]));
    o.labels.splice(gone, 1);
    o.known.splice(gone, 1);
  }
  o.known = now.map((b) => [...b]);
}

const BRUSH = {
  down(s, p) { stroke(s, p, p); return { last: p }; },
  drag(s, p, grab, e) {
    const near = e.getCoalescedEvents?.() ?? [];
    for (const one of near.length ? near : [e]) { const q = toImage(s, one); stroke(s, grab.last, q); grab.last = q; }
  },
  up(s) { sendInk(s); },
  key(s, e, step) {
    const p = s.pointer ?? [s.w / 2, s.h / 2], by = s.d.brush.px / 2;
    if (step) {
      const q = [clamp(p[0] + step[0] * by, 0, s.w), clamp(p[1] + step[1] * by, 0, s.h)];
      if (e.shiftKey) { stroke(s, p, q); later(s, "commit", 400, () => sendInk(s)); }
      s.pointer = q;
    } else if (e.key === " ") { stroke(s, p, p); later(s, "commit", 400, () => sendInk(s)); }
    else if (e.key === "Enter") sendInk(s);
    else if (e.key === "Delete" || e.key === "Backspace") clearInk(s);
    else return false;
    return true;
  },
};
