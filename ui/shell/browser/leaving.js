// Leaving: whether a click has asked for another page. Until that comes, the address and all elements are still there, and
// Streamlit would take what one of them tells for a wish to run the page before again: it clears the new page and draws
// nothing.

const PAGE_LINKS = "a[data-testid=stPageLink-NavLink], a[data-testid=stSidebarNavLink]";

function opensElsewhere(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

// To be called for each click.
function noteAskedFor(event) {
  const link = event.target.closest(PAGE_LINKS);
  if (link && !opensElsewhere(event)) window.segcompareAskedFor = link.pathname;
}

// To be called by what is drawn anew, as its page has come.
function noteArrival() {
  window.segcompareAskedFor = null;
}

// Whether an element of the page at a path may tell something.
function mayTell(page) {
  return window.location.pathname === page && (window.segcompareAskedFor ?? page) === page;
}
