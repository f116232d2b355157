// Draws the figures in the colours of the page, again whenever these change, and light ones on paper.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const system = matchMedia("(prefers-color-scheme: dark)");
  const PAPER_WIDTH = 680;
  // Two large figures, or a table and its figure, on one page.
  const LARGE = 400;
  const ON_PAPER = 0.72;

  function lower(height) {
    return height > LARGE ? { height: Math.max(LARGE, ON_PAPER * height) } : {};
  }

  function draw({ paper = false } = {}) {
    const style = getComputedStyle(document.documentElement);
    const scheme = document.documentElement.dataset.scheme;
    const isDark = !paper && (scheme ? scheme === "dark" : system.matches);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = {
      automargin: true,
      title: { standoff: 8 },
      gridcolor: isDark ? "#35424a" : "#d3dce1",
      zerolinecolor: isDark ? "#53646d" : "#9fb0b9",
    };
    const template = {
      layout: {
        xaxis: axis,
        yaxis: axis,
        font: { color: paper ? "#1d2930" : color("--text"), family: "system-ui, sans-serif" },
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        hoverlabel: { bgcolor: color("--panel"), font: { color: color("--text") } },
      },
    };
    figures.forEach((figure, index) => {
      const { data, layout } = isDark ? figure.dark : figure.light;
      const element = document.getElementById(`chart-${index}`);
      const size = paper
        ? { width: Math.min(PAPER_WIDTH, element.clientWidth), autosize: false, ...lower(layout.height) }
        : { autosize: true };
      const config = {
        responsive: true,
        displaylogo: false,
        modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
        toImageButtonOptions: { scale: 4, filename: `${document.title} ${index + 1}` },
      };
      // Copies, as Plotly writes into what it is given.
      Plotly.react(element, structuredClone(data), { template, ...structuredClone(layout), ...size }, config);
    });
  }

  draw();
  system.addEventListener("change", () => draw());
  addEventListener("beforeprint", () => draw({ paper: true }));
  addEventListener("afterprint", () => draw());
})();
