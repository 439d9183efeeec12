// Copyright 2026 The demat contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import {Component, useEffect} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// Without news for so long we ask: there may be no websocket
const SILENCE = 5000;
const OPEN = ["waiting", "running"];

/** The bar of a run; reads the form again whenever the run moved. */
export class RunProgress extends Component {
    static template = "demat_invoice.RunProgress";
    static props = {...standardWidgetProps};

    setup() {
        this.bus = useService("bus_service");
        this.busy = false;
        this.again = false;
        useEffect(
            (id) => this.watch(id),
            () => [this.props.record.resId]
        );
    }

    /** Listen to one run; returns what stops it. */
    watch(id) {
        const channel = `demat.run_${id}`;
        const hear = (news) => news.id === id && this.refresh();
        this.bus.subscribe("demat.run/progress", hear);
        this.bus.addChannel(channel);
        this.lastNews = Date.now();
        const timer = setInterval(() => {
            if (this.isOpen && Date.now() - this.lastNews >= SILENCE) {
                this.refresh();
            }
        }, SILENCE);
        return () => {
            clearInterval(timer);
            this.bus.unsubscribe("demat.run/progress", hear);
            this.bus.deleteChannel(channel);
        };
    }

    /** One reading at a time; what comes meanwhile is read once, afterwards. */
    async refresh() {
        this.lastNews = Date.now();
        if (this.busy) {
            this.again = true;
            return;
        }
        this.busy = true;
        try {
            do {
                this.again = false;
                await this.props.record.load();
            } while (this.again);
        } finally {
            this.busy = false;
        }
    }

    get data() {
        return this.props.record.data;
    }

    get isOpen() {
        return OPEN.includes(this.data.state);
    }

    get finished() {
        const left = this.data.waiting_count + this.data.started_count;
        return this.data.line_count - left;
    }

    get barClass() {
        if (this.isOpen) {
            return "progress-bar-striped progress-bar-animated";
        }
        return this.data.failed_count ? "bg-warning" : "bg-success";
    }

    get timeLeft() {
        const seconds = this.data.seconds_left;
        if (!this.isOpen || !seconds) {
            return "";
        }
        if (seconds < 60) {
            return _t("less than a minute left");
        }
        return _t("about %s min left", Math.ceil(seconds / 60));
    }
}

const integers = ["progress", "line_count", "waiting_count", "started_count"];
integers.push("failed_count", "seconds_left");

registry.category("view_widgets").add("demat_run_progress", {
    component: RunProgress,
    fieldDependencies: [
        ...integers.map((name) => ({name, type: "integer"})),
        {name: "state", type: "selection", selection: []},
    ],
});
