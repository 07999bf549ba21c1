// The page editor. Every edit is a small form that works without this file; here it is sent in the background, and what
// the server answers takes the place of the list, the state and the fields.
const root = document.querySelector("[data-editor]");
const at = (name) => root.querySelector(`[data-${name}]`);
const says = root.dataset, canEdit = "canEdit" in says;
const SAVE_MS = 500, LOOK_MS = 4000, TOAST_MS = 10000;
const fields = at("fields"), blocks = root.querySelector("#blocks"), stage = at("stage"), toast = at("toast");
let step = +says.step, chosen = says.chosen, language = says.siteLocale, width = 390, timer, sending = Promise.resolve(), away, quiet;

// Saving
async function post(values) {
  const body = new URLSearchParams(values);
  body.set("csrf_token", says.token);
  const answer = await fetch(says.draft, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.redirected || answer.status === 401) return location.reload();
  if (answer.status !== 200 && answer.status !== 409) throw new Error(answer.status);
  return answer.json();
}

function send(values, { redraw = true } = {}) {
  sending = sending.then(() => post(values)).then((pieces) => {
    clearTimeout(away);
    if (pieces) show(pieces);
    if (redraw) draw();
  }).catch(() => {
    at("saved").textContent = says.failed;
    away = setTimeout(() => send(values), LOOK_MS);
  });
  return sending;
}

function show(pieces) {
  step = pieces.step;
  choose(pieces.chosen, false);
  at("blocks").innerHTML = pieces.list;
  at("state").innerHTML = pieces.state;
  at("saved").textContent = pieces.saved;
  at("refused").replaceChildren();
  if (pieces.fields) at("pieces").innerHTML = pieces.fields;
  else mark(pieces.wrong);
  if (pieces.notice) tell(pieces.notice);
  else if (pieces.done) undoable(pieces.done);
}

// What is wrong is said below its field while one types on; nothing is taken away from under the cursor.
function mark(wrong) {
  const number = [...blocks.querySelectorAll("[data-line]")].findIndex((line) => line.dataset.line === chosen);
  const start = chosen === "page" ? "" : `blocks.${number}.`, prefix = chosen === "page" ? "p." : "b.";
  for (const field of fields.querySelectorAll("[data-path]")) {
    const texts = wrong[start + field.dataset.path.slice(prefix.length)];
    const old = field.querySelector(":scope > .error");
    if (!texts) { old?.remove(); continue; }
    const said = old ?? field.appendChild(Object.assign(document.createElement("p"), { className: "error" }));
    said.textContent = texts.join(" ");
  }
}

function save() {
  clearTimeout(timer);
  timer = undefined;
  const values = new FormData(fields);
  values.set("seen", step);
  return send(values);
}

fields.addEventListener("input", () => {
  if (!canEdit) return;
  at("saved").textContent = says.saving;
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_MS);
});
fields.addEventListener("submit", (event) => { event.preventDefault(); save(); });
addEventListener("beforeunload", (event) => { if (timer) { save(); event.preventDefault(); } });
// Publishing waits until everything typed is saved.
document.addEventListener("submit", async (event) => {
  if (event.target === fields || event.target === blocks || !timer) return;
  event.preventDefault();
  const { target, submitter } = event;
  await save();
  target.requestSubmit(submitter);
}, true);

// Blocks: choosing, moving, adding
blocks.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (timer) await save();
  const values = { do: button.value, chosen, after: chosen === "page" ? "" : chosen };
  button.closest("details")?.removeAttribute("open");
  await send(values);
  blocks.querySelector(`[data-choose="${chosen}"]`)?.focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose]");
  if (link && root.contains(link)) {
    event.preventDefault();
    pick(link.dataset.choose);
  }
  for (const menu of root.querySelectorAll("details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
});

