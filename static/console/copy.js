// Copies data-copy; the button says so for two seconds. Hidden until the browser can.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const use = button.querySelector("use");
    const before = [button.getAttribute("aria-label"), use?.getAttribute("href")];
    await navigator.clipboard.writeText(button.dataset.copy);
    if (button.dataset.busy) return;
    button.dataset.busy = "1";
    button.setAttribute("aria-label", button.dataset.copied);
    use?.setAttribute("href", before[1].replace(/#.*/, "#check"));
    setTimeout(() => {
      button.setAttribute("aria-label", before[0]);
      use?.setAttribute("href", before[1]);
      delete button.dataset.busy;
    }, 2000);
  });
}
