// Marks: the browser keeps them, as the CSV that Python writes, for the next visit and for other tabs of this one.

const KEPT = "segcompare_marks";
const sessions = new Set(); // those that have been told what was kept before they began
let tell = null;

function kept() {
  try {
    return window.localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

function keep(marks) {
  try {
    window.localStorage.setItem(KEPT, marks);
  } catch {
    // Not allowed, or there is no room: they last for this visit.
  }
}

// Another tab has kept marks, which this one is not to write over.
function onStorage({ key, newValue }) {
  if (key === KEPT && newValue) tell(newValue);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const { session, marks } = data;
  const before = kept();
  const isNew = !sessions.has(session);
  sessions.add(session);
  tell = (text) => setTriggerValue("kept", text);
  window.addEventListener("storage", onStorage);
  // Python adds its own to them, and then all of them come back to be kept.
  if (isNew && before) {
    if (before !== marks) tell(before);
  } else if (before !== marks) {
    keep(marks);
  }
  return undoingLatest(parentElement, () => window.removeEventListener("storage", onStorage));
}
