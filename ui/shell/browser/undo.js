// Undo: what a component returns to Streamlit, to be called when it leaves the page.

// Streamlit calls a component anew, with other data or another theme, perhaps before the script of the first call
// has arrived; it then undoes the first call right after the second. What the second uses must stay.
const latestCalls = new WeakMap();

// `owner` is the object whose calls follow one another; `undo` is called for the latest of them alone.
function undoingLatest(owner, undo) {
  const call = {};
  latestCalls.set(owner, call);
  return () => {
    if (latestCalls.get(owner) === call) undo();
  };
}
