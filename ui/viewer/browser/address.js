// Address: what a shared link carries, written without asking the server and without an entry in the history.

// Each setting as text, or null where it is as at first and a link need not say it.
function shareable({ left, right, opacity, outlines, divider, hidden, view, probe, layout, third }) {
  const { zoom, centre } = view;
  return {
    left,
    right,
    opacity: String(Math.round(opacity * 100)),
    outlines: String(outlines),
    divider: String(Math.round(divider * 100)),
    hidden: hidden.size ? [...hidden].sort().join(",") : null,
    view: layout,
    truth: String(third),
    zoom: zoom > 1 ? [zoom.toFixed(2), centre.x.toFixed(4), centre.y.toFixed(4)].join(",") : null,
    probe: probe ? `${probe.x},${probe.y}` : null,
  };
}

// Earlier links say under "view" which part is seen.
function withoutEarlierView(address) {
  const view = address.searchParams.get("view");
  if (view?.includes(",")) {
    address.searchParams.delete("view");
    address.searchParams.set("zoom", view);
  }
  return address;
}

// `names` tells which settings are wanted, each under its own name; `others` has parameters as they should be.
function writeAddress(names, settings, start, keepShort, others) {
  const address = withoutEarlierView(new URL(window.location.href));
  const write = (name, value) => {
    // Even a value that is there already would be spelled anew, with %7E for a tilde.
    if (value === address.searchParams.get(name)) return;
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  };
  const now = shareable(settings);
  const first = shareable(start);
  for (const name of names) {
    // It stays short until something is changed; a visitor who comes back may have changed anything.
    if (keepShort && now[name] === first[name] && !address.searchParams.has(name)) continue;
    write(name, now[name]);
  }
  for (const [name, value] of Object.entries(others)) write(name, value);
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
}
