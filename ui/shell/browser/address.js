// Address: parameters that tell what a page is about, written without an entry in the history.

export default function ({ data }) {
  const address = new URL(window.location.href);
  for (const [name, value] of Object.entries(data.parameters)) {
    if (value === null) address.searchParams.delete(name);
    else if (address.searchParams.get(name) !== value) address.searchParams.set(name, value);
  }
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
}
