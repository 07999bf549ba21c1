// A form that survives slips of the finger, double clicks and a lost connection. Without this file it is an ordinary form.
const KNOWN = "gmail.com yahoo.com yahoo.com.vn hotmail.com outlook.com outlook.com.vn icloud.com live.com me.com proton.me zoho.com msn.com".split(" ");
const KEY = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const AGAIN_SECONDS = 10, LONGEST_SECONDS = 600;
const LANDED = location.href, CAME_FROM = document.referrer;

const made = (tag, about, ...inside) => {
  const element = Object.assign(document.createElement(tag), about);
  element.append(...inside);
  return element;
};
const fieldOf = (input) => input.closest("[data-field]");

document.querySelectorAll("form[data-capture]").forEach(attach);

function attach(form) {
  const says = form.dataset, button = form.querySelector("[type=submit]"), label = button.textContent;
  let busy, pressed, timer;

  // Between pressing the button and letting go nothing may move, or the click would miss it.
  button.onpointerdown = () => { pressed = true; };
  addEventListener("pointerup", () => { pressed = false; });
  form.addEventListener("change", ({ target }) => {
    if (pressed || !fieldOf(target)) return;
    check(target, says);
    suggest(target, says);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    const wrong = [...form.elements].filter((input) => fieldOf(input) && check(input, says));
    // The server checks all of it and answers with one summary; what we can see alone would be half of the errors.
    wrong.length && !navigator.onLine ? wrong[0].focus() : send();
  });
  addEventListener("online", () => timer && send());
  addEventListener("pageshow", (event) => event.persisted && rest());
  form.querySelectorAll("[type=email]").forEach((input) => suggest(input, says));
  form.querySelector(".summary")?.focus();

  async function send() {
    if (busy || !form.isConnected) return;
    timer = clearTimeout(timer);
    busy = true;
    tell("");
    form.querySelector(".summary")?.remove();
    button.setAttribute("aria-disabled", "true");
    button.replaceChildren(made("span", { className: "ring", ariaHidden: "true" }), says.sending);
    const hidden = form.elements;
    hidden._key.value = KEY;
    hidden._visitor.value = window.capture?.visitor || hidden._visitor.value;
    hidden._url.value ||= LANDED;
    hidden._referrer.value ||= CAME_FROM;
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html", "X-Capture-Fetch": "1" }, redirect: "follow" });
      if (answer.redirected) return location.assign(answer.url);
      if (answer.status === 422 && replace(await answer.text())) return;
    } catch {
      rest();
      return later(says.offline, AGAIN_SECONDS);
    }
    rest();
    const { status, headers } = answer, id = headers.get("X-Request-Id");
    if (status !== 429 && status !== 503) return tell(says.failed + (id ? ` ${says.reference.replace("{id}", id)}` : ""));
    const seconds = Math.min(+headers.get("Retry-After") || AGAIN_SECONDS, LONGEST_SECONDS);
    later(says.busy.replace("{n}", seconds), seconds);
  }
  function later(text, seconds) {
    tell(text);
    timer = setTimeout(send, seconds * 1000);
  }
  function rest() {
    busy = false;
    button.removeAttribute("aria-disabled");
    button.replaceChildren(label);
  }
  function tell(text) {
    const note = form.querySelector("[data-note]"), [first] = text.match(/^.*?\.(?= |$)/) ?? [""];
    note.firstElementChild.toggleAttribute("hidden", text !== says.offline);
    note.lastElementChild.replaceChildren(made("b", {}, first), text.slice(first.length));
    note.hidden = !text;
  }
  function replace(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(`form[action="${form.getAttribute("action")}"]`);
    if (!fresh) return false;
    form.replaceWith(fresh);
    attach(fresh);
    return true;
  }
}

function check(input, says) {
  const empty = input.type === "checkbox" ? !input.checked : !input.value.trim();
  const wrong = input.type === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(input.value.trim());
  const text = empty ? input.required && (input.dataset.missing || says.missing) : wrong && input.dataset.wrong;
  const field = fieldOf(input), id = `${input.id}-error`;
  field.querySelector(".error")?.remove();
  field.querySelector(".hint")?.toggleAttribute("hidden", !!text);
  if (text) field.append(made("p", { className: "error", id }, text));
  text ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
  input.setAttribute("aria-describedby", text ? id : `${input.id}-hint`);
  return text;
}

function suggest(input, says) {
  const field = fieldOf(input);
  field.querySelector(".suggest")?.remove();
  const typed = input.type === "email" && input.value.trim().toLowerCase().split("@")[1];
  const meant = typed && !KNOWN.includes(typed) && KNOWN.find((domain) => oneSlip(typed, domain));
  if (!meant) return;
  const [before, after] = says.suggest.split("{domain}");
  const fix = made("button", { type: "button", className: "plain" }, says.fix);
  fix.onclick = () => {
    input.value = input.value.trim().replace(/[^@]+$/, meant);
    input.focus();
    suggest(input, says);
    check(input, says);
  };
  input.after(made("div", { className: "suggest", role: "status" }, made("span", {}, before, made("b", {}, meant), after), fix));
}

// One letter too many, too few or wrong, or two that changed places.
function oneSlip(a, b) {
  let start = 0;
  while (a[start] === b[start] && start < a.length) start++;
  const x = a.slice(start), y = b.slice(start);
  return x.slice(1) === y.slice(1) || x === y.slice(1) || x.slice(1) === y || (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2));
}

// The button at the foot of a phone steps aside while the form can be seen.
const call = document.querySelector("[data-call]"), target = document.getElementById("form");
if (call && target) new IntersectionObserver(([seen]) => call.classList.toggle("on", !seen.isIntersecting)).observe(target);
