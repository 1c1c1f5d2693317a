/* What pages do beyond links and forms. Every page works without it. */

const field = (target) => target.closest("input, textarea, select, [contenteditable]");

/* Copy buttons: <button data-copy="text" data-copied="Copied">. Shown only where copying works. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.dataset.ready = "";
  const words = button.querySelector("span");
  const before = words.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 2000);
  });
}

/* Dialogs: <button data-dialog="id"> opens <dialog id="id">. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog).showModal();
  }
});

/* Open menus close on Escape and on a click elsewhere. */
const openMenus = () => document.querySelectorAll("details.dropdown[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* A select or radio with data-submit sends its form when it changes; without JavaScript the form's button does. */
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

/* The time zone of whoever fills in a new business: <select data-time-zone> that still stands on UTC. */
for (const select of document.querySelectorAll("select[data-time-zone]")) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (select.value === "UTC" && [...select.options].some((option) => option.value === here)) select.value = here;
}

/* A summary of errors takes the focus, so that it is read first. */
document.querySelector("[data-focus]")?.focus();

/* Keys in a list: <ul data-keys>. j and k move, Enter opens, and a key of data-key="r" on any link or button presses it. */
const list = document.querySelector("[data-keys]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || field(event.target) || document.querySelector("dialog[open]")) return;
  if (list && (event.key === "j" || event.key === "k")) {
    const links = [...list.querySelectorAll("a.row")];
    const at = Math.max(links.indexOf(document.activeElement), links.findIndex((link) => link.matches("[aria-current]")));
    const next = links[event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0)];
    next?.focus();
    if (next) event.preventDefault();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (target) {
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  }
});

/* The page of widgets follows a choice at once. Without a script the form's button does. Here, since a file of its own
   would be one request more than a first view may make. */
const widgetForm = document.querySelector("[data-widget-form]");
if (widgetForm) {
  const preview = document.querySelector("[data-widget-preview]");
  document.querySelector("[data-without-script]").hidden = true;
  widgetForm.addEventListener("change", async () => {
    const address = `?${new URLSearchParams(new FormData(widgetForm))}`;
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
}
