// An editor: two views where there is no room for both, a question before what cannot be undone, leaving with changes.
for (const group of document.querySelectorAll("[data-views]")) {
  const editor = document.querySelector(".editor");
  const show = (view) => {
    editor.dataset.view = view;
    for (const one of group.querySelectorAll("[data-view-choice]")) one.setAttribute("aria-pressed", String(one.dataset.viewChoice === view));
  };
  show("form");
  group.addEventListener("click", (event) => {
    const view = event.target.closest("[data-view-choice]")?.dataset.viewChoice;
    if (view) show(view);
  });
}

for (const button of document.querySelectorAll("[data-ask]")) {
  const dialog = document.querySelector(`dialog[data-asks="${CSS.escape(button.dataset.ask)}"]`);
  button.hidden = false;
  button.addEventListener("click", () => { button.closest("details")?.removeAttribute("open"); dialog.showModal(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("[data-close]")) dialog.close(); });
}

// Ctrl+S saves; what was typed is not lost by a wrong click.
for (const form of document.querySelectorAll("form[data-edits]")) {
  let touched = form.dataset.edits === "touched";
  form.addEventListener("input", (event) => { if (event.target.name !== "_locale") touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]") ?? undefined);
  });
}

// A machine name follows the words until somebody writes it, or until it is frozen.
const plain = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 40);
document.addEventListener("input", (event) => {
  const row = event.target.closest("[data-row]");
  const name = row?.querySelector("[data-own]");
  if (event.target === name) name.dataset.written = "y";
  const path = row?.dataset.path;
  if (!path || !event.target.name?.startsWith(`${path}.label.`)) return;
  const says = (one) => row.querySelector(`[name="${CSS.escape(`${path}.label.${one}`)}"]`)?.value ?? "";
  const title = row.querySelector("[data-title]");
  if (title) title.textContent = says(document.documentElement.lang) || says("en") || says("vi");
  if (name && !name.readOnly && !name.dataset.written && !name.dataset.fixed) name.value = plain(says("en") || says("vi"));
});
document.addEventListener("click", (event) => {
  const open = document.querySelector(".menu-of[open]");
  if (open && !open.contains(event.target)) open.open = false;
  const adding = event.target.closest(".menu-of [data-add]");
  if (adding) adding.closest("details").open = false;
});
