// The banner: shown to who has not decided, and again to who asks for it. Without the tracker nothing is counted or asked.
const banner = document.querySelector("[data-consent]");
const { capture } = window;
let back;

const show = (shown) => { banner.hidden = !shown; };
if (banner && capture) {
  show(!capture.decided && !navigator.globalPrivacyControl);
  banner.addEventListener("click", ({ target }) => {
    const answer = target.closest("[data-answer]")?.dataset.answer;
    if (!answer) return;
    show(false);
    back?.focus();
    capture[answer]();
  });
  for (const link of document.querySelectorAll("[data-consent-open]")) {
    link.onclick = () => { back = link; show(true); banner.focus(); };
  }
}
