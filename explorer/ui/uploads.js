// Says in the page what became of files that Streamlit marks in red: its own word stands in a hint.
const LOOK_MS = 400;
// Streamlit's words, and the sentence for each; any other is of a connection that broke.
const WORDS = { large: /or smaller/, many: /Only one file/ };

// The uploader that stands nearest above this component.
function uploader(node) {
  for (let one = node; one; one = one.parentElement) {
    const found = one.querySelector("[data-testid=stFileUploader]");
    if (found) return found;
  }
  return null;
}

// A chip's label is "name, size"; a name may hold commas of its own.
function sentence(chip, said) {
  const label = chip.getAttribute("aria-label") ?? "", cut = label.lastIndexOf(", ");
  const word = chip.querySelector("[role=alert]")?.textContent ?? "";
  const why = Object.keys(WORDS).find((one) => WORDS[one].test(word)) ?? "lost";
  return said[why].replace("{name}", () => label.slice(0, cut)).replace("{size}", () => label.slice(cut + 2));
}

export default function ({ data, parentElement }) {
  const root = parentElement.getRootNode(), host = root.host ?? parentElement;
  const told = parentElement.querySelector(".told");
  const look = () => {
    const chips = uploader(host)?.querySelectorAll("[data-testid=stFileChip][aria-invalid=true]") ?? [];
    const text = [...chips].map((chip) => sentence(chip, data)).join("\n");
    if (told.textContent !== text) told.textContent = text;
    told.hidden = !text;
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return () => clearInterval(timer);
}
