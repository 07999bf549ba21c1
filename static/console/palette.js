// Ctrl K: find somebody or something, or do it. Rows come from the server, which knows what one may see.
const palette = document.getElementById("palette");
const WAIT_MS = 120;

if (palette) {
  const input = palette.querySelector("input"), list = palette.querySelector("ul");
  const fold = (text) => text.replace(/đ/g, "d").replace(/Đ/g, "D").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let rows = [], at = 0, timer, asked = 0;

  const open = () => {
    if (palette.open) return;
    palette.showModal();
    input.value = "";
    ask();
  };
  async function ask() {
    const mine = ++asked;
    const answer = await fetch(`${palette.dataset.palette}?q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" } });
    if (mine !== asked) return;
    if (!answer.ok || answer.redirected) return location.reload();
    rows = await answer.json();
    at = 0;
    draw();
  }
  function draw() {
    list.replaceChildren(...rows.map(row));
    if (!rows.length) list.append(Object.assign(document.createElement("li"), { className: "calm", textContent: palette.dataset.none }));
    mark();
  }
  function row({ kind, label, about, icon, href }, index) {
    const item = Object.assign(document.createElement("li"), { role: "none" });
    const link = Object.assign(document.createElement("a"), { id: `palette-${index}`, role: "option", href, tabIndex: -1 });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", document.querySelector(".icon use").getAttribute("href").replace(/#.*/, `#${icon}`));
    svg.append(use);
    const words = document.createElement("span"), more = document.createElement("span"), of = document.createElement("span");
    words.append(...bold(label));
    more.textContent = about;
    more.className = "muted";
    of.textContent = kind;
    of.className = "kind muted";
    link.append(svg, words, more, of);
    item.append(link);
    item.addEventListener("mousemove", () => { if (at !== index) { at = index; mark(); } });
    return item;
  }
  // What was typed stands out in what was found, also where the marks differ.
  function bold(label) {
    const typed = fold(input.value.trim()), start = typed ? fold(label).indexOf(typed) : -1;
    if (start < 0 || fold(label).length !== label.length) return [label];
    const strong = document.createElement("b");
    strong.textContent = label.slice(start, start + typed.length);
    return [label.slice(0, start), strong, label.slice(start + typed.length)];
  }
  function mark() {
    list.querySelectorAll("a").forEach((link, index) => link.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", rows.length ? `palette-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
  palette.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) { event.preventDefault(); at = (at + step + rows.length) % rows.length; mark(); }
    if (event.key === "Enter") { event.preventDefault(); list.children[at]?.querySelector("a")?.click(); }
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  for (const box of document.querySelectorAll("[data-open-palette]")) {
    // Not when Tab passes by: a dialog that opens by itself would hold the keyboard.
    for (const kind of ["click", "input"]) box.addEventListener(kind, () => { box.value = ""; box.blur(); open(); });
  }
}
