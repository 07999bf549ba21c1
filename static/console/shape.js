// A shape's form: rows that are added, moved, doubled, removed; languages shown; every change is told as an "input".
let counter = 0;
const told = (node) => node.dispatchEvent(new Event("input", { bubbles: true }));
const listOf = (rows) => rows.querySelector(":scope > [data-list]");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-up], [data-down], [data-remove], [data-copy-row]");
  const rows = button?.closest("[data-rows]");
  if (!rows) return;
  if ("add" in button.dataset) return add(rows, button.dataset.add);
  const row = button.closest("[data-row]");
  if ("remove" in button.dataset) remove(row);
  else if ("copyRow" in button.dataset) double(row);
  else move(row, "up" in button.dataset ? -1 : 1, button);
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const row = event.target.closest?.("[data-row]");
  if (!row?.querySelector(":scope [data-grip]")) return;
  event.preventDefault();
  move(row, event.key === "ArrowUp" ? -1 : 1, event.target);
});

function add(rows, kind) {
  const key = freshKey();
  const which = kind ? `:scope > template[data-kind="${CSS.escape(kind)}"]` : ":scope > template:not([data-kind])";
  const own = rows.querySelector(which);
  const fresh = (own ?? document.getElementById(`rows-${kind || "comparison"}`)).content.cloneNode(true);
  if (!own) swapAll(fresh, (value) => value.replaceAll("__name__", rows.dataset.name));
  swapAll(fresh, (value) => value.replace("__new__", key));
  listOf(rows).append(fresh);
  const row = listOf(rows).lastElementChild;
  row.querySelector("details")?.setAttribute("open", "");
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  row.scrollIntoView({ block: "nearest" });
  changed(row);
}

function remove(row) {
  const rows = row.closest("[data-rows]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  (next?.querySelector("summary, [data-remove]") ?? rows.querySelector("[data-add]"))?.focus();
  changed(listOf(rows));
}

// A copy is a new thing: what is frozen or kept under a name in the old one is empty in the new one.
function double(row) {
  const copy = row.cloneNode(true);
  const fields = [...row.querySelectorAll("input, select, textarea")];
  [...copy.querySelectorAll("input, select, textarea")].forEach((one, at) => { if (one.type !== "checkbox") one.value = fields[at].value; });
  for (const one of copy.querySelectorAll("[data-own]")) { one.value = ""; one.readOnly = false; }
  const start = pathOf(row);
  if (start) place(copy, start, freshKey());
  row.after(copy);
  copy.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  changed(copy);
}

function move(row, by, focused) {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  by < 0 ? other.before(row) : other.after(row);
  focused?.focus();
  changed(row);
  say(row);
}

// Where a row stands is told to whoever cannot see it.
function say(row) {
  const place = document.querySelector("[data-moved]");
  const rows = [...row.parentElement.children];
  if (place) place.textContent = place.dataset.moved.replace("{n}", rows.indexOf(row) + 1).replace("{of}", rows.length);
}

function changed(node) {
  for (const joined of document.querySelectorAll("[data-condition] > [data-join]")) {
    const rows = listOf(joined.parentElement);
    joined.hidden = rows.children.length < 2;
  }
  told(node);
}

const freshKey = () => `n${Date.now().toString(36)}${counter++}`;
// `fields.3` of a row whose inputs are called `fields.3.name`.
const pathOf = (row) => row.dataset.path ?? "";

// A copy has a place of its own: `fields.3` becomes `fields.n1`, in names and in ids.
function place(root, from, key) {
  const to = from.replace(/[^.]+$/, key), dashed = (path) => path.replaceAll(".", "-");
  swapAll(root, (value) => value === from ? to : value.replaceAll(`${from}.`, `${to}.`).replaceAll(`${dashed(from)}-`, `${dashed(to)}-`));
}

// Only the first "__new__" is this list's; those that follow belong to lists inside it.
function swapAll(root, swap) {
  const nodes = root instanceof Element ? [root, ...root.querySelectorAll("*")] : [...root.querySelectorAll("*")];
  for (const node of nodes) {
    for (const { name, value } of [...node.attributes]) if (name !== "value" && swap(value) !== value) node.setAttribute(name, swap(value));
    if (node instanceof HTMLTemplateElement) swapAll(node.content, swap);
  }
}

// Dragging by the grip, with finger or mouse: the row follows the pointer past the middle of its neighbours.
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  const row = grip?.closest("[data-row]");
  if (!row || event.button) return;
  let moved = false;
  const follow = (at) => {
    const before = row.previousElementSibling, after = row.nextElementSibling;
    const middle = (one) => one.getBoundingClientRect().top + one.getBoundingClientRect().height / 2;
    if (before && at.clientY < middle(before)) { before.before(row); moved = true; }
    else if (after && at.clientY > middle(after)) { after.after(row); moved = true; }
  };
  const end = () => {
    removeEventListener("pointermove", follow);
    row.classList.remove("dragged");
    if (moved) { changed(row); say(row); }
  };
  event.preventDefault();
  grip.focus();
  row.classList.add("dragged");
  addEventListener("pointermove", follow);
  addEventListener("pointerup", end, { once: true });
  addEventListener("pointercancel", end, { once: true });
});

// Languages: Vietnamese, English, or both; kept on this device.
for (const group of document.querySelectorAll("[data-languages]")) {
  const form = group.closest("form") ?? document.body;
  const show = (one) => {
    form.dataset.shows = one;
    for (const button of group.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === one));
  };
  const kept = () => { try { return localStorage.getItem("languages") || "both"; } catch { return "both"; } };
  group.hidden = false;
  show(form.querySelector("[aria-invalid]") ? "both" : kept());
  group.addEventListener("click", (event) => {
    const one = event.target.closest("[data-language]")?.dataset.language;
    if (!one) return;
    show(one);
    try { localStorage.setItem("languages", one); } catch { /* a private window keeps nothing */ }
  });
}

// A colour has a picker and a text; each follows the other.
document.addEventListener("input", (event) => {
  const from = event.target;
  if (from.dataset?.colour) document.getElementById(from.dataset.colour).value = from.value;
  const pick = from.id && document.getElementById(`${from.id}-pick`);
  if (pick && /^#[0-9a-f]{6}$/i.test(from.value)) pick.value = from.value;
});
document.querySelector("#summary")?.focus();
