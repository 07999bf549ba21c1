// Times of the last hour become "5 minutes ago"; the full time moves into the tooltip.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
const times = [...document.querySelectorAll("time[data-ago]")].map((node) => [node, node.textContent]);
const tell = () => {
  for (const [node, full] of times) {
    const minutes = Math.floor((Date.now() - Date.parse(node.dateTime)) / 60000);
    const near = minutes >= 0 && minutes < 60;
    node.textContent = near ? words.format(-minutes, "minute") : full;
    if (near) node.title = full;
  }
};
if (times.length) {
  tell();
  setInterval(tell, 30000);
}
