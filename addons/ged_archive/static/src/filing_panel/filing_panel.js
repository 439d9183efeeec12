// Copyright 2026 The demat contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import {SearchModel} from "@web/search/search_model";
import {SearchPanel} from "@web/search/search_panel/search_panel";
import {patch} from "@web/core/utils/patch";

const MODEL = "ged.document";
const FIELD = "folder_id";

/**
 * The filing plan of a big archive: the server sends the branch that is open, no more.
 *
 * Groups of customers by the beginning of their names are no folders: their ids are
 * texts ("p:ma"), which the domain tells in another field.
 */
patch(SearchModel.prototype, {
    async _fetchCategories(categories) {
        if (this.resModel !== MODEL) {
            return super._fetchCategories(categories);
        }
        const context = this.globalContext;
        const plan = this.categories.find((one) => one.fieldName === FIELD);
        const open = plan?.activeValueId || false;
        // The host reads the context before it waits for the first time.
        this.globalContext = {...context, ged_open_folder: open};
        const fetched = super._fetchCategories(categories);
        this.globalContext = context;
        return fetched;
    },

    _getCategoryDomain(excludedCategoryId) {
        const domain = super._getCategoryDomain(excludedCategoryId);
        if (this.resModel !== MODEL) {
            return domain;
        }
        return domain.map((condition) => {
            const [field, , value] = condition;
            return field === FIELD && typeof value === "string"
                ? ["folder_prefix", "=", value.slice(2)]
                : condition;
        });
    },
});

patch(SearchPanel.prototype, {
    async toggleCategory(category, value) {
        const searchModel = this.env.searchModel;
        if (
            searchModel.resModel === MODEL &&
            category.fieldName === FIELD &&
            value.id &&
            !value.childrenIds.length
        ) {
            // What is in it comes with the answer.
            this.state.expanded[category.id][value.id] = true;
        }
        return super.toggleCategory(category, value);
    },
});
