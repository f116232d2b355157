// Pointer: mouse and touch on the stage, told to `act` in pixels of the pane that is pointed at.
// `place` returns where in its pane an event is.

const CLICK_SLACK = 4;
// A notch of a wheel is about 100 and would leap.
const MOST_WHEEL = 50;
const WHEEL_PER_E = 120;

function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function listenToPointers(stage, place, act) {
  const down = new Map();
  let start = null;
  let moved = false;
  let isBox = false;

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    moved = down.size > 1;
    start = place(event);
    isBox = down.size === 1 && act.canBox(event);
  });

  stage.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = down.get(event.pointerId);
    if (!before) {
      act.hover(at);
      return;
    }
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, at);
    if (other) {
      isBox = false;
      moved = true;
      act.pinch(middle(before, other), middle(at, other), distance(at, other) / Math.max(1, distance(before, other)));
    } else if (moved || distance(at, start) > CLICK_SLACK) {
      moved = true;
      if (isBox) act.drawBox(start, at, false);
      else act.drag(before, at);
    }
  });

  const release = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (event.type !== "pointerup" || down.size > 0) return;
    if (!moved) act.pin(place(event));
    else if (isBox) act.drawBox(start, place(event), true);
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", () => act.leave());
  stage.addEventListener("dblclick", (event) => {
    event.preventDefault();
    act.zoomTwice(place(event), event.shiftKey ? 0.5 : 2);
  });
  stage.addEventListener(
    "wheel",
    (event) => {
      // Without a key the wheel scrolls the page; a pinch on a touch pad comes as a wheel with Ctrl.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      act.zoomAt(place(event), Math.exp(-clamp(event.deltaY, -MOST_WHEEL, MOST_WHEEL) / WHEEL_PER_E));
    },
    { passive: false },
  );
}
