// Saves a chart of the page by the press of Plotly's own camera button, which knows one format at a time.

const CAMERA = '.modebar-btn[data-title^="Download plot"]';
// The page's own font is not known outside of it: text would be wider there than the room that was left for it.
const FONT = "Arial, Liberation Sans, sans-serif";

function save({ chart, scale, layout: added, taller }, format) {
  const plot = document.querySelector(`.${CSS.escape(chart)} .js-plotly-plot`);
  const options = plot._context.toImageButtonOptions;
  const layout = plot.layout;
  const { width, height } = plot._fullLayout;
  plot._context.toImageButtonOptions = {
    ...options,
    format,
    // A drawing of lines has no pixels to multiply.
    scale: format === "svg" ? 1 : scale,
    width,
    height: height + taller,
  };
  plot.layout = {
    ...layout,
    ...added,
    font: { ...layout.font, family: FONT },
    margin: { ...layout.margin, ...added.margin },
  };
  plot.querySelector(CAMERA).click();
  // Plotly has taken copies of both by now.
  plot._context.toImageButtonOptions = options;
  plot.layout = layout;
}

export default function ({ data, parentElement }) {
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => save(data, button.dataset.format);
  }
}
