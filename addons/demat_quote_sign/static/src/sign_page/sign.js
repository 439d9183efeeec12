/* Copyright 2026 The demat contributors
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
/*
 * The ceremony: shows the pages of the quote and gives a field to draw in. Everything
 * else, and the whole ceremony by keyboard, works without this script.
 */
import {startPad} from "./pad.js";
import {startViewer} from "./viewer.js";

const find = (id) => document.getElementById(id);

function say(name, values = {}) {
    const text = find("says").content.querySelector(`[data-say="${name}"]`).textContent;
    return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
}

/** One answer per form: a second tap is not sent. The server refuses it anyway. */
function sendOnce(form) {
    form.addEventListener("submit", (event) => {
        if (event.defaultPrevented) {
            return;
        }
        if (form.dataset.sent) {
            event.preventDefault();
            return;
        }
        form.dataset.sent = "1";
        for (const button of form.querySelectorAll("button[type=submit]")) {
            button.setAttribute("aria-disabled", "true");
        }
    });
}

function startSigning(form) {
    const pad = startPad(find("pad"), find("clear"));
    const said = find("sign_said");

    function show() {
        const way = form.elements.method.value;
        for (const part of form.querySelectorAll(".way")) {
            part.hidden = part.dataset.way !== way;
        }
        said.hidden = true;
        if (way === "draw") {
            pad.fit();
        }
    }

    find("by_draw").checked = true;
    for (const radio of form.elements.method) {
        radio.addEventListener("change", show);
    }
    show();
    form.addEventListener("submit", (event) => {
        if (form.elements.method.value !== "draw") {
            return;
        }
        if (pad.isEmpty()) {
            event.preventDefault();
            said.textContent = say("empty");
            said.hidden = false;
            return;
        }
        find("drawing").value = pad.picture();
    });
}

document.documentElement.classList.add("script");
if (find("viewer")) {
    startViewer(find("viewer"), say);
}
if (find("sign_form")) {
    startSigning(find("sign_form"));
}
document.querySelectorAll("form").forEach(sendOnce);
find("said")?.focus();
// Back from the cache of the browser: the forms may be sent again.
window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
        window.location.reload();
    }
});
