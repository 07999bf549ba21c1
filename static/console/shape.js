// Rows of a list in a form: added, moved, removed. Every change is told as an "input" event, for whoever saves.
let counter = 0;
const told = (node) => node.dispatchEvent(new Event("input", { bubbles: true }));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-up], [data-down], [data-remove]");
  const rows = button?.closest("[data-rows]");
  if (!rows) return;
  const list = rows.querySelector(":scope > [data-list]");
  if ("add" in button.dataset) return add(rows, list);
  const row = button.closest("[data-row]");
  if ("remove" in button.dataset) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("[data-remove]") ?? rows.querySelector(":scope > [data-add]")).focus();
  } else {
    "up" in button.dataset ? row.previousElementSibling?.before(row) : row.nextElementSibling?.after(row);
    button.focus();
  }
  told(list);
});

function add(rows, list) {
  const key = `n${Date.now().toString(36)}${counter++}`;
  const fresh = rows.querySelector(":scope > template").content.cloneNode(true);
  for (const node of fresh.querySelectorAll("*")) rename(node, key);
  for (const inner of fresh.querySelectorAll("template")) {
    for (const node of inner.content.querySelectorAll("*")) rename(node, key);
  }
  list.append(fresh);
  list.lastElementChild.querySelector("input, select, textarea")?.focus();
  told(list);
}

// Only the first "__new__" is this list's; those that follow belong to lists inside it.
function rename(node, key) {
  for (const { name, value } of [...node.attributes]) {
    if (value.includes("__new__")) node.setAttribute(name, value.replace("__new__", key));
  }
}
