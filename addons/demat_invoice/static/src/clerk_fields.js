import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A padlock whose tooltip says why the document is locked; nothing while it is not. */
export class PadlockField extends Component {
    static template = "demat_invoice.PadlockField";
    static props = { ...standardFieldProps };

    get reason() {
        return this.props.record.data[this.props.name] || "";
    }
}

/** A dot in the colour of a label. */
export class ColorDotField extends Component {
    static template = "demat_invoice.ColorDotField";
    static props = { ...standardFieldProps };

    get color() {
        return this.props.record.data[this.props.name] || 0;
    }
}

registry.category("fields").add("demat_padlock", {
    component: PadlockField,
    supportedTypes: ["char"],
});
registry.category("fields").add("demat_color_dot", {
    component: ColorDotField,
    supportedTypes: ["integer"],
});
