// Address: what a shared link carries, written without asking the server and without an entry in the history.

// Each setting as text, or null where there is none.
function shareable({ left, right, opacity, outlines, divider, hidden, view, probe, box, layout, third }) {
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
    box: box ? [box.x, box.y, box.width, box.height].join(",") : null,
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

// `names` tells which settings are wanted, each under its own name.
function writeAddress(names, settings) {
  const address = withoutEarlierView(new URL(window.location.href));
  const now = shareable(settings);
  for (const name of names) {
    // Even a value that is there already would be spelled anew, with %7E for a tilde.
    if (now[name] === address.searchParams.get(name)) continue;
    if (now[name] === null) address.searchParams.delete(name);
    else address.searchParams.set(name, now[name]);
  }
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
}