async function pick(id) {
  if (timer) await save();
  if (id !== chosen) {
    choose(id, true);
    const answer = await fetch(`${location.pathname}?block=${encodeURIComponent(id)}`, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    at("pieces").innerHTML = fresh.querySelector("[data-pieces]").innerHTML;
    at("blocks").innerHTML = fresh.querySelector("[data-blocks]").innerHTML;
  }
  tab("fields");
  outline(true);
  look();
}

function choose(id, isNew) {
  chosen = id;
  at("do").value = id === "page" ? "page" : `fields:${id}`;
  at("chosen-input").value = id;
  if (isNew) history.replaceState(null, "", `?block=${id}`);
}

const place = (line) => [...blocks.querySelectorAll("[data-line]")].indexOf(line);
addEventListener("keydown", (event) => {
  const line = document.activeElement?.closest?.("[data-line]");
  if (line && event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    event.preventDefault();
    const id = line.dataset.line;
    send({ do: `${event.key === "ArrowUp" ? "up" : "down"}:${id}`, chosen }).then(() => {
      blocks.querySelector(`[data-choose="${id}"]`)?.focus();
    });
  }
  const typing = event.target.closest?.("input, textarea, select");
  if (canEdit && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) {
    event.preventDefault();
    send({ do: event.shiftKey ? "redo" : "undo", chosen });
  }
});

let dragged;
blocks.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-line]");
  dragged?.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
});
const overs = () => blocks.querySelectorAll(".over, .over-below").forEach((one) => one.classList.remove("over", "over-below"));
const isBelow = (line, y) => y > line.getBoundingClientRect().top + line.offsetHeight / 2;
blocks.addEventListener("dragover", (event) => {
  const line = event.target.closest("[data-line]");
  if (!dragged || !line) return;
  event.preventDefault();
  overs();
  if (line !== dragged) line.classList.add(isBelow(line, event.clientY) ? "over-below" : "over");
});
blocks.addEventListener("drop", (event) => {
  const line = event.target.closest("[data-line]");
  if (!dragged || !line || line === dragged) return;
  event.preventDefault();
  const from = place(dragged);
  let to = place(line) + (isBelow(line, event.clientY) ? 1 : 0);
  if (from < to) to--;
  if (from !== to) send({ do: `to:${dragged.dataset.line}`, to, chosen });
});
blocks.addEventListener("dragend", () => { dragged?.classList.remove("dragged"); dragged = undefined; overs(); });

// Preview: a second frame loads behind the first and takes its place, so that nothing flickers.
const frame = () => stage.querySelector("iframe:not(.waiting)");
function draw() {
  stage.querySelector(".waiting")?.remove();
  const old = frame(), fresh = old.cloneNode();
  fresh.className = "waiting";
  fresh.src = `${says.preview}?locale=${language}&step=${step}`;
  fresh.addEventListener("load", () => {
    const top = old.contentWindow?.scrollY ?? 0;
    fresh.classList.remove("waiting");
    old.remove();
    fresh.contentWindow.scrollTo({ top, behavior: "instant" });
    seen();
  }, { once: true });
  stage.append(fresh);
}

function seen() {
  const inside = frame().contentDocument;
  if (!inside?.body) return;
  inside.addEventListener("click", (event) => {
    event.preventDefault();
    const id = blockAt(inside, event.target);
    if (id) pick(id);
  });
  outline(false);
  weigh();
}

// A marker stands before each block; what follows it up to the next one is the block.
function blockAt(inside, node) {
  const card = node.closest?.("#form") && blocks.querySelector("[data-line] use[href$='#forms']")?.closest("[data-line]");
  if (card) return card.dataset.line;
  const outer = [...inside.querySelectorAll("main > *")].find((one) => one.contains(node));
  for (let one = outer; one; one = one.previousElementSibling) if (one.dataset?.block) return one.dataset.block;
}

