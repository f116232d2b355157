// Import Streamlit's own modules ahead of their use, one after the other, when the browser is idle.

const SETTLED = 1500; // milliseconds in which the page that is open draws its own things first

const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));

export default async function ({ data }) {
  const main = document.querySelector('script[type="module"][src*="/static/js/"]');
  if (!main) return;
  await new Promise((ready) => setTimeout(ready, SETTLED));
  for (const name of data) {
    await new Promise((ready) => idle(ready));
    // What cannot be had now is asked for again, and its failure told, by the element that needs it.
    await import(new URL(name, main.src).href).catch(() => {});
  }
}
