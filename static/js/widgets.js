/* The page of widgets follows a choice at once. Without it the form's button does. */

const form = document.querySelector("[data-widget-form]");
const preview = document.querySelector("[data-widget-preview]");

document.querySelector("[data-without-script]").hidden = true;

form.addEventListener("change", async () => {
  const address = `?${new URLSearchParams(new FormData(form))}`;
  const answer = await fetch(address);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const chosen = fresh.querySelector("[data-widget-preview]");
  for (const name of ["type", "theme", "lang"]) {
    if (chosen.hasAttribute(name)) preview.setAttribute(name, chosen.getAttribute(name));
    else preview.removeAttribute(name);
  }
  const blocks = fresh.querySelectorAll(".code");
  document.querySelectorAll(".code").forEach((block, at) => {
    block.querySelector("code").textContent = blocks[at].querySelector("code").textContent;
    block.querySelector("[data-copy]").dataset.copy = blocks[at].querySelector("[data-copy]").dataset.copy;
  });
  history.replaceState(null, "", address);
});
