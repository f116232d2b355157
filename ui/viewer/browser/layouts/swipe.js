// Swipe: two panes in one place, the left one seen up to a dividing line and the right one beyond it.
//
// A layout arranges panes on the stage. It has
//   panes          what is painted
//   place(event)   where in its pane an event is, in CSS pixels
//   size()         of each pane, in CSS pixels
//   show(viewer)   bring its own controls up to date with the settings
//   dragWhole(at)  what a drag does while all of the scene is seen, so that there is nothing to move
//   remove()       take everything off the stage

const HIDE_TAG_WITHIN = 0.12;

// `act` has `split`, which moves the line to a part of the width, and `splitBy`, which moves it by one.
function swipeLayout(stage, act) {
  const panes = [createPane("left"), createPane("right")];
  const tags = panes.map(({ side }) => swipeTag(side));
  const handle = swipeHandle();
  panes.forEach(({ canvas }) => canvas.classList.add("swiped"));
  stage.append(...panes.map(({ canvas }) => canvas));
  stage.after(...tags, handle);
  listenToHandle(handle, stage, act);
  return {
    panes,
    place: (event) => pointIn(stage, event),
    size: () => ({ width: stage.clientWidth, height: stage.clientHeight }),
    show: (viewer) => {
      const titles = shownLayers(viewer).map((layer) => layer.title);
      showHandle(handle, viewer.settings.divider, titles);
      showTags(tags, viewer.settings.divider, titles);
      clipPanes(panes, viewer.settings.divider);
    },
    dragWhole: (at) => act.split(at.x / stage.clientWidth),
    remove: () => [...panes.map(({ canvas }) => canvas), ...tags, handle].forEach((node) => node.remove()),
  };
}

function clipPanes([left, right], divider) {
  left.canvas.style.clipPath = `inset(0 ${100 - 100 * divider}% 0 0)`;
  right.canvas.style.clipPath = `inset(0 0 0 ${100 * divider}%)`;
}

function swipeTag(side) {
  const tag = element("span", `tag tag-${side}`);
  tag.dataset.role = `tag-${side}`;
  tag.setAttribute("aria-hidden", "true");
  return tag;
}

function showTags([left, right], divider, titles) {
  left.textContent = titles[0];
  right.textContent = titles[1];
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
