// Links: a click on a link with parameters opens its address as Back and Forward do, which is exactly as it stands
// there, with a single entry in the history.

function follow(event) {
  noteAskedFor(event);
  const link = event.target.closest("a[data-testid=stPageLink-NavLink]");
  if (!link?.search) return;
  // Streamlit would open it its own way, even where another tab is asked for.
  event.stopPropagation();
  if (opensElsewhere(event)) return;
  event.preventDefault();
  window.history.pushState({}, "", link.href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

export default function () {
  document.addEventListener("click", follow, true);
  return undoingLatest(document, () => document.removeEventListener("click", follow, true));
}
