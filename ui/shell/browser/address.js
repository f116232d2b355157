// Address: parameters that tell what a page shows, written without an entry in the history.

export default function ({ data }) {
  const address = new URL(window.location.href);
  const page = address.pathname.split("/").pop();
  // Back may have been pressed meanwhile. The first page has a name of its own too.
  if (page !== data.page && !(data.page === "" && page === "overview")) return;
  for (const [name, values] of Object.entries(data.parameters)) {
    // Even values that are there already would be spelled anew, with %7E for a tilde.
    if (JSON.stringify(address.searchParams.getAll(name)) === JSON.stringify(values ?? [])) continue;
    const [first, ...others] = values ?? [];
    if (first === undefined) address.searchParams.delete(name);
    // In its place, which a parameter keeps when it changes.
    else address.searchParams.set(name, first);
    for (const value of others) address.searchParams.append(name, value);
  }
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
}
