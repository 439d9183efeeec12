/* Copyright 2026 The demat contributors
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
/*
 * The public verification page: the code behind the "#" of a QR, and files, whose
 * fingerprint is computed here so that they need not be sent. Everything but the QR and
 * the fingerprint works without this script.
 */
(function () {
    "use strict";

    const find = (id) => document.getElementById(id);
    const byCode = find("by_code");
    const byFile = find("by_file");
    const chosen = find("file");
    const secure = Boolean(window.isSecureContext && window.crypto.subtle);
    let dropped = null;
    // Only the answer to the last question is shown.
    let turn = 0;

    function say(name) {
        const text = name
            ? find("says").content.querySelector(`[data-say="${name}"]`).textContent
            : "";
        find("said").textContent = text;
        find("said").hidden = !text;
        find("said").classList.toggle("bad", name !== "working");
    }

    async function ask(address, body, type) {
        const mine = ++turn;
        say("working");
        try {
            const response = await fetch(address, {
                method: "POST",
                body,
                headers: {"Content-Type": type, "X-Requested-With": "fetch"},
                credentials: "omit",
                referrerPolicy: "no-referrer",
            });
            if (!response.ok && response.status !== 429) {
                throw new Error(String(response.status));
            }
            const text = await response.text();
            if (mine === turn) {
                say("");
                // Escaped by the server; parsed without running anything.
                const part = new DOMParser().parseFromString(text, "text/html");
                find("answer").replaceChildren(...part.body.childNodes);
                find("answer").focus({preventScroll: true});
                find("answer").scrollIntoView({block: "nearest"});
            }
        } catch {
            if (mine === turn) {
                say("failed");
            }
        }
    }

    function question(values) {
        return ask(
            byFile.dataset.ask,
            new URLSearchParams(values).toString(),
            "application/x-www-form-urlencoded"
        );
    }

    async function fingerprint(file) {
        const digest = await window.crypto.subtle.digest(
            "SHA-256",
            await file.arrayBuffer()
        );
        return Array.from(new Uint8Array(digest), (byte) =>
            byte.toString(16).padStart(2, "0")
        ).join("");
    }

    async function take(file) {
        find("file_name").textContent = file ? file.name : "";
        find("send").hidden = !file;
        find("send_hint").hidden = !file || !secure;
        if (!file || !secure) {
            return;
        }
        say("working");
        let sha256 = "";
        try {
            sha256 = await fingerprint(file);
        } catch {
            // Larger than the memory of the device, or gone meanwhile.
            say("unreadable");
            return;
        }
        await question({sha256});
    }

    function readAddress() {
        const code = window.location.hash.slice(1).replace(/[^0-9A-Za-z-]/g, "");
        if (!code) {
            return;
        }
        // Not for the history, nor for whoever is shown the screen.
        window.history.replaceState(null, "", window.location.pathname);
        find("code").value = code.replace(/-/g, "").replace(/(.{4})(?=.)/g, "$1-");
        question({code});
    }

    document.documentElement.classList.add("script");
    find("by_hand").hidden = true;
    find("stays").hidden = !secure;
    find("insecure").hidden = secure;
    find("send").hidden = !chosen.files.length;

    byCode.addEventListener("submit", (event) => {
        event.preventDefault();
        question({code: find("code").value});
    });
    chosen.addEventListener("change", () => {
        dropped = null;
        take(chosen.files[0]);
    });
    byFile.addEventListener("submit", (event) => {
        event.preventDefault();
        const file = dropped || chosen.files[0];
        if (!file) {
            return;
        }
        if (file.size > Number(byFile.dataset.max)) {
            say("too_large");
            return;
        }
        ask(byFile.action, file, "application/octet-stream");
    });
    document.addEventListener("dragover", (event) => {
        event.preventDefault();
        find("drop").classList.add("over");
    });
    document.addEventListener("dragleave", () => find("drop").classList.remove("over"));
    document.addEventListener("drop", (event) => {
        event.preventDefault();
        find("drop").classList.remove("over");
        dropped = event.dataTransfer.files[0] || null;
        if (dropped) {
            chosen.value = "";
            chosen.required = false;
            take(dropped);
        }
    });
    window.addEventListener("hashchange", readAddress);
    readAddress();
})();
