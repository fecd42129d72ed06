// Go to another view of the page that is open, as the browser's own Back and Forward do.
export default function ({ data }) {
  const url = new URL(location.href);
  url.search = new URLSearchParams(data.query).toString();
  const timer = setTimeout(() => {
    history.pushState(history.state, "", url);
    window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }, 50);
  return () => clearTimeout(timer);
}
