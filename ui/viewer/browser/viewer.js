// Viewer: holds the settings, listens to the controls and paints. Streamlit calls the exported function
// once when it mounts the component and again whenever Python sends other data.

const viewers = new WeakMap();
// Settings outlive the element, so that coming back to a page finds the picture as it was left.
const settingsByKey = new Map();

const HINT = "Point at the picture to read it.";
const PROBE_HINT = "Point at the picture to read it; click, or press Enter, to pin a probe.";
const KEYS = "Arrow keys move the place that is read, plus and minus zoom, zero shows all.";
const PROBE_KEYS = "Enter pins a probe there, Escape removes it.";

function startSettings({ left, right, opacity, outlines, divider, hidden, view }) {
  return { left, right, opacity, outlines, divider, hidden: new Set(hidden), view: view ?? START_VIEW };
}

function createViewer(root) {
  const part = (role) => root.querySelector(`[data-role="${role}"]`);
  const parts = Object.fromEntries(
    ["left", "right", "swap", "stage", "canvas", "handle", "readout", "announcer", "opacity", "legend", "outlines"].map(
      (role) => [role, part(role)],
    ),
  );
  let layers = new Map();
  let scene = { width: 1, height: 1 };
  let settings = null;
  let component = null;
  let probe = null;
  let pinned = false;
  let pointed = null;
  let reported = null;
  let firstVisit = true;
  let received = 0;
  let paintAsked = 0;
  let paints = 0;
  const timers = {};

  const later = (name, delay, action) => {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(action, delay);
  };

  const repaint = () => {
    cancelAnimationFrame(paintAsked);
    paintAsked = requestAnimationFrame(() => {
      if (layers.size === 0) return;
      paint(parts.canvas, layers, scene, settings, probe);
      paints += 1;
      parts.stage.dataset.paints = paints;
    });
  };

  const stageSize = () => ({ width: parts.stage.clientWidth, height: parts.stage.clientHeight });

  // Settings

  const sayInUrl = () =>
    later("url", 200, () => {
      const { url, start, address } = component.data;
      const first = { ...startSettings(start), probe: start.probe };
      writeAddress(url, { ...settings, probe: pinned ? probe : null }, first, firstVisit, address);
    });

  const showSettings = () => {
    parts.left.value = settings.left;
    parts.right.value = settings.right;
    parts.opacity.value = Math.round(settings.opacity * 100);
    part("opacity-text").textContent = `${Math.round(settings.opacity * 100)} %`;
    parts.outlines.checked = settings.outlines;
    part("zoom-text").textContent = `${settings.view.zoom.toFixed(settings.view.zoom < 10 ? 1 : 0)} ×`;
    const percent = Math.round(settings.divider * 100);
    parts.handle.style.left = `${settings.divider * 100}%`;
    parts.handle.setAttribute("aria-valuenow", percent);
    const shown = [layers.get(settings.left), layers.get(settings.right)];
    part("opacity-field").hidden = shown.every((layer) => layer.kind === "picture");
    part("outlines-field").hidden = !shown.some((layer) => layer.kind === "classes");
    const titles = shown.map((layer) => layer.title);
    parts.handle.setAttribute("aria-valuetext", `${percent} %, left ${titles[0]}, right ${titles[1]}`);
    part("tag-left").textContent = titles[0];
    part("tag-right").textContent = titles[1];
    part("tag-left").hidden = settings.divider < 0.12;
    part("tag-right").hidden = settings.divider > 0.88;
    parts.stage.classList.toggle("zoomed", settings.view.zoom > 1);
    sayInUrl();
    repaint();
  };

  const redrawLegend = () =>
    drawLegend(parts.legend, layers.get(settings.left), layers.get(settings.right), settings, () => {
      showSwitches(parts.legend, settings);
      sayInUrl();
      repaint();
    });

  const showLayers = async (left, right) => {
    await readyToShow(layers, [left, right]);
    if (!layers.has(left) || !layers.has(right)) return;
    Object.assign(settings, { left, right });
    redrawLegend();
    showSettings();
    readOut();
  };

  const setView = (view) => {
    settings.view = view;
    showSettings();
  };

  const zoomAt = (at, factor) => {
    const anchor = toScene(at, settings.view, scene, stageSize());
    setView(viewWith(settings.view.zoom * factor, anchor, at, scene, stageSize()));
  };

  const setSplit = (part) => {
    settings.divider = clamp(part, 0, 1);
    showSettings();
  };

  // Reading a pixel

  const textAt = (pixel) => {
    const shown = [settings.left, settings.right];
    const told = [...layers.values()].filter((layer) => layer.described || shown.includes(layer.name));
    const words = told
      .map((layer) => [layer.title, describe(layer, scene, pixel.x, pixel.y)])
      .filter(([, text]) => text !== null)
      .map(([title, text]) => `${title}: ${text}`);
    return [`x ${pixel.x}, y ${pixel.y}`, ...words].join(" · ");
  };

  const readOut = () => {
    const pixel = pointed ?? probe;
    const hint = component.data.probe ? PROBE_HINT : HINT;
    parts.readout.textContent = pixel ? textAt(pixel) : hint;
  };

  const announce = (text) => later("announce", 200, () => (parts.announcer.textContent = text));

  // Only a download asks for it, so that it can wait until nobody is moving anything here.
  const reportOpacity = () => {
    const percent = Math.round(settings.opacity * 100);
    if (!component.data.probe || percent === reported) return;
    reported = percent;
    component.setStateValue("opacity", percent);
  };

  const report = () => {
    sayInUrl();
    component.setStateValue("probe", pinned ? probe : null);
  };

  const keepInSight = () => {
    const size = stageSize();
    const at = toStage({ x: probe.x + 0.5, y: probe.y + 0.5 }, settings.view, scene, size);
    if (at.x >= 0 && at.y >= 0 && at.x <= size.width && at.y <= size.height) return;
    setView(viewWith(settings.view.zoom, probe, { x: size.width / 2, y: size.height / 2 }, scene, size));
  };

  const pin = (pixel) => {
    if (!component.data.probe || !pixel) return;
    probe = pixel;
    pinned = true;
    readOut();
    announce(`Probe pinned. ${textAt(probe)}`);
    repaint();
    report();
  };

  const act = {
    hover: (at) => {
      pointed = pixelAt(toScene(at, settings.view, scene, stageSize()), scene);
      readOut();
      if (pointed) announce(textAt(pointed));
    },
    leave: () => {
      pointed = null;
      readOut();
    },
    pin: (at) => pin(pixelAt(toScene(at, settings.view, scene, stageSize()), scene)),
    drag: (from, to) => {
      if (settings.view.zoom === 1) setSplit(to.x / parts.stage.clientWidth);
      else setView(viewWith(settings.view.zoom, toScene(from, settings.view, scene, stageSize()), to, scene, stageSize()));
    },
    pinch: (from, to, factor) => {
      const anchor = toScene(from, settings.view, scene, stageSize());
      setView(viewWith(settings.view.zoom * factor, anchor, to, scene, stageSize()));
    },
    wheel: (at, factor) => {
      if (factor <= 1 && settings.view.zoom === 1) return false;
      zoomAt(at, factor);
      return true;
    },
    zoom: (factor) => {
      const size = stageSize();
      zoomAt({ x: size.width / 2, y: size.height / 2 }, factor);
    },
    fit: () => setView(START_VIEW),
    moveProbe: (x, y) => {
      probe ??= { x: Math.floor(scene.width / 2), y: Math.floor(scene.height / 2) };
      probe = { x: clamp(probe.x + x, 0, scene.width - 1), y: clamp(probe.y + y, 0, scene.height - 1) };
      keepInSight();
      pointed = null;
      readOut();
      announce(textAt(probe));
      repaint();
      if (pinned) later("report", 400, report);
    },
    pinProbe: () => pin(probe ?? { x: Math.floor(scene.width / 2), y: Math.floor(scene.height / 2) }),
    unpin: () => {
      const told = pinned;
      probe = null;
      pinned = false;
      pointed = null;
      readOut();
      announce("Probe removed.");
      repaint();
      if (told) report();
    },
    split: setSplit,
    splitBy: (by) => setSplit(settings.divider + by),
  };

  // Wiring

  const showChosen = () => showLayers(parts.left.value, parts.right.value);
  parts.left.addEventListener("change", showChosen);
  parts.right.addEventListener("change", showChosen);
  parts.swap.addEventListener("click", () => showLayers(settings.right, settings.left));
  parts.opacity.addEventListener("input", () => {
    settings.opacity = parts.opacity.valueAsNumber / 100;
    showSettings();
  });
  parts.outlines.addEventListener("change", () => {
    settings.outlines = parts.outlines.checked;
    showSettings();
  });
  part("zoom-in").addEventListener("click", () => act.zoom(1.5));
  part("zoom-out").addEventListener("click", () => act.zoom(1 / 1.5));
  part("fit").addEventListener("click", act.fit);
  listenToPointers(parts.stage, act);
  listenToStageKeys(parts.stage, act);
  listenToHandle(parts.handle, parts.stage, act);
  root.addEventListener("pointerleave", reportOpacity);
  root.addEventListener("focusout", (event) => {
    // Without a target nothing else has taken the focus: the legend was drawn anew.
    if (event.relatedTarget && !root.contains(event.relatedTarget)) reportOpacity();
  });
  const resized = new ResizeObserver(repaint);
  resized.observe(parts.stage);

  // Data

  const fillChoices = () => {
    for (const side of ["left", "right"]) {
      const options = [...layers.values()].map((layer) => {
        const option = element("option", "", layer.title);
        option.value = layer.name;
        return option;
      });
      parts[side].replaceChildren(...options);
    }
  };

  const showData = (data, opened, [left, right]) => {
    layers = opened;
    Object.assign(settings, { left, right });
    const first = data.layers[0];
    scene = { width: first.width, height: first.height };
    if (probe && (probe.x >= scene.width || probe.y >= scene.height)) probe = null;
    parts.stage.style.aspectRatio = `${scene.width} / ${scene.height}`;
    const frame = parts.stage.parentElement;
    frame.style.maxWidth = data.height ? `${(data.height * scene.width) / scene.height}px` : "";
    parts.stage.setAttribute("aria-label", `${data.description} ${KEYS} ${data.probe ? PROBE_KEYS : ""}`);
    fillChoices();
    redrawLegend();
    showSettings();
    readOut();
    root.classList.remove("waiting");
    parts.stage.dataset.ready = data.version;
  };

  const update = async (next) => {
    component = next;
    const { data } = next;
    if (!settings) {
      firstVisit = !settingsByKey.has(data.key);
      settings = settingsByKey.get(data.key) ?? startSettings(data.start);
      settingsByKey.set(data.key, settings);
      probe = data.start.probe;
      pinned = probe !== null;
      reported = Math.round(data.start.opacity * 100);
      reportOpacity();
    }
    received += 1;
    const mine = received;
    const opened = openLayers(data, layers);
    const sides = ["left", "right"].map((side) => (opened.has(settings[side]) ? settings[side] : data.start[side]));
    try {
      await readyToShow(opened, sides);
      if (mine !== received) return;
      showData(data, opened, sides);
      await readyToShow(opened, [...opened.keys()]);
      // Layers that are not shown are read out as well.
      if (mine === received) readOut();
    } catch (error) {
      parts.readout.textContent = "This browser could not draw the picture; reload the page or use a newer one.";
      throw error;
    }
  };

  const close = () => {
    received += 1;
    Object.values(timers).forEach(clearTimeout);
    cancelAnimationFrame(paintAsked);
    resized.disconnect();
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
