// How each ad platform begins: calls wait in a queue until its script has come. The event id is the submission's, so that
// a report from our server counts the same lead once.
let event;
const load = (src) => document.head.append(Object.assign(document.createElement("script"), { src, async: true }));

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

export function start(tags, id) {
  event = id;
  for (const [vendor, own] of Object.entries(tags)) START[vendor]?.(own);
}
