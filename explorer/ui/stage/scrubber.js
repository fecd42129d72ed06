// The scrubber. It owns its frame number; Python starts it and hears of it, debounced.
// window.__frames[key] is the present frame, "explorer:frame" on window tells of a change,
// "explorer:go" {key, frame} asks for one.

const BARS = new WeakMap();
const OPEN = new Set();
const HEAR_MS = 120, HEAR_PLAYING_MS = 500, STEP_MS = 700;
const LONGEST = 8; // names that are measured

// "2 of 4 · keep", counted as the words of the page count; the name alone where it has the number.
function told({ n, first }, name, frame) {
  return [first === null ? "" : frame + first + " of " + (n + first), name].filter(Boolean).join("  \u00b7  ");
}

// Room for the longest names, which take the lines they need: no step moves what stands below.
function room(s) {
  const { bar, now } = s.dom, { n, names } = s.d, wide = now.getBoundingClientRect().width, about = [wide, n, s.d.first, ...names].join("\n");
  if (!wide || s.roomFor === about) return;
  s.roomFor = about;
  const probe = probeOf(now, wide), texts = Array.from({ length: n + 1 }, (_, k) => told(s.d, names[k], k)).sort((a, b) => b.length - a.length);
  bar.append(probe);
  const highs = texts.slice(0, LONGEST).map((text) => { probe.textContent = text; return probe.getBoundingClientRect().height; });
  probe.remove();
  now.style.minHeight = Math.max(...highs) + "px";
}

function probeOf(now, wide) {
  const probe = now.cloneNode();
  probe.removeAttribute("aria-live");
  Object.assign(probe.style, { position: "absolute", visibility: "hidden", minHeight: 0, width: wide + "px" });
  return probe;
}

function show(s) {
  const { n, names } = s.d, { range, now, play } = s.dom;
  range.max = n;
  range.value = s.frame;
  range.disabled = n === 0;
  now.textContent = n ? told(s.d, names[s.frame], s.frame) : "nothing to step through";
  now.title = names[s.frame] ?? "";
  range.setAttribute("aria-valuetext", now.textContent);
  for (const [name, off] of [["first", s.frame <= 0], ["back", s.frame <= 0], ["next", s.frame >= n], ["last", s.frame >= n], ["play", n === 0]]) s.dom[name].disabled = off;
  play.querySelector("path").setAttribute("d", s.playing ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 2.5v11L13 8z");
  play.setAttribute("aria-label", s.playing ? "Pause" : "Play");
  (window.__frames ??= {})[s.d.key] = s.frame;
  window.dispatchEvent(new CustomEvent("explorer:frame", { detail: { key: s.d.key, frame: s.frame } }));
}

function tell(s) {
  clearTimeout(s.hear);
  s.hear = 0;
  if (s.sent === s.frame) return;
  s.sent = s.frame;
  s.told = performance.now();
  s.setState("frame", { v: s.frame, rev: s.d.rev });
}

function go(s, frame) {
  s.frame = Math.max(0, Math.min(s.d.n, frame));
  show(s);
  if (!s.playing) { clearTimeout(s.hear); s.hear = setTimeout(() => tell(s), HEAR_MS); }
  else if (performance.now() - (s.told ?? 0) > HEAR_PLAYING_MS) tell(s);
}

function stop(s) {
  clearInterval(s.playing);
  s.playing = 0;
  show(s);
  tell(s);
}

function start(s) {
  if (s.frame >= s.d.n) go(s, 0);
  s.playing = setInterval(() => { go(s, s.frame + 1); if (s.frame >= s.d.n) stop(s); }, STEP_MS / s.dom.speed.value);
  show(s);
}

const ACTIONS = {
  first: (s) => go(s, 0),
  back: (s) => go(s, s.frame - 1),
  next: (s) => go(s, s.frame + 1),
  last: (s) => go(s, s.d.n),
  play: (s) => (s.playing ? stop(s) : start(s)),
};

// What has a use of its own for the arrow keys while it has the focus.
const BUSY = "input:not([type=checkbox]), textarea, select, canvas, [contenteditable=true], [role=slider], [role=radio], [role=radiogroup], [role=tab], [role=combobox], [role=listbox], [role=option], [role=grid], [role=menu], [data-testid=stDataFrame], [data-testid=stBidiComponentIsolated]";

// Arrow keys step the first scrubber on the page unless what has the focus needs them.
function keyed(s, e) {
  if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.defaultPrevented) return;
  const step = { ArrowLeft: "back", ArrowRight: "next", PageUp: "back", PageDown: "next" }[e.key];
  const from = e.composedPath()[0], own = s.root.contains(from), typing = ["INPUT", "SELECT"].includes(from.tagName);
  if (!step || !s.d.n || (own ? typing : document.activeElement?.closest(BUSY) || firstBar() !== s)) return;
  e.preventDefault();
  if (s.playing) stop(s);
  ACTIONS[step](s);
}

const firstBar = () => [...OPEN].filter((s) => s.d.n && s.dom.bar.getClientRects().length).sort((a, b) => a.dom.bar.getBoundingClientRect().top - b.dom.bar.getBoundingClientRect().top)[0];

function open(root) {
  const dom = {};
  for (const name of ["bar", "label", "first", "back", "play", "next", "last", "range", "speed", "now"]) dom[name] = root.querySelector("." + name);
  const s = { root, dom, frame: 0, playing: 0, d: {} };
  for (const name of Object.keys(ACTIONS)) dom[name].onclick = () => { if (s.playing && name !== "play") stop(s); ACTIONS[name](s); };
  dom.range.oninput = () => { if (s.playing) stop(s); go(s, Number(dom.range.value)); };
  dom.speed.onchange = () => { if (s.playing) { clearInterval(s.playing); s.playing = 0; start(s); } };
  s.onKey = (e) => keyed(s, e);
  s.onGo = (e) => { if (e.detail.key === s.d.key) { if (s.playing) stop(s); go(s, e.detail.frame); } };
  window.addEventListener("keydown", s.onKey);
  window.addEventListener("explorer:go", s.onGo);
  s.resized = new ResizeObserver(() => room(s));
  s.resized.observe(dom.now);
  OPEN.add(s);
  return s;
}

function close(s) {
  clearInterval(s.playing);
  clearTimeout(s.hear);
  s.resized.disconnect();
  window.removeEventListener("keydown", s.onKey);
  window.removeEventListener("explorer:go", s.onGo);
  OPEN.delete(s);
}

export default function ({ data, parentElement, setStateValue }) {
  let s = BARS.get(parentElement);
  if (!s || !parentElement.contains(s.dom.bar)) {
    if (s) close(s);
    s = open(parentElement);
    BARS.set(parentElement, s);
  }
  const fresh = s.d.rev !== data.rev || s.d.key !== data.key;
  s.setState = setStateValue;
  s.d = data;
  s.dom.label.textContent = data.label;
  s.dom.bar.setAttribute("aria-label", data.label);
  s.dom.range.setAttribute("aria-label", data.label);
  if (fresh) s.frame = s.sent = data.frame;
  s.frame = Math.min(s.frame, data.n);
  if (s.playing && s.frame >= data.n) stop(s);
  show(s);
  room(s);
  const call = (s.calls = (s.calls ?? 0) + 1);
  return () => {
    if (s.calls !== call) return;
    close(s);
    BARS.delete(parentElement);
  };
}
