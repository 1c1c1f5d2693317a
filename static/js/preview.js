/* Shows a form's words in the frames beside it while they are written. Without it the buttons above the frames do. */

const PAUSE = 300;
const form = document.querySelector("form[data-preview]");
let waiting;

/* The frame keeps its place and its policy: only what stands in it is exchanged. */
async function show(frame) {
  const answer = await fetch(frame.dataset.previewOf, { method: "POST", body: new FormData(form) });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").documentElement;
  const shown = frame.contentDocument;
  const { scrollX, scrollY } = frame.contentWindow;
  shown.replaceChild(shown.adoptNode(fresh), shown.documentElement);
  frame.contentWindow.scrollTo(scrollX, scrollY);
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => document.querySelectorAll("[data-preview-of]").forEach(show), PAUSE);
});
