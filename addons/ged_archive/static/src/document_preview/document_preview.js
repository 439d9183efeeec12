/* Copyright 2026 The demat contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import {Component, useEffect, useRef} from "@odoo/owl";
import {hidePDFJSButtons} from "@web/core/utils/pdfjs";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/**
 * Shows the content of an archived document on its form.
 *
 * The bytes come from the route that checks them against their hash and writes the journal.
 */
export class GedDocumentPreview extends Component {
    static template = "ged_archive.DocumentPreview";
    static props = {...standardWidgetProps};

    setup() {
        this.frame = useRef("frame");
        useEffect(
            (frame) => {
                if (frame && this.kind === "pdf") {
                    // Downloads go through our own button, they are journalled as such.
                    hidePDFJSButtons(frame, {hideDownload: true});
                }
            },
            () => [this.frame.el]
        );
    }

    get contentUrl() {
        return `/ged/document/${this.props.record.resId}/content`;
    }

    get kind() {
        const mimetype = this.props.record.data.mimetype || "";
        if (mimetype === "application/pdf") {
            return "pdf";
        }
        if (["image/png", "image/jpeg"].includes(mimetype)) {
            return "image";
        }
        return mimetype === "text/plain" ? "text" : "none";
    }

    get viewerUrl() {
        const file = encodeURIComponent(this.contentUrl);
        return `/web/static/lib/pdfjs/web/viewer.html?file=${file}#pagemode=none&zoom=page-width`;
    }
}

registry.category("view_widgets").add("ged_document_preview", {
    component: GedDocumentPreview,
    fieldDependencies: [{name: "mimetype", type: "char"}],
});
