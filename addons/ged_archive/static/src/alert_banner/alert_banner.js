// Copyright 2026 The demat contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import {Component, onWillStart} from "@odoo/owl";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** Red above the documents until an administrator has acknowledged the alerts. */
export class GedAlertBanner extends Component {
    static template = "ged_archive.AlertBanner";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.banner = false;
        onWillStart(async () => {
            this.banner = await this.orm.call("ged.document", "alert_banner", []);
        });
    }

    openAlerts() {
        this.action.doAction("ged_archive.ged_alert_action");
    }
}

class GedDocumentListController extends ListController {
    static template = "ged_archive.DocumentListView";
    static components = {...ListController.components, GedAlertBanner};
}

class GedDocumentKanbanController extends KanbanController {
    static template = "ged_archive.DocumentKanbanView";
    static components = {...KanbanController.components, GedAlertBanner};
}

registry.category("views").add("ged_document_list", {
    ...listView,
    Controller: GedDocumentListController,
});
registry.category("views").add("ged_document_kanban", {
    ...kanbanView,
    Controller: GedDocumentKanbanController,
});
