// The picture in words, for those who do not see it.

const HEADLINE = 160; // characters: more of the panel is read in the panel itself
const NAMED = 6; // boxes of a layer that are told one by one

// What it shows, the numbers of this moment, what the keys do. Not while it has the focus: that
// would be said over what the keys just did.
function describe(s) {
  nameCanvases(s);
  if (s.dom.frame.matches(":focus") && s.dom.frame.hasAttribute("aria-label")) return;
  const told = [s.d.alt, s.w + " by " + s.h + " pixels", ...s.layers.flatMap(layerWords), ...hoverWords(s), ...markWords(s), headline(s), hintOf(s)];
  const text = told.map((one) => one.trim().replace(/[.\s]+$/, "")).filter(Boolean).join(". ") + ".";
  if (s.dom.frame.getAttribute("aria-label") !== text) s.dom.frame.setAttribute("aria-label", text);
}

function layerWords(layer) {
  if (layer.kind === "texts") return [layer.labels.slice(0, 2 * NAMED).join(", ")];
  if (layer.kind !== "boxes" || !layer.at.length || layer.told === null) return [];
  const n = layer.at.length / 4, at = (i) => [...layer.at.subarray(4 * i, 4 * i + 4)].map((v) => fixed(v, 0)).join(", ");
  const some = Array.from({ length: Math.min(n, NAMED) }, (_, i) => (layer.labels?.[i] || "box " + (i + 1)) + " at " + at(i));
  return [(layer.told ? layer.told + ": " : "") + n + (n === 1 ? " box: " : " boxes, first: ") + some.join("; ")];
}

function hoverWords(s) {
  if (!s.hover) return [];
  const { values, scale, digits, unit } = s.hover;
  s.hover.ends ??= values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const [least, most] = s.hover.ends;
  return ["Values from " + fixed(least * scale, digits) + " to " + fixed(most * scale, digits) + unit];
}

// What a reader moves: boxes, the chosen place.
function markWords(s) {
  const boxes = s.boxes.map((b, i) => boxName(s, i) + " at " + b.map((v) => fixed(v, 0)).join(", "));
  return s.selected ? [...boxes, "chosen: x " + Math.round(s.selected[0]) + ", y " + Math.round(s.selected[1])] : boxes;
}

// A number that stands alone, as in "AP 0.52" and not as in "11-point"; and a word that says of what.
const ALONE = /(?:^|[\s=:(~\u2248\u2212])\d[\d.,]*(?=$|[\s),;:%])/, WORD = /\p{L}{2,}/u;

// The texts of a node that are shown, with spaces between.
function spacedText(node) {
  const found = [], walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("[hidden], option")) found.push(walker.currentNode.data.trim());
  return found.filter(Boolean).join(" ").replace(/\s+/g, " ");
}

// What the program tells of this moment; else the panel's first number with the words around it.
function headline(s) {
  if (s.program?.told) return s.program.told(s).replace(/\s+/g, " ");
  const walker = document.createTreeWalker(s.panel, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    let node = walker.currentNode.parentElement, text = spacedText(node);
    if (!/\d/.test(walker.currentNode.data) || node.closest("[hidden], option")) continue;
    while (node !== s.panel && !(ALONE.test(text) && WORD.test(text))) { node = node.parentElement; text = spacedText(node); }
    return text.length > HEADLINE ? text.slice(0, HEADLINE).replace(/\s\S*$/, " \u2026") : text;
  }
  return "";
}

// Names for a panel's pictures that have none: the text before them, or the whole picture's words.
function nameCanvases(s) {
  for (const canvas of s.panel.querySelectorAll("canvas:not([aria-label]):not([aria-hidden])")) {
    if (canvas.closest("button")) { canvas.setAttribute("aria-hidden", "true"); continue; }
    if (!canvas.hasAttribute("role")) canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", textBefore(s, canvas) || s.d.alt);
  }
}

function textBefore(s, node) {
  for (let one = node; one && one !== s.panel; one = one.parentElement) {
    for (let near = one.previousElementSibling; near; near = near.previousElementSibling) {
      const text = near.textContent.trim();
      if (text) return text.slice(0, HEADLINE);
    }
  }
  return "";
}
