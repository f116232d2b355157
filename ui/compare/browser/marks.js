// Marks: the browser keeps them, as the CSV that Python writes, for the next visit and for other tabs of this one.

const KEPT = "segcompare_marks";
// By session: `agreed` is what was kept when this tab last knew it, `merges` how often Python has merged since.
const sessions = new Map();
let latest = null;

function kept() {
  try {
    return window.localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(marks) {
  try {
    window.localStorage.setItem(KEPT, marks);
  } catch {
    // Not allowed, or there is no room: they last for this visit.
  }
}

function sessionOf({ session, merges, agreed }) {
  const known = sessions.get(session) ?? { agreed: "", merges: 0 };
  sessions.set(session, known);
  if (known.merges !== merges) Object.assign(known, { agreed, merges });
  return known;
}

// Bring what Python has as `marks` and what is kept together.
function compare({ session, marks, tell }) {
  const now = kept();
  if (now !== null && now !== session.agreed && now !== marks) {
    // Another tab or visit has kept others. Python puts its own changes to them, which come back to be kept.
    tell({ before: session.agreed, now });
    return;
  }
  session.agreed = marks;
  if (now !== marks) keep(marks);
}

// One for all calls, as only the latest knows the marks of today.
function onStorage({ key }) {
  if (key === KEPT && mayTell(latest.page)) compare(latest);
}

export default function ({ data, parentElement, setTriggerValue }) {
  latest = {
    session: sessionOf(data),
    marks: data.marks,
    page: window.location.pathname,
    tell: (kept) => setTriggerValue("kept", kept),
  };
  window.addEventListener("storage", onStorage);
  compare(latest);
  return undoingLatest(parentElement, () => window.removeEventListener("storage", onStorage));
}
