// Copyright 2026 The demat contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import {AttachmentList} from "@mail/core/common/attachment_list";
import {onWillStart} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

/**
 * "Archive this file" on the attachments of a record, for archivists.
 *
 * The right only decides whether the button shows: the server asks again.
 */
patch(AttachmentList.prototype, {
    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        this.isArchivist = false;
        onWillStart(async () => {
            this.isArchivist = await user.hasGroup("ged_archive.group_ged_archivist");
        });
    },

    /** Files that are not on the server yet, and links, cannot be archived. */
    canArchive(attachment) {
        return (
            this.isArchivist && this.canDownload(attachment) && attachment.type !== "url"
        );
    },

    async onClickArchive(attachment) {
        const action = await this.orm.call("ir.attachment", "action_ged_file", [
            [attachment.id],
        ]);
        await this.action.doAction(action);
    },

    getActions(attachment) {
        const actions = super.getActions(attachment);
        if (this.canArchive(attachment)) {
            actions.push({
                label: _t("Archive this file"),
                icon: "fa fa-archive",
                onSelect: () => this.onClickArchive(attachment),
            });
        }
        return actions;
    },
});
