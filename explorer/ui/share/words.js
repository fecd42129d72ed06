// The page's words as plain HTML: headings, paragraphs, tables, formulas; the settings as a line.

const PLAIN = new Set("P H1 H2 H3 H4 H5 H6 UL OL LI STRONG EM B I DEL CODE PRE A TABLE THEAD TBODY TR TH TD SUP SUB BR HR BLOCKQUOTE SPAN DIV".split(" "));
const NO_WORDS = "[data-testid=stIconMaterial], [data-testid=stTooltipIcon], [data-testid=stHeaderActionElements], button, style, script, [translate=no]:is([role=img], [aria-hidden=true])";
const GREY = 30, DARKER = 0.3, INK = "#1b2026"; // hues differ by more; luminance of a hue as text; text on paper
const DULL = "DIV SPAN".split(" ");

// Copy a piece of Markdown without its classes; a formula as it is set on the page, its letters in the file.
function plain(node, dark) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(NO_WORDS) || hidden(node)) return null;
  if (node.classList.contains("katex")) return formula(node, dark);
  const made = PLAIN.has(node.tagName) ? document.createElement(node.localName) : document.createDocumentFragment();
  if (made instanceof Element) dress(made, node, dark);
  for (const child of node.childNodes) {
    const inside = plain(child, dark);
    if (inside) made.append(inside);
  }
  return made;
}

function dress(made, node, dark) {
  for (const name of ["colspan", "rowspan"]) if (node.hasAttribute(name)) made.setAttribute(name, node.getAttribute(name));
  if (node.tagName === "A" && /^https?:/.test(node.href)) made.setAttribute("href", node.href);
  if (node.tagName === "TD" || node.tagName === "TH") made.style.textAlign = getComputedStyle(node).textAlign;
  const color = getComputedStyle(node).color;
  if (DULL.includes(node.tagName) && node.style.length && color !== getComputedStyle(node.parentElement).color) made.style.color = dark ? legible(color) : color;
}

function formula(node, dark) {
  const made = copied(node, (one) => one.matches(".katex-mathml"), []);
  if (dark) for (const one of [made, ...made.querySelectorAll("[style]")]) one.style.color = legible(one.style.color);
  made.setAttribute("role", "math");
  made.setAttribute("aria-label", node.querySelector("annotation")?.textContent ?? "");
  return made;
}

// A light colour of the dark theme, as it reads on white: greys become the ink, hues darker.
function legible(color) {
  const [r, g, b] = (color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number), light = luminous(color);
  if (light < 0.45) return color;
  if (Math.max(r, g, b) - Math.min(r, g, b) < GREY) return INK;
  return "rgb(" + [r, g, b].map((v) => Math.round((v * DARKER) / light)).join(",") + ")";
}

const luminous = (color) => {
  const [r, g, b] = (color.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
};

// "IoU threshold", "0.50": a control's name and the value that it has now; null without one.
function setting(one) {
  const value = fieldValue(one), label = one.querySelector("[data-testid=stWidgetLabel]");
  return value && label ? [textOf(label), value] : null;
}

const settings = (root) => [...root.querySelectorAll("[data-testid=stElementContainer]")].map(setting).filter(Boolean);

// What is written in a label or a button.
function textOf(node) {
  const words = document.createElement("span");
  words.append(...[...node.childNodes].map((child) => plain(child, false)).filter(Boolean));
  return words.textContent.trim();
}

function fieldValue(one) {
  const thumbs = [...one.querySelectorAll("[data-testid=stSliderThumbValue]")];
  if (thumbs.length) return thumbs.map((thumb) => thumb.textContent.trim()).join(" to ");
  if (one.querySelector("[data-testid=stCheckbox]")) return one.querySelector("input").checked ? "on" : "off";
  const chosen = [...one.querySelectorAll("[aria-checked=true], input[type=radio]:checked")];
  if (chosen.length) return chosen.map((node) => textOf(node.tagName === "INPUT" ? node.closest("label") : node)).join(", ");
  return one.querySelector("input:not([type=file]):not([type=radio]), textarea")?.value ?? "";
}
