// Gestures: mouse, touch and keyboard on the stage and on the dividing line, told to `act`.

const CLICK_SLACK = 4;

function pointIn(node, event) {
  const box = node.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function listenToPointers(stage, act) {
  const down = new Map();
  let start = null;
  let moved = false;

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, pointIn(stage, event));
    moved = down.size > 1;
    start = pointIn(stage, event);
  });

  stage.addEventListener("pointermove", (event) => {
    const at = pointIn(stage, event);
    const before = down.get(event.pointerId);
    if (!before) {
      act.hover(at);
      return;
    }
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, at);
    if (other) {
      moved = true;
      act.pinch(middle(before, other), middle(at, other), distance(at, other) / Math.max(1, distance(before, other)));
    } else if (moved || distance(at, start) > CLICK_SLACK) {
      moved = true;
      act.drag(before, at);
    }
  });

  const release = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (event.type === "pointerup" && !moved && down.size === 0) act.pin(pointIn(stage, event));
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", () => act.leave());
  stage.addEventListener(
    "wheel",
    (event) => {
      // Scrolling on past the whole picture belongs to the page.
      if (act.wheel(pointIn(stage, event), Math.exp(-event.deltaY / (event.ctrlKey ? 120 : 480)))) event.preventDefault();
    },
    { passive: false },
  );
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function listenToStageKeys(stage, act) {
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    const size = event.shiftKey ? 10 : 1;
    const actions = {
      "+": () => act.zoom(1.25),
      "=": () => act.zoom(1.25),
      "-": () => act.zoom(0.8),
      0: () => act.fit(),
      Enter: () => act.pinProbe(),
      " ": () => act.pinProbe(),
      Escape: () => act.unpin(),
    };
    if (step) act.moveProbe(step[0] * size, step[1] * size);
    else if (actions[event.key]) actions[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function listenToHandle(handle, frame, act) {
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) act.split(pointIn(frame, event).x / frame.clientWidth);
  });
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1 }[event.key];
    if (by !== undefined) act.splitBy(by);
    else if (event.key === "Home") act.split(0);
    else if (event.key === "End") act.split(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
