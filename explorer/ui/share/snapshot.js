// A copy of a part of the page that needs nothing outside itself: every element carries its own style, what lies in a
// component is taken out of its shadow, a canvas and an image become data.

const SVG = "http://www.w3.org/2000/svg";
const STYLES = (
  "accent-color align-content align-items align-self background-color background-image background-position background-repeat background-size " +
  "border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style border-bottom-width border-collapse " +
  "border-left-color border-left-style border-left-width border-right-color border-right-style border-right-width border-spacing " +
  "border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width bottom box-shadow box-sizing " +
  "clip-path color column-gap display flex-direction float font-family font-feature-settings " +
  "font-size font-stretch font-style font-variant font-variation-settings font-weight grid-column-start grid-column-end grid-row-start " +
  "grid-row-end grid-template-columns grid-template-rows height image-rendering justify-content justify-items justify-self left " +
  "letter-spacing line-height list-style-position list-style-type margin-bottom margin-left margin-right margin-top " +
  "min-height min-width mix-blend-mode object-fit object-position opacity order outline-color outline-style outline-width overflow-wrap " +
  "overflow-x overflow-y padding-bottom padding-left padding-right padding-top position right row-gap table-layout text-align " +
  "text-decoration-color text-decoration-line text-indent text-overflow text-shadow text-transform top transform transform-origin " +
  "vertical-align visibility white-space width word-break z-index"
).split(" ");
const SVG_STYLES = (
  "clip-path clip-rule color display dominant-baseline fill fill-opacity fill-rule font-family font-size font-style font-weight marker-end " +
  "marker-start opacity paint-order stop-color stop-opacity stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity " +
  "stroke-width text-anchor transform vector-effect visibility"
).split(" ");
const DROPPED = new Set(["SCRIPT", "STYLE", "LINK", "NOSCRIPT", "TEMPLATE", "IFRAME", "VIDEO", "AUDIO", "DIALOG"]);
// Boxes that only hold others: as high as what is left in them.
const HOLDERS = new Set(["stVerticalBlock", "stLayoutWrapper", "stColumn", "stHorizontalBlock"]);
const CELLS = new Set(["TABLE", "THEAD", "TBODY", "TR", "TD", "TH"]);
const ROOM_PX = 0.02; // of a width that is read rounded
const KEPT_ATTRIBUTES = new Set(["alt", "colspan", "rowspan", "dir", "lang", "open", "type"]);

// Wait until what was asked to be drawn again is on the screen.
const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))));

// The stages of the page, drawn sharper and, for paper, in the light theme while `take` copies them.
async function posed(sharp, ink, take) {
  const stages = Object.values(window.__stage?.stages ?? {}).filter((s) => s.root.isConnected);
  const own = Object.getOwnPropertyDescriptor(window, "devicePixelRatio");
  const looks = stages.map((s) => ({ color: s.color, dark: s.dark }));
  Object.defineProperty(window, "devicePixelRatio", { value: sharp, configurable: true });
  try {
    stages.forEach((s) => again(s, ink && s.dark ? { color: { ...s.color, ...ink, second: ink.secondaryBackground }, dark: false } : null, ink));
    await drawn();
    return await take();
  } finally {
    if (own) Object.defineProperty(window, "devicePixelRatio", own);
    else delete window.devicePixelRatio;
    stages.forEach((s, i) => again(s, looks[i].dark ? looks[i] : null, null));
  }
}

function again(s, look, ink) {
  if (look) {
    Object.assign(s, look);
    const style = s.dom.wrap.style;
    for (const [name, value] of [["text-color", ink?.text], ["background-color", ink?.background], ["secondary-background-color", ink?.secondaryBackground], ["primary-color", ink?.primary]]) {
      if (value) style.setProperty("--st-" + name, value);
      else style.removeProperty("--st-" + name);
    }
    s.program?.mount?.(s);
  }
  s.resized = s.underStale = true;
  s.change();
}

const within = (node) => node.shadowRoot ?? node;
const hidden = (node) => node instanceof Element && getComputedStyle(node).display === "none";

// Of a component what only does something when it is pressed: a button that tells a state, or has words without an edge, is read.
const acts = (node) => {
  if (node.localName !== "button" || node.hasAttribute("aria-pressed") || !(node.getRootNode() instanceof ShadowRoot)) return false;
  const { borderTopWidth, borderTopColor } = getComputedStyle(node);
  return parseFloat(borderTopWidth) > 0 && !/, 0\)$/.test(borderTopColor);
};
// Such buttons in a row with no more than a word before them.
const onlyActs = (node) => acts(node) || (node.children.length > 1 && [...node.children].slice(1).every(acts) && (acts(node.children[0]) || node.children[0].localName === "span"));

