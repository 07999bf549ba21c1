// Tags of ad platforms, by their ids. Nothing of theirs is loaded before the visitor agreed in the banner.
const { tags, event, frame, vendors } = document.querySelector("script[data-vendors], script[data-frame]").dataset;
const OURS = /^(_ga|_gcl|_gac|_fbp|_fbc|_tt|_za|__zi)/;

let started = false;
async function start() {
  started = true;
  if (frame) document.body.append(Object.assign(document.createElement("iframe"), { src: frame, hidden: true, title: "" }));
  else (await import(vendors)).start(JSON.parse(tags), event);
}

// A script that runs cannot be taken back: without the cookies that it left, the page begins anew.
function forget() {
  const { hostname } = location, domains = [hostname, hostname.split(".").slice(-2).join(".")];
  for (const [name] of document.cookie.split("; ").map((one) => one.split("="))) {
    if (OURS.test(name)) for (const domain of domains) document.cookie = `${name}=; path=/; max-age=0; domain=${domain}`;
  }
  location.reload();
}

try { if (localStorage.getItem("capture:consent") === "yes") start(); } catch { /* a closed store has never agreed */ }
document.addEventListener("capture:consent", ({ detail: given }) => {
  if (given && !started) start();
  if (!given && started) forget();
});
