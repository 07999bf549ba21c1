// The tracker. The server puts the site's mode in place of the word below; "off" counts nothing.
(() => {
  const MODE = "__TRACKING__", KEY = "capture:visitor", ASKED = "capture:consent", SHOWN = "capture:variant:";
  const read = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const write = (name, value) => { try { value == null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* a closed store is a visitor without a memory */ } };
  const agreed = () => read(ASKED) === "yes";
  const silent = () => MODE === "off" || read(ASKED) === "no" || (navigator.globalPrivacyControl && !agreed());
  const remembered = () => !silent() && (MODE === "on" || agreed());
  const made = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\+/g, "-").replace(/\//g, "_").slice(0, 22);
  let id;

  const visitor = () => {
    if (silent()) return "";
    if (!id) {
      const kept = remembered() && read(KEY);
      id = /^[\w-]{22}$/.test(kept || "") ? kept : made();
    }
    if (remembered()) write(KEY, id);
    return id;
  };
  // Of a page under test, the variant that is shown: it stays this browser's, where anything may be kept.
  const variant = () => document.documentElement.dataset.variant;
  const keep = () => {
    const [test, key] = variant()?.split(":") ?? [];
    if (test && remembered()) write(SHOWN + test, key);
  };
  const forget = () => { try { Object.keys(localStorage).filter((name) => name.startsWith(SHOWN)).forEach((name) => write(name)); } catch { /* nothing was kept */ } };
  const track = (kind, more) => {
    try {
      const who = visitor();
      if (!who) return;
      const event = { kind, page: location.pathname, at: new Date().toISOString(), url: location.href, referrer: document.referrer, ...more };
      const body = JSON.stringify({ visitor: who, events: [event] });
      if (!navigator.sendBeacon?.("/t", body)) fetch("/t", { method: "POST", body, keepalive: true }).catch(() => {});
    } catch { /* counting never disturbs a page */ }
  };
  const tell = (given) => document.dispatchEvent(new CustomEvent("capture:consent", { detail: given }));

  window.capture = {
    get visitor() { try { return visitor(); } catch { return ""; } },
    get remembered() { try { return remembered() && visitor() && read(KEY) === id ? id : ""; } catch { return ""; } },
    get decided() { return read(ASKED); },
    consent() { const before = silent(); write(ASKED, "yes"); if (before) view(); else { visitor(); keep(); } tell(true); },
    refuse() { write(ASKED, "no"); write(KEY, null); forget(); id = null; tell(false); },
    track,
  };
  const view = () => { keep(); track("page_view", { variant: variant() }); };
  document.readyState === "loading" ? document.addEventListener("readystatechange", view, { once: true }) : view();
  // What is pressed or looked for, where a page marks it.
  addEventListener("click", ({ target }) => { const { track: kind, name } = target.closest?.("a[data-track]")?.dataset ?? {}; if (kind) track(kind, { name }); });
  addEventListener("submit", ({ target: form }) => { const kind = form.dataset.track; if (kind) track(kind, { name: form.querySelector("input").value }); });
})();
