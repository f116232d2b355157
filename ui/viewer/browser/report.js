// Report: what Python is told, and what the page's address says.

function sayInAddress(viewer) {
  later(viewer, "address", 200, () => {
    if (window.location.pathname !== viewer.page) return;
    const probe = viewer.isPinned ? viewer.probe : null;
    writeAddress(viewer.data.inAddress, { ...viewer.settings, probe, box: viewer.box });
  });
}

function tell(viewer, name, value) {
  if (mayTell(viewer.page)) viewer.component.setStateValue(name, value);
}

const LEFT_MS = 50; // in which a click that follows at once can ask for another page

// Only a download asks for it, so that it can wait until nobody is moving anything here.
function reportOpacity(viewer) {
  later(viewer, "opacity", LEFT_MS, () => {
    const percent = Math.round(viewer.settings.opacity * 100);
    if (!viewer.data.probe || percent === viewer.reportedOpacity) return;
    viewer.reportedOpacity = percent;
    tell(viewer, "opacity", percent);
  });
}

function reportProbe(viewer) {
  sayInAddress(viewer);
  tell(viewer, "probe", viewer.isPinned ? viewer.probe : null);
}

function reportBox(viewer) {
  sayInAddress(viewer);
  tell(viewer, "box", viewer.box);
}

// Once the pointer and the keyboard have left the viewer.
function reportWhenLeft(viewer) {
  const { root } = viewer;
  root.addEventListener("pointerleave", () => reportOpacity(viewer));
  root.addEventListener("focusout", (event) => {
    // Without a target nothing else has taken the focus: the legend was drawn anew.
    if (event.relatedTarget && !root.contains(event.relatedTarget)) reportOpacity(viewer);
  });
}
