// Page keys: keys that work wherever the focus is, except where something is written or chosen.

function isForPage(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || takesKey(event.composedPath()[0], event.key));
}

// Call `act` for a key; returns what ends it.
function listenToPageKeys(actions) {
  const onKey = (event) => {
    const action = isForPage(event) ? actions[event.key] : undefined;
    if (!action) return;
    action();
    event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

// Tell `held` whether a key is down; returns what ends it.
function listenToKeyHeld(key, held) {
  const onKey = (event) => {
    if (event.repeat || event.key.toLowerCase() !== key || !isForPage(event)) return;
    held(event.type === "keydown");
  };
  const types = ["keydown", "keyup"];
  types.forEach((type) => document.addEventListener(type, onKey));
  return () => types.forEach((type) => document.removeEventListener(type, onKey));
}
