// Blink: two layers in one place, in turn, so that the eye catches what differs.

const BLINK_MS = 800;
const HOLD_KEY = "h";

function blinkLayout(stage, act, controls) {
  const panes = [createPane("left"), createPane("right")];
  const tag = createTag("left");
  const hold = element("button", "", "");
  const both = panes.map(({ canvas }) => canvas);
  let shown = 0;
  let isHeld = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let current = null;
  both.forEach((canvas) => canvas.classList.add("swiped"));
  hold.type = "button";
  hold.dataset.role = "hold";
  stage.append(...both, tag);
  controls.append(hold);

  const draw = () => {
    both.forEach((canvas, at) => (canvas.style.visibility = at === shown ? "visible" : "hidden"));
    stage.dataset.blink = panes[shown].side;
    hold.textContent = isHeld ? "Go on blinking" : "Hold this one";
    hold.title = `The key ${HOLD_KEY.toUpperCase()} holds it while it is pressed`;
    if (current) showTag(tag, current.layers.get(panes[shown].layerName(current)));
  };
  const turn = (to) => {
    shown = to;
    draw();
  };
  const setHeld = (held) => {
    isHeld = held;
    draw();
  };
  const timer = setInterval(() => isHeld || turn(1 - shown), BLINK_MS);
  hold.addEventListener("click", () => setHeld(!isHeld));
  const stopKeys = listenToKeyHeld(HOLD_KEY, setHeld);
  return {
    panes,
    names: ({ settings }) => [settings.left, settings.right],
    place: (event) => pointIn(stage, event),
    size: () => ({ width: stage.clientWidth, height: stage.clientHeight }),
    arrange: () => ONE_PLACE,
    show: (viewer) => {
      current = viewer;
      draw();
    },
    mark: () => {},
    dragWhole: () => {},
    remove: () => {
      clearInterval(timer);
      stopKeys();
      delete stage.dataset.blink;
      [...both, tag, hold].forEach((node) => node.remove());
    },
  };
}
