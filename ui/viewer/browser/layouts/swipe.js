// Swipe: two panes in one place, the left one seen up to a dividing line and the right one beyond it.

const HIDE_TAG_WITHIN = 0.12;

// `act` has `split`, which moves the line to a part of the width, and `splitBy`, which moves it by one.
function swipeLayout(stage, act) {
  const panes = [createPane("left"), createPane("right")];
  const tags = panes.map(({ side }) => createTag(side));
  const handle = swipeHandle();
  panes.forEach(({ canvas }) => canvas.classList.add("swiped"));
  stage.append(...panes.map(({ canvas }) => canvas));
  stage.after(...tags, handle);
  listenToHandle(handle, stage, act);
  return {
    panes,
    names: ({ settings }) => [settings.left, settings.right],
    place: (event) => pointIn(stage, event),
    size: () => ({ width: stage.clientWidth, height: stage.clientHeight }),
    arrange: () => ONE_PLACE,
    show: ({ layers, settings }) => {
      const shown = [layers.get(settings.left), layers.get(settings.right)];
      showHandle(handle, settings.divider, shown.map((layer) => layer.title));
      showTags(tags, settings.divider, shown);
      clipPanes(panes, settings.divider);
    },
    mark: () => {},
    dragWhole: (at) => act.split(at.x / stage.clientWidth),
    remove: () => [...panes.map(({ canvas }) => canvas), ...tags, handle].forEach((node) => node.remove()),
  };
}

function clipPanes([left, right], divider) {
  left.canvas.style.clipPath = `inset(0 ${100 - 100 * divider}% 0 0)`;
  right.canvas.style.clipPath = `inset(0 0 0 ${100 * divider}%)`;
}

function showTags([left, right], divider, shown) {
  showTag(left, shown[0]);
  showTag(right, shown[1]);
  left.hidden = divider < HIDE_TAG_WITHIN;
  right.hidden = divider > 1 - HIDE_TAG_WITHIN;
}

function swipeHandle() {
  const handle = element("div", "handle");
  const attributes = {
    role: "slider",
    tabindex: "0",
    "data-role": "handle",
    "aria-orientation": "horizontal",
    "aria-label": "Dividing line between left and right",
    "aria-valuemin": "0",
    "aria-valuemax": "100",
  };
  for (const [name, value] of Object.entries(attributes)) handle.setAttribute(name, value);
  handle.append(element("i"));
  return handle;
}

function showHandle(handle, divider, titles) {
  const percent = Math.round(divider * 100);
  handle.style.left = `${divider * 100}%`;
  handle.setAttribute("aria-valuenow", percent);
  handle.setAttribute("aria-valuetext", `${percent} %, left ${titles[0]}, right ${titles[1]}`);
}

function listenToHandle(handle, stage, act) {
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) act.split(pointIn(stage, event).x / stage.clientWidth);
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
