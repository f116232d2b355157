// Toolbar: which layers are shown, opacity, outlines and zoom, above and below the picture.

function fillChoices({ layers, parts }) {
  for (const side of ["left", "right"]) {
    const options = [...layers.values()].map((layer) => {
      const option = element("option", "", layer.title);
      option.value = layer.name;
      return option;
    });
    parts[side].replaceChildren(...options);
  }
}

function showToolbar(viewer) {
  const { parts, settings } = viewer;
  const shown = shownLayers(viewer);
  const percent = Math.round(settings.opacity * 100);
  parts.left.value = settings.left;
  parts.right.value = settings.right;
  parts.opacity.value = percent;
  parts["opacity-text"].textContent = `${percent} %`;
  parts["opacity-field"].hidden = shown.every((layer) => layer.kind === "picture");
  parts.outlines.checked = settings.outlines;
  parts["outlines-field"].hidden = !shown.some((layer) => layer.kind === "classes");
  parts["zoom-text"].textContent = `${settings.view.zoom.toFixed(settings.view.zoom < 10 ? 1 : 0)} ×`;
}

function listenToToolbar(viewer) {
  const { parts } = viewer;
  const showChosen = () => showLayers(viewer, parts.left.value, parts.right.value);
  parts.left.addEventListener("change", showChosen);
  parts.right.addEventListener("change", showChosen);
  parts.swap.addEventListener("click", () => showLayers(viewer, viewer.settings.right, viewer.settings.left));
  parts.opacity.addEventListener("input", () => {
    viewer.settings.opacity = parts.opacity.valueAsNumber / 100;
    showSettings(viewer);
  });
  parts.outlines.addEventListener("change", () => {
    viewer.settings.outlines = parts.outlines.checked;
    showSettings(viewer);
  });
  parts["zoom-in"].addEventListener("click", () => zoom(viewer, 1.5));
  parts["zoom-out"].addEventListener("click", () => zoom(viewer, 1 / 1.5));
  parts.fit.addEventListener("click", () => setView(viewer, START_VIEW));
}
