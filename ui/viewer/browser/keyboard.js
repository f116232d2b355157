// Keyboard: the keys of the stage, told to `act`.

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
