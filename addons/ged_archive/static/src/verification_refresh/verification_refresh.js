// Copyright 2026 The demat contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import {Component, onMounted, onWillUnmount, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const INTERVAL = 3000;
const OPEN = ["waiting", "running", "verifying", "importing"];

/** Reloads the form while its job (verification, import) is on its way. */
export class VerificationRefresh extends Component {
    static template = xml`<span/>`;
    static props = {...standardWidgetProps};

    setup() {
        onMounted(() => this.schedule());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    schedule() {
        this.timer = setTimeout(() => this.refresh(), INTERVAL);
    }

    async refresh() {
        const record = this.props.record;
        if (OPEN.includes(record.data.state)) {
            await record.load();
        }
        this.schedule();
    }
}

registry.category("view_widgets").add("ged_verification_refresh", {
    component: VerificationRefresh,
});
