// Report: what Python is told, and what the page's address says.

function sayInAddress(viewer) {
  later(viewer, "address", 200, () => {
    if (window.location.pathname !== viewer.page) return;
    const probe = viewer.isPinned ? viewer.probe : null;
    writeAddress(viewer.data.inAddress, { ...viewer.settings, probe, box: viewer.box });
  });
}

// Back leaves the viewer where it is until the other page arrives, and Streamlit would take what is told meanwhile for a
// wish to run this page again: it clears the other one and draws nothing.
function tell(viewer, name, value) {
  if (window.location.pathname === viewer.page) viewer.component.setStateValue(name, value);
}

// Only a download asks for it, so that it can wait until nobody is moving anything here.
function reportOpacity(viewer) {
  const percent = Math.round(viewer.settings.opacity * 100);
  if (!viewer.data.probe || percent === viewer.reportedOpacity) return;
  viewer.reportedOpacity = percent;
  tell(viewer, "opacity", percent);
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
