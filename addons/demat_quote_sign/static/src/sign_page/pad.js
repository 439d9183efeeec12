/* Copyright 2026 The demat contributors
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

const INK = "#122054";
const WIDTH = 2.4;
/** Pixels per CSS pixel of the picture: sharp in print, a few kilobytes. */
const SCALE = 2;

/**
 * A field to draw in, by finger, pen or mouse.
 *
 * Strokes are kept as fractions of the field, so that a telephone may be turned.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLButtonElement} clear
 * @returns {{isEmpty: Function, picture: Function, fit: Function}}
 */
export function startPad(canvas, clear) {
    const context = canvas.getContext("2d");
    let strokes = [];
    let current = null;

    function place(event) {
        const box = canvas.getBoundingClientRect();
        return {
            x: (event.clientX - box.left) / box.width,
            y: (event.clientY - box.top) / box.height,
        };
    }

    function draw() {
        context.fillStyle = "#fff";
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.strokeStyle = context.fillStyle = INK;
        context.lineWidth = WIDTH * SCALE;
        context.lineCap = context.lineJoin = "round";
        for (const stroke of strokes) {
            const points = stroke.map(({x, y}) => [x * canvas.width, y * canvas.height]);
            context.beginPath();
            context.moveTo(...points[0]);
            for (let i = 1; i < points.length; i++) {
                const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
                context.quadraticCurveTo(x0, y0, (x0 + x1) / 2, (y0 + y1) / 2);
            }
            context.lineTo(...points.at(-1));
            context.stroke();
        }
    }

    function fit() {
        const box = canvas.getBoundingClientRect();
        if (box.width) {
            canvas.width = Math.round(box.width * SCALE);
            canvas.height = Math.round(box.height * SCALE);
            draw();
        }
    }

    canvas.addEventListener("pointerdown", (event) => {
        if (!event.isPrimary || event.button) {
            return;
        }
        event.preventDefault();
        canvas.setPointerCapture(event.pointerId);
        current = [place(event)];
        strokes.push(current);
        draw();
    });
    canvas.addEventListener("pointermove", (event) => {
        if (!current || !event.isPrimary) {
            return;
        }
        for (const one of event.getCoalescedEvents?.() || [event]) {
            current.push(place(one));
        }
        draw();
    });
    for (const end of ["pointerup", "pointercancel"]) {
        canvas.addEventListener(end, () => {
            current = null;
        });
    }
    clear.addEventListener("click", () => {
        strokes = [];
        draw();
    });
    window.addEventListener("resize", fit);
    return {
        fit,
        isEmpty: () => strokes.length === 0,
        picture: () => canvas.toDataURL("image/png"),
    };
}