function outline(scroll) {
  const inside = frame().contentDocument;
  if (!inside) return;
  for (const one of inside.querySelectorAll("[data-chosen]")) { one.removeAttribute("data-chosen"); one.style.outline = ""; one.style.outlineOffset = ""; }
  const marker = inside.querySelector(`template[data-block="${CSS.escape(chosen)}"]`);
  const isForm = blocks.querySelector(`[data-line="${CSS.escape(chosen)}"] use[href$='#forms']`);
  let block = marker?.nextElementSibling;
  if (isForm && (!block || block.dataset.block)) block = inside.getElementById("form");
  if (!block || block.dataset.block) return;
  block.setAttribute("data-chosen", "");
  block.style.outline = "2px solid #26499b";
  block.style.outlineOffset = "-2px";
  if (scroll) block.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

async function weigh() {
  const answer = await fetch(`${says.preview}?locale=${language}&step=${step}`, { headers: { Accept: "text/html" } });
  const bytes = +answer.headers.get("X-Weight");
  at("weight").textContent = `${new Intl.NumberFormat(says.locale, { maximumFractionDigits: 1 }).format(bytes / 1024)} KB`;
  at("weight").parentElement.classList.toggle("heavy", bytes > 30 * 1024);
}

function resize() {
  const room = stage.clientWidth - 48, scale = Math.min(1, room / width);
  for (const one of stage.querySelectorAll("iframe")) {
    one.style.width = `${width}px`;
    one.style.transform = scale < 1 ? `scale(${scale})` : "";
    one.style.height = `${Math.max(stage.clientHeight - 28, 480) / scale}px`;
    one.style.marginInline = `${-(width - width * scale) / 2}px`;
    one.style.marginBottom = `${-(1 - scale) * Math.max(stage.clientHeight - 28, 480) / scale}px`;
  }
  stage.classList.toggle("wide", width > 500);
}
addEventListener("resize", resize);

function pressed(group, button) {
  for (const one of root.querySelectorAll(`[data-${group}]`)) one.setAttribute("aria-pressed", String(one === button));
}
root.addEventListener("click", (event) => {
  const sized = event.target.closest("[data-width]"), spoken = event.target.closest("[data-language]:not(form)"), part = event.target.closest("button[data-tab]");
  if (sized) { width = +sized.dataset.width; pressed("width", sized); resize(); }
  if (spoken) { language = spoken.dataset.language; fields.dataset.language = language; pressed("language", spoken); draw(); }
  if (part) tab(part.dataset.tab);
});
function tab(name) {
  root.querySelector(".editor-body").dataset.tab = name;
  for (const one of root.querySelectorAll("button[data-tab]")) one.setAttribute("aria-pressed", String(one.dataset.tab === name));
  if (name === "view") resize();
}

// Who else is here
async function look() {
  try {
    const body = new URLSearchParams({ csrf_token: says.token, block: chosen });
    const told = await (await fetch(says.presence, { method: "POST", body, headers: { Accept: "application/json" } })).json();
    at("others").innerHTML = told.others;
    if (told.step !== step && !timer && !told.is_mine) {
      step = told.step;
      draw();
      const answer = await fetch(`${location.pathname}?block=${encodeURIComponent(chosen)}`);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      at("blocks").innerHTML = fresh.querySelector("[data-blocks]").innerHTML;
      at("state").innerHTML = fresh.querySelector("[data-state]").innerHTML;
      if (!fields.contains(document.activeElement)) at("pieces").innerHTML = fresh.querySelector("[data-pieces]").innerHTML;
    }
  } catch { /* the next look may succeed */ }
}
setInterval(() => { if (!document.hidden) look(); }, LOOK_MS);

// Told in a sentence, with the way back
function tell(text, ...more) {
  clearTimeout(quiet);
  toast.replaceChildren(text, ...more);
  toast.hidden = false;
  quiet = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
}
function undoable(text) {
  const back = root.querySelector('button[value="undo"]');
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: back?.title ?? "" });
  button.onclick = () => { toast.hidden = true; send({ do: "undo", chosen }); };
  tell(text, ...(back ? [button] : []));
}
for (const kind of ["mouseenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(quiet));
toast.addEventListener("mouseleave", () => { quiet = setTimeout(() => { toast.hidden = true; }, TOAST_MS); });

fields.dataset.language = language;
root.querySelector(".editor-tabs").hidden = false;
tab("blocks");
resize();
if (frame().contentDocument?.readyState === "complete") seen();
frame().addEventListener("load", seen, { once: true });
look();
