// Tags of ad platforms, by their ids. Nothing of theirs is loaded before the visitor agreed in the banner.
const { tags, event, frame } = document.querySelector("script[data-tags], script[data-frame]").dataset;
const OURS = /^(_ga|_gcl|_gac|_fbp|_fbc|_tt|_ttp|_za|__zi)/;
const load = (src) => document.head.append(Object.assign(document.createElement("script"), { src, async: true }));

// Each begins as the vendor says: calls wait in a queue until its script has come. The event id is the submission's, so
// that a report from our server counts the same lead once.
const START = {
  meta(id) {
    const call = window.fbq = window._fbq = (...words) => call.callMethod ? call.callMethod(...words) : call.queue.push(words);
    Object.assign(call, { push: call, loaded: true, version: "2.0", queue: [] });
    call("init", id);
    event ? call("track", "Lead", {}, { eventID: event }) : call("track", "PageView");
    load("https://connect.facebook.net/en_US/fbevents.js");
  },
  google(id) {
    const [account] = id.split("/"), granted = "granted";
    window.dataLayer = [];
    window.gtag = function () { dataLayer.push(arguments); };
    gtag("consent", "default", { ad_storage: granted, ad_user_data: granted, ad_personalization: granted, analytics_storage: granted });
    gtag("js", new Date());
    gtag("config", account, { send_page_view: !event });
    if (event) gtag("event", id === account ? "generate_lead" : "conversion", { send_to: id, transaction_id: event, event_id: event });
    load(`https://www.googletagmanager.com/gtag/js?id=${account}`);
  },
  tiktok(id) {
    const source = "https://analytics.tiktok.com/i18n/pixel/events.js", queue = window.ttq = [];
    window.TiktokAnalyticsObject = "ttq";
    queue.methods = ["page", "track", "identify", "instances", "debug", "on", "off", "once", "ready", "alias", "group", "enableCookie", "disableCookie", "holdConsent", "revokeConsent", "grantConsent"];
    for (const name of queue.methods) queue[name] = (...words) => queue.push([name, ...words]);
    queue._i = { [id]: Object.assign([], { _u: source }) };
    queue._t = { [id]: Date.now() };
    queue._o = { [id]: {} };
    event ? queue.track("SubmitForm", {}, { event_id: event }) : queue.page();
    load(`${source}?sdkid=${id}&lib=ttq`);
  },
  zalo(id) { // has no calls: its rules look at the address, which is /_thanks/<event id> after a form
    load(`https://s.zzcdn.me/ztr/ztracker.js?id=${id}`);
  },
};

function start() {
  if (frame) return document.body.append(Object.assign(document.createElement("iframe"), { src: frame, hidden: true, title: "" }));
  for (const [vendor, id] of Object.entries(JSON.parse(tags))) START[vendor]?.(id);
}

let started = false;
try { started = localStorage.getItem("capture:consent") === "yes"; } catch { /* a closed store has never agreed */ }
if (started) start();
document.addEventListener("capture:consent", ({ detail: given }) => {
  if (given && !started) start();
  if (given || !started) return void (started ||= given);
  for (const [name] of document.cookie.split("; ").map((one) => one.split("="))) {
    if (OURS.test(name)) for (const domain of [location.hostname, location.hostname.split(".").slice(-2).join(".")]) document.cookie = `${name}=; path=/; max-age=0; domain=${domain}`;
  }
  location.reload();
});
