// The copy button of a coupon: says for two seconds that it is done. Where the clipboard is closed, it marks the code.
const button = document.querySelector("[data-copy]");
const code = document.querySelector("[data-code]");
const label = button?.querySelector("span");
const words = label?.textContent;
let timer;
button?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(code.textContent.trim());
    label.textContent = button.dataset.done;
    clearTimeout(timer);
    timer = setTimeout(() => { label.textContent = words; }, 2000);
  } catch {
    getSelection().selectAllChildren(code);
  }
});
label?.setAttribute("role", "status");
