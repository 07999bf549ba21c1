// The variant of a browser that remembers who it is: decided before anything is painted, as the server decides it too
// (capture/pages/experiments/allocation.py). A variant that was shown before stays, however visitors are divided now.
(() => {
  const root = document.documentElement, says = document.currentScript.dataset;
  const who = window.capture?.remembered, [test, sent] = root.dataset.variant.split(":");
  if (!who) return;
  const shares = says.shares.split(" ").map((one) => one.split(":"));
  const mine = kept() ?? drawn(says.salt + who);
  root.dataset.variant = `${test}:${mine}`;
  if (mine === sent) return;
  root.hidden = true;
  // "interactive" comes after the last tag and before the first module: forms attach to what is there then.
  document.addEventListener("readystatechange", () => {
    const own = document.querySelector(`template[data-variant="${mine}"]`);
    document.getElementById("main").replaceChildren(own.content.cloneNode(true));
    document.title = own.dataset.title;
    document.body.className = own.dataset.kind;
    root.hidden = false;
  }, { once: true });

  function kept() {
    try {
      const found = localStorage.getItem(`capture:variant:${test}`);
      return shares.find(([key]) => key === found)?.[0];
    } catch { /* a closed store remembers nothing */ }
  }
  function drawn(text) {
    const place = Math.floor((hashed(text) * 1000) / 2 ** 32);
    let end = 0;
    return (shares.find(([, share]) => place < (end += +share)) ?? shares[0])[0];
  }
  function hashed(text) {
    let value = 0x811c9dc5;
    for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return (value ^ (value >>> 16)) >>> 0;
  }
})();