// Copy a node and all in it. `skip(node)` leaves one out; `jobs` gathers what has to be fetched.
function copied(node, skip, jobs) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName) || skip(node) || hidden(node)) return null;
  if (node.tagName === "CANVAS") return asImage(node, node.toDataURL());
  if (node.tagName === "IMG") return copiedImage(node, jobs);
  if (["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName)) return copiedField(node);
  const plain = node.tagName === "BUTTON" || node.tagName === "FORM" ? "div" : node.localName;
  const made = node instanceof SVGElement ? svgCopy(node) : document.createElement(plain.includes("-") ? "div" : plain);
  if (!(node instanceof SVGElement)) wear(made, node, STYLES);
  for (const child of within(node).childNodes) {
    const inside = copied(child, skip, jobs);
    if (inside) made.append(inside);
  }
  return made;
}

function wear(made, node, names) {
  const style = getComputedStyle(node);
  let text = "";
  for (const name of names) {
    const value = style.getPropertyValue(name);
    // What scrolls on the page is shown whole: one side hidden, the other would scroll again.
    if (name.startsWith("overflow-") && /auto|scroll/.test(style.overflowX + style.overflowY)) continue;
    if (name === "height" && HOLDERS.has(node.dataset?.testid)) continue;
    // A table finds its own sizes again.
    if (CELLS.has(node.tagName) && (name === "height" || (name === "width" && node.tagName !== "TABLE"))) continue;
    if (value && value !== "none" && value !== "normal" && value !== "auto") text += name + ":" + value.replaceAll('"', "'") + ";";
  }
  // Sizes are copied as they came out, so nothing may grow or shrink, nor wrap for a rounding's sake.
  const wraps = style.flexWrap === "wrap" && lines(node) > 1;
  text += "flex:none;flex-wrap:" + (wraps ? "wrap;" : "nowrap;");
  if (style.width.endsWith("px") && !CELLS.has(node.tagName)) text += "width:" + (parseFloat(style.width) + (wraps ? 1 : ROOM_PX)) + "px;";
  made.setAttribute("style", text);
  for (const { name, value } of node.attributes) if (KEPT_ATTRIBUTES.has(name)) made.setAttribute(name, value);
}

// In how many lines the parts of a flexible box stand.
function lines(node) {
  const tops = [...within(node).children].map((child) => child.getBoundingClientRect()).filter((box) => box.width);
  let count = tops.length ? 1 : 0, low = tops[0]?.bottom;
  for (const box of tops) if (box.top >= low) { count++; low = box.bottom; }
  return count;
}

function svgCopy(node) {
  const made = node.cloneNode(false);
  for (const { name, value } of [...made.attributes]) {
    const link = name === "href" || name === "xlink:href";
    if (name.startsWith("on") || name === "class" || (link && !/^(data:image|#)/.test(value))) made.removeAttribute(name);
  }
  const style = getComputedStyle(node);
  let text = made.getAttribute("style") ?? "";
  for (const name of SVG_STYLES) {
    const value = style.getPropertyValue(name);
    if (value) text += ";" + name + ":" + value.replaceAll('"', "'");
  }
  if (node.localName === "svg") {
    const box = node.getBoundingClientRect();
    made.setAttribute("width", box.width);
    made.setAttribute("height", box.height);
    for (const name of ["position", "left", "top", "overflow-x", "overflow-y", "vertical-align", "flex-shrink"]) text += ";" + name + ":" + style.getPropertyValue(name);
  }
  made.setAttribute("style", text);
  return made;
}

function asImage(node, source) {
  const made = document.createElement("img");
  wear(made, node, STYLES);
  made.setAttribute("alt", node.getAttribute("alt") ?? "");
  made.setAttribute("src", source);
  return made;
}

function copiedImage(node, jobs) {
  const made = asImage(node, "data:,");
  jobs.push(asData(node.currentSrc || node.src).then((source) => made.setAttribute("src", source)));
  return made;
}

// What a field holds, as text in its place.
function copiedField(node) {
  if (["range", "checkbox", "radio", "file", "hidden"].includes(node.type)) return drawnField(node);
  const made = document.createElement("div");
  wear(made, node, STYLES);
  made.setAttribute("role", "note");
  if (node.tagName !== "TEXTAREA") Object.assign(made.style, { whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis" });
  made.append(node.tagName === "SELECT" ? (node.selectedOptions[0]?.text ?? "") : node.value);
  return made;
}

// Streamlit draws its own switches and tracks over fields that it hides; ours are the browser's.
function drawnField(node) {
  const made = node.cloneNode(false);
  wear(made, node, STYLES);
  if (node.type === "range") for (const name of ["min", "max", "step"]) if (node.hasAttribute(name)) made.setAttribute(name, node.getAttribute(name));
  made.setAttribute("value", node.value);
  if (node.checked) made.setAttribute("checked", "");
  made.style.pointerEvents = "none";
  return node.type === "range" ? made : node.type === "file" ? null : made;
}

const KNOWN_DATA = new Map();

function asData(address) {
  if (address.startsWith("data:")) return Promise.resolve(address);
  if (!KNOWN_DATA.has(address)) KNOWN_DATA.set(address, fetched(address));
  return KNOWN_DATA.get(address);
}

async function fetched(address) {
  if (new URL(address, location.href).origin !== location.origin && !address.startsWith("blob:")) throw new Error("a picture lies on another server");
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("a picture of the page is gone; reload it");
  const blob = await answer.blob();
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}
