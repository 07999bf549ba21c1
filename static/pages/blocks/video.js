// The player of another company comes when it was asked for. Without this file the button is a link to the video.
for (const button of document.querySelectorAll("[data-play]")) {
  button.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const player = Object.assign(document.createElement("iframe"), { src: button.dataset.play, title: button.dataset.title, allow: "autoplay; fullscreen; encrypted-media; picture-in-picture", tabIndex: 0 });
    button.closest(".screen").replaceChildren(player);
    player.focus();
  });
}
