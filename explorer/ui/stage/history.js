// The browser's way back to a view.
//
// On the way to another page Streamlit first takes the view out of the address, as a step of the history of its own; Back
// then leads to the bare page and every control is at its start (streamlit 1.67; goes when a page's entry keeps its query).
// Here a change of the query is no step of the history, and an entry that was stripped on the way out gets its view again.

const STRIPPED_MS = 5000; // from the stripping to the step to the other page; a busy server takes a second or two

function keepViews() {
  if (history.explorer) return;
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  let held = null;
  history.explorer = true;
  history.pushState = (state, title, url) => {
    const now = performance.now(), recent = held && now - held.at < STRIPPED_MS;
    if (new URL(url ?? "", location.href).pathname === location.pathname) {
      if (!recent) held = { href: location.href, at: now };
      return replace(state, title, url);
    }
    if (recent) replace(history.state, "", held.href);
    held = null;
    return push(state, title, url);
  };
}
