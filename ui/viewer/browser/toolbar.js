// Toolbar: the view, which layers are shown, opacity, outlines and zoom, above and below the picture.

function fillChoices({ layers, parts, data }) {
  for (const side of ["left", "right"]) {
    const options = [...layers.values()].map((layer) => {
      const option = element("option", "", layer.tag ? `${layer.tag.text}: ${layer.title}` : layer.title);
      option.value = layer.name;
      return option;
    });
    parts[side].replaceChildren(...options);
  }
  parts["boxing-field"].hidden = !data.probe;
  parts.save.hidden = data.save === null;
  parts["third-text"].textContent = layers.get(data.third)?.title ?? "";
}

function fillLayouts({ parts, data, root }, choose) {
  const known = [...parts.layouts.children].map((button) => button.dataset.layout).join();
  root.classList.toggle("several", data.layouts.length > 1);
  parts.layouts.hidden = data.layouts.length < 2;
  if (parts.layouts.hidden || known === data.layouts.join()) return;
  parts.layouts.replaceChildren(
    ...data.layouts.map((name, at) => {
      const button = element("button", "segment", LAYOUTS[name].title);
      button.type = "button";
      button.dataset.layout = name;
      button.title = `Key ${at + 1}`;
      button.addEventListener("click", () => choose(name));
      return button;
    }),
  );
}

function showToolbar(viewer) {
  const { parts, settings, data } = viewer;
  const shown = shownLayers(viewer);
  const percent = Math.round(settings.opacity * 100);
  for (const button of parts.layouts.children) {
    button.setAttribute("aria-pressed", String(button.dataset.layout === viewer.layoutName));
  }
  parts.left.value = settings.left;
  parts.right.value = settings.right;
  parts.choices.hidden = viewer.layoutName === "grid";
  parts.third.checked = settings.third;
  parts["third-field"].hidden = viewer.layoutName !== "side" || !viewer.layers.has(data.third);
  parts.opacity.value = percent;
  parts["opacity-text"].textContent = `${percent} %`;
  parts["opacity-field"].hidden = shown.every((layer) => layer.kind === "picture");
  parts.outlines.checked = settings.outlines;
  parts["outlines-field"].hidden = !shown.some((layer) => layer.kind === "classes");
  parts["zoom-text"].textContent = `${settings.view.zoom.toFixed(settings.view.zoom < 10 ? 1 : 0)} ×`;
}

function listenToToolbar(viewer) {
  const { parts } = viewer;
  const showChosen = () => change(viewer, { left: parts.left.value, right: parts.right.value });
  parts.left.addEventListener("change", showChosen);
  parts.right.addEventListener("change", showChosen);
  parts.swap.addEventListener("click", () => {
    const { left, right } = viewer.settings;
    change(viewer, { left: right, right: left });
  });
  parts.third.addEventListener("change", () => change(viewer, { third: parts.third.checked }));
  parts.opacity.addEventListener("input", () => {
    viewer.settings.opacity = parts.opacity.valueAsNumber / 100;
    showSettings(viewer);
  });
  parts.outlines.addEventListener("change", () => {
    viewer.settings.outlines = parts.outlines.checked;
    showSettings(viewer);
  });
  parts.boxing.addEventListener("change", () => parts.stage.classList.toggle("boxing", parts.boxing.checked));
  parts["zoom-in"].addEventListener("click", () => zoom(viewer, 1.5));
  parts["zoom-out"].addEventListener("click", () => zoom(viewer, 1 / 1.5));
  parts.fit.addEventListener("click", () => setView(viewer, START_VIEW));
}
