// "Leave quickly": what stands here goes at once, and Back does not lead to this page.
// Without this script it is a plain link. It does not sign out: what was just typed is still
// on its way to the server, and nobody should have to wait for that.
(() => {
  "use strict";
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.title = "\u200b";
      document.body.hidden = true;
      window.location.replace(link.href);
    });
  }
})();
