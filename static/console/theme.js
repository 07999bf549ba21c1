// Light or dark, chosen on this device. Loaded before the first paint, so that nothing flashes.
(() => {
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("theme") || ""; } catch { return ""; } };
  const apply = (choice) => { if (choice) root.dataset.theme = choice; else delete root.dataset.theme; };
  if (read()) apply(read());
  addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-themes]")) {
      const buttons = [...group.querySelectorAll("[data-theme-choice]")];
      const show = () => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.themeChoice === (root.dataset.theme || ""))));
      group.hidden = false;
      show();
      group.addEventListener("click", (event) => {
        const button = event.target.closest("[data-theme-choice]");
        if (!button) return;
        apply(button.dataset.themeChoice);
        try { localStorage.setItem("theme", button.dataset.themeChoice); } catch { /* a private window keeps nothing */ }
        show();
      });
    }
  });
})();
