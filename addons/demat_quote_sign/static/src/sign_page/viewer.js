/* Copyright 2026 The demat contributors
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

/** The host's own. */
const LIBRARY = "/web/static/lib/pdfjs/build/";
const ZOOMS = [1, 1.5, 2, 3];
/** No canvas larger than that: telephones give up. */
const MOST_PIXELS = 8_000_000;

async function fingerprint(bytes) {
    const digest = await window.crypto.subtle.digest("SHA-256", bytes);
    return Array.from(new Uint8Array(digest), (byte) =>
        byte.toString(16).padStart(2, "0")
    ).join("");
}

/** The file, if it is the one that was frozen; an error of this name if not. */
class Differs extends Error {}

async function load(viewer) {
    const response = await fetch(viewer.dataset.pdf, {referrerPolicy: "no-referrer"});
    if (!response.ok) {
        throw new Error(String(response.status));
    }
    const bytes = await response.arrayBuffer();
    // Only secure connections can compute it; the server compares it in any case.
    if (window.isSecureContext && window.crypto.subtle) {
        if ((await fingerprint(bytes)) !== viewer.dataset.sha256) {
            throw new Differs();
        }
    }
    const library = await import(`${LIBRARY}pdf.js`);
    library.GlobalWorkerOptions.workerSrc = `${LIBRARY}pdf.worker.js`;
    const task = library.getDocument({
        data: bytes,
        isEvalSupported: false,
        enableXfa: false,
        cMapUrl: "/web/static/lib/pdfjs/web/cmaps/",
    });
    return {library, file: await task.promise};
}

/**
 * Draw one page: a picture, and over it its words, which can be selected and which
 * screen readers say.
 */
async function drawPage(library, page, sheet, width) {
    const natural = page.getViewport({scale: 1});
    const viewport = page.getViewport({scale: width / natural.width});
    sheet.style.width = `${viewport.width}px`;
    sheet.style.height = `${viewport.height}px`;
    const pixels = viewport.width * viewport.height;
    const ratio = Math.min(
        window.devicePixelRatio || 1,
        Math.sqrt(MOST_PIXELS / pixels)
    );
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    canvas.width = Math.floor(viewport.width * ratio);
    canvas.height = Math.floor(viewport.height * ratio);
    const words = document.createElement("div");
    words.className = "words-of-page";
    words.style.setProperty("--scale-factor", viewport.scale);
    await page.render({
        canvasContext: canvas.getContext("2d"),
        viewport,
        transform: [ratio, 0, 0, ratio, 0, 0],
    }).promise;
    const layer = new library.TextLayer({
        textContentSource: page.streamTextContent(),
        container: words,
        viewport,
    });
    await layer.render();
    sheet.replaceChildren(canvas, words);
}

/**
 * Show the quote page by page.
 *
 * @param {HTMLElement} viewer
 * @param {Function} say words of the page in the language of the signatory
 */
export async function startViewer(viewer, say) {
    const find = (id) => document.getElementById(id);
    const pages = find("pages");
    const seen = new Set();
    let zoom = 0;
    let turn = 0;
    viewer.hidden = false;
    find("seen").textContent = say("loading");

    let loaded = null;
    try {
        loaded = await load(viewer);
    } catch (error) {
        const differs = error instanceof Differs;
        find("seen").textContent = say(differs ? "differs" : "failed");
        find("seen").classList.add("bad");
        pages.hidden = true;
        if (differs) {
            find("read_form").hidden = true;
        }
        return;
    }
    const {library, file} = loaded;
    find("page_count").value = file.numPages;

    function count(number) {
        seen.add(number);
        find("seen_count").value = seen.size;
        find("seen").textContent = say("seen", {seen: seen.size, pages: file.numPages});
    }

    const watch = new IntersectionObserver(
        (entries) => {
            for (const entry of entries) {
                if (entry.isIntersecting) {
                    count(Number(entry.target.dataset.number));
                }
            }
        },
        {root: pages, threshold: 0.2}
    );

    async function draw() {
        const mine = ++turn;
        const width = (pages.clientWidth - 4) * ZOOMS[zoom];
        for (let number = 1; number <= file.numPages; number++) {
            const sheet = pages.children[number - 1];
            await drawPage(library, await file.getPage(number), sheet, width);
            if (mine !== turn) {
                return;
            }
        }
        find("smaller").disabled = zoom === 0;
        find("larger").disabled = zoom === ZOOMS.length - 1;
    }

    for (let number = 1; number <= file.numPages; number++) {
        const sheet = document.createElement("div");
        sheet.className = "sheet";
        sheet.dataset.number = number;
        sheet.setAttribute("role", "group");
        sheet.setAttribute("aria-label", say("page", {page: number, pages: file.numPages}));
        pages.append(sheet);
    }
    await draw();
    for (const sheet of pages.children) {
        watch.observe(sheet);
    }
    const step = (by) => () => {
        zoom = Math.min(Math.max(zoom + by, 0), ZOOMS.length - 1);
        draw();
    };
    find("smaller").addEventListener("click", step(-1));
    find("larger").addEventListener("click", step(1));
    let width = window.innerWidth;
    window.addEventListener("resize", () => {
        if (window.innerWidth !== width) {
            width = window.innerWidth;
            draw();
        }
    });
}
