// Notifications on this device: asks the browser, and sends its answer with the form that stands
// on the page. What is shown when is written there, too: <… data-when="off" hidden>.
(() => {
  "use strict";
  const place = document.querySelector("[data-notify]");
  if (!place) return;
  const { key, worker, scope } = place.dataset;
  const form = place.querySelector("form");

  const show = (state) => {
    for (const part of place.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  };
  // The form stays beside what went wrong.
  const tell = (state) => {
    show(state);
    if (state === "failed") form.hidden = false;
  };

  const base64url = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

  const isAppleTouch = /iPhone|iPad/.test(navigator.userAgent)
    || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    show(isAppleTouch ? "home-screen" : "unable");
    return;
  }

  const subscribed = async () => {
    const registration = await navigator.serviceWorker.getRegistration(scope);
    return registration ? registration.pushManager.getSubscription() : null;
  };
  const row = async (subscription) => {
    if (!subscription) return null;
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
    const mark = [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return document.querySelector(`[data-device="${mark}"]`);
  };
  const isUnderOurKey = (subscription) => {
    const { applicationServerKey } = subscription.options;
    return applicationServerKey && base64url(applicationServerKey) === key;
  };

  // One that is not in this person's list is somebody else's, or from before: they begin anew.
  const subscribe = async () => {
    await navigator.serviceWorker.register(worker, { scope });
    const { pushManager } = await navigator.serviceWorker.ready;
    const before = await pushManager.getSubscription();
    if (before) await before.unsubscribe();
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  };

  const turnOn = async () => {
    if (await Notification.requestPermission() !== "granted") {
      tell(Notification.permission === "denied" ? "denied" : "off");
      return;
    }
    const subscription = await subscribe();
    const { endpoint, keys } = subscription.toJSON();
    const said = { endpoint, p256dh: keys.p256dh, auth: keys.auth, server_key: key };
    for (const [name, value] of Object.entries(said)) form.elements[name].value = value;
    form.submit();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    turnOn().catch(() => tell("failed")).finally(() => { button.disabled = false; });
  });

  for (const removing of document.querySelectorAll("form[data-remove]")) {
    removing.addEventListener("submit", (event) => {
      if (!removing.closest("[data-device]").hasAttribute("data-is-here")) return;
      event.preventDefault();
      subscribed()
        .then((subscription) => subscription && subscription.unsubscribe())
        .catch(() => {})
        .finally(() => removing.submit());
    });
  }

  const look = async () => {
    const subscription = await subscribed();
    const here = await row(subscription);
    if (here) {
      here.setAttribute("data-is-here", "");
      here.querySelector("[data-here]").hidden = false;
    }
    if (Notification.permission === "denied") show("denied");
    else show(here && isUnderOurKey(subscription) ? "on" : "off");
  };
  look().catch(() => show("unable"));
})();
