// Copyright 2026 The demat contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import {registry} from "@web/core/registry";

/** Tells who launched a run that it ended, wherever he is in the web client. */
export const runEndedService = {
    dependencies: ["bus_service", "notification", "action"],
    start(env, {bus_service: bus, notification, action}) {
        bus.subscribe("demat.run/ended", ({id, title, message, type, link}) => {
            const close = notification.add(message, {
                title,
                type,
                sticky: true,
                buttons: [
                    {
                        name: link,
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction({
                                type: "ir.actions.act_window",
                                res_model: "demat.run",
                                res_id: id,
                                views: [[false, "form"]],
                            });
                        },
                    },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("demat_run_ended", runEndedService);
