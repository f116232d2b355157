// Saves a chart of the page by the press of Plotly's own camera button, which knows one format at a time.

const CAMERA = '.modebar-btn[data-title^="Download plot"]';
// The page's own font is not known outside of it: text would be wider there than the room that was left for it.
const FONT = "Arial, Liberation Sans, sans-serif";

function save({ chart, scale }, format) {
  const plot = document.querySelector(`.${CSS.escape(chart)} .js-plotly-plot`);
  const options = plot._context.toImageButtonOptions;
  const font = plot.layout.font;
  // A drawing of lines has no pixels to multiply.
  plot._context.toImageButtonOptions = { ...options, format, scale: format === "svg" ? 1 : scale };
  plot.layout.font = { ...font, family: FONT };
  plot.querySelector(CAMERA).click();
  // Plotly has taken copies of both by now.
  plot._context.toImageButtonOptions = options;
  plot.layout.font = font;
}

export default function ({ data, parentElement }) {
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => save(data, button.dataset.format);
  }
}
