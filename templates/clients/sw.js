{% load i18n %}{% translate "A message for you" as title %}// Shows notifications, and nothing else: it keeps no page and answers no request.
"use strict";

// Whoever opens a newer page of ours gets the newer worker at once.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  let words = {};
  try {
    words = event.data.json();
  } catch {
    // A browser that let us push must show something.
  }
  event.waitUntil(self.registration.showNotification(words.title || "{{ title|escapejs }}", {
    body: words.body || "",
    // The same message again takes the place of itself.
    tag: words.tag || "message",
    data: { link: words.link || "/" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL((event.notification.data || {}).link || "/", self.location.origin);
  // Nothing that was pushed leads anywhere else.
  if (link.origin !== self.location.origin) return;
  event.waitUntil(show(link.href));
});

async function show(address) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((one) => one.url === address);
  return open ? open.focus() : self.clients.openWindow(address);
}
