// What the server says of a form that is not saved yet: fragments by data-refresh, a preview by data-preview.
// After every change the form is posted to the address; the newest answer wins.
const PAUSE_MS = 350;

for (const place of document.querySelectorAll("[data-refresh]")) {
  const form = document.getElementById(place.dataset.form);
  let asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(place.dataset.refresh, { method: "POST", body: sent(form), signal: asked.signal });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch (error) { if (error.name !== "AbortError") throw error; }
  };
  after(form, ask);
  if (place.hasAttribute("data-at-once")) ask();
}

// Two frames take turns, so that nothing flashes and the browser's history stays as it was.
for (const stage of document.querySelectorAll("[data-preview]")) {
  const form = document.getElementById(stage.dataset.form);
  let number = 0;
  const show = () => {
    const old = stage.querySelector("iframe:last-of-type");
    const fresh = document.createElement("iframe");
    for (const { name, value } of old.attributes) fresh.setAttribute(name, value);
    fresh.name = fresh.id = `preview-${++number}`;
    fresh.classList.add("coming");
    const mine = number;
    const before = old.contentWindow?.scrollY ?? 0;
    fresh.addEventListener("load", () => {
      if (fresh.contentWindow?.location.href === "about:blank") return;
      if (mine < number) return fresh.remove();
      fresh.contentWindow.scrollTo(0, before);
      fresh.classList.remove("coming");
      for (const one of stage.querySelectorAll("iframe")) if (one !== fresh) one.remove();
    });
    stage.append(fresh);
    submitTo(form, stage.dataset.preview, fresh.name);
  };
  after(form, show);
  show();
}

// As the browser would send it, but to another address; no event, so that nobody believes that it was saved.
function submitTo(form, action, target) {
  const kept = [form.getAttribute("action") ?? "", form.target];
  form.action = action;
  form.target = target;
  HTMLFormElement.prototype.submit.call(form);
  form.setAttribute("action", kept[0]);
  form.target = kept[1];
}

function sent(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  return body;
}

function after(form, act) {
  let timer;
  const later = () => { clearTimeout(timer); timer = setTimeout(act, PAUSE_MS); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}
