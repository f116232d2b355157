// Viewer: puts the parts together. Streamlit calls the exported function once when it mounts the component and
// again whenever Python sends other data.

const viewers = new WeakMap();

// What pointer, keyboard and layout may do; points are in pixels of a pane.
function actionsOf(viewer) {
  const pixelUnder = (at) => pixelAt(sceneAt(viewer, at), viewer.scene);
  const split = (part) => {
    viewer.settings.divider = clamp(part, 0, 1);
    showSettings(viewer);
  };
  return {
    hover: (at) => {
      viewer.pointed = pixelUnder(at);
      readOut(viewer);
      markPointed(viewer);
      if (viewer.pointed) announce(viewer, textAt(viewer, viewer.pointed));
    },
    leave: () => {
      viewer.pointed = null;
      readOut(viewer);
      markPointed(viewer);
    },
    pin: (at) => pinByPointer(viewer, pixelUnder(at)),
    drag: (from, to) => {
      if (viewer.settings.view.zoom === 1) viewer.layout.dragWhole(to);
      else zoomAndMove(viewer, from, to, 1);
    },
    pinch: (from, to, factor) => zoomAndMove(viewer, from, to, factor),
    zoomAt: (at, factor) => zoomAndMove(viewer, at, at, factor),
    zoomTwice: (at, factor) => {
      takeBackPin(viewer);
      zoomAndMove(viewer, at, at, factor);
    },
    zoom: (factor) => zoom(viewer, factor),
    fit: () => setView(viewer, START_VIEW),
    moveProbe: (x, y) => moveProbe(viewer, x, y),
    pinProbe: () => pinProbe(viewer, viewer.probe ?? middlePixel(viewer)),
    unpin: () => {
      removeBox(viewer);
      unpinProbe(viewer);
    },
    canBox: (event) => canBox(viewer, event),
    drawBox: (from, to, done) => drawBox(viewer, from, to, done),
    split,
    splitBy: (by) => split(viewer.settings.divider + by),
  };
}

// The views by their number, where there are several.
function layoutKeys(viewer) {
  const keys = Object.keys(LAYOUTS).map((_, at) => {
    const choose = () => viewer.data.layouts[at] && change(viewer, { layout: viewer.data.layouts[at] });
    return [String(at + 1), choose];
  });
  return Object.fromEntries(keys);
}

function createViewer(root) {
  noteArrival();
  const viewer = createState(root);
  const { stage, readout } = viewer.parts;
  const act = actionsOf(viewer);
  const resized = new ResizeObserver(() => viewer.layers.size && fitArrangement(viewer));
  const stopKeys = listenToPageKeys(layoutKeys(viewer));
  let received = 0;
  viewer.act = act;
  listenToPointers(stage, (event) => viewer.layout.place(event), act);
  listenToStageKeys(stage, act);
  listenToToolbar(viewer);
  listenToSave(viewer);
  reportWhenLeft(viewer);
  [root, stage].forEach((node) => resized.observe(node));

  const update = async (component) => {
    const { data } = component;
    Object.assign(viewer, { component, data });
    if (viewer.settings !== settingsOf(data)) {
      takeSettings(viewer, data);
      reportOpacity(viewer);
    }
    received += 1;
    const mine = received;
    const opened = openLayers(data, viewer.layers);
    const more = layoutNameOf(viewer) === "grid" ? data.grid : [data.third];
    const sides = ["left", "right"].map((side) =>
      opened.has(viewer.settings[side]) ? viewer.settings[side] : data.start[side],
    );
    try {
      await readyToShow(opened, [...sides, ...more]);
      if (mine !== received) return;
      showData(viewer, opened, sides);
      await readyToShow(opened, [...opened.keys()]);
      // Layers that are not shown are read out as well.
      if (mine === received) readOut(viewer);
    } catch (error) {
      readout.textContent = "This browser could not draw the picture; reload the page or use a newer one.";
      throw error;
    }
  };

  const close = () => {
    received += 1;
    Object.values(viewer.timers).forEach(clearTimeout);
    cancelAnimationFrame(viewer.paintAsked);
    resized.disconnect();
    stopKeys();
    viewer.layout?.remove();
  };

  return { update, close };
}

export default function (component) {
  const root = component.parentElement;
  // Streamlit replaces the markup when it changes; a viewer bound to the old one is of no use then.
  const section = root.querySelector(".viewer");
  let viewer = viewers.get(section);
  if (!viewer) {
    viewer = createViewer(section);
    viewers.set(section, viewer);
  }
  viewer.update(component);
  return undoingLatest(root, () => {
    viewer.close();
    viewers.delete(section);
  });
}
