/* Copyright 2026 The demat contributors
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
/*
 * The menu of a section of a quote, or of a template of quotes: "Customer takes exactly
 * one". The same state as the server makes on saving is shown before: see
 * models/sale_order_variants.py.
 */
// patched by that addon; what is patched here comes after
import "@sale_management/fields/sale_order_line_field/sale_order_line_field";
import {
    getParentSectionRecord,
    getSectionRecords,
} from "@account/components/section_and_note_fields_backend/section_and_note_fields_backend";
import {SaleOrderLineListRenderer} from "@sale/js/sale_order_line_field/sale_order_line_field";
import {SaleOrderTemplateLineListRenderer} from "@sale_management/fields/sale_order_template_line_field/sale_order_template_line_field";
import {makeContext} from "@web/core/context";
import {x2ManyCommands} from "@web/core/orm_service";
import {patch} from "@web/core/utils/patch";

const MARK = "demat_sign_variant";

const update = (record, changes) =>
    x2ManyCommands.update(record.resId || record._virtualId, changes);

/** What a subsection may not have inside of a choice, as far as this list knows it. */
const HIDING = ["collapse_composition", "collapse_prices", "is_optional", MARK];

const hiding = (record) =>
    HIDING.filter((name) => name in record.activeFields && record.data[name]);

/** Deliveries, discounts and deposits stand below the last section, and are none; the
    server says so. In templates there are none of these. */
const isAlternative = ({data}) =>
    !data.display_type &&
    !data.combo_item_id &&
    data.demat_sign_is_alternative !== false;

/** Changes that leave the first line that has a quantity, and 0 to the others. */
function proposeFirst(lines) {
    const commands = [];
    const taken = lines.find((line) => line.data.product_uom_qty) || lines[0];
    for (const line of lines) {
        const quantity =
            line.data.product_uom_qty || line.data.demat_sign_offered_qty || 1;
        const changes = {demat_sign_offered_qty: quantity};
        if (line !== taken) {
            Object.assign(changes, {
                product_uom_qty: 0,
                price_subtotal: 0,
                price_total: 0,
            });
        }
        commands.push(update(line, changes));
    }
    return commands;
}

/** What quotes and their templates have in common. */
const sections = () => ({
    setup() {
        super.setup();
        this.copyFields.push(MARK);
    },

    /** Not inside another choice, nor where the customer sees no lines or no prices. */
    get disableVariantButton() {
        return (
            this.shouldCollapse(this.record, MARK) ||
            this.shouldCollapse(this.record, "is_optional", true) ||
            this.shouldCollapse(this.record, "collapse_prices", true) ||
            this.shouldCollapse(this.record, "collapse_composition", true)
        );
    },

    get disableOptionalButton() {
        return (
            super.disableOptionalButton || this.shouldCollapse(this.record, MARK, true)
        );
    },

    get disablePricesButton() {
        return (
            super.disablePricesButton || this.shouldCollapse(this.record, MARK, true)
        );
    },

    get disableCompositionButton() {
        return (
            super.disableCompositionButton ||
            this.shouldCollapse(this.record, MARK, true)
        );
    },

    getRowClass(record) {
        const classes = super.getRowClass(record);
        if (record.data[MARK]) {
            return `${classes} o_demat_variants`;
        }
        if (!this.isDematVariant(record)) {
            return classes;
        }
        const state = record.data.product_uom_qty
            ? "o_demat_variant_taken"
            : "text-muted";
        return `${classes} o_demat_variant ${state}`;
    },

    isDematVariant(record) {
        return Boolean(isAlternative(record) && this.shouldCollapse(record, MARK));
    },

    async toggleDematVariants(record) {
        const marked = !record.data[MARK];
        const inside = getSectionRecords(this.props.list, record).slice(1);
        const commands = [update(record, {[MARK]: marked})];
        for (const part of inside) {
            const names = marked ? hiding(part) : [MARK].filter((one) => part.data[one]);
            if (names.length) {
                const changes = names.map((name) => [name, false]);
                commands.push(update(part, Object.fromEntries(changes)));
            }
        }
        await this.applyDematVariants(commands, inside.filter(isAlternative), marked);
    },

    async applyDematVariants(commands) {
        await this.props.list.applyCommands(commands, {sort: true});
    },

    /** The same for a part that is dragged into a choice. */
    resetOnResequence(record, parentSection) {
        return (
            super.resetOnResequence(record, parentSection) ||
            (this.isSubSection(record) &&
                parentSection?.data[MARK] &&
                hiding(record).length > 0)
        );
    },

    fieldsToReset() {
        return {...super.fieldsToReset(), [MARK]: false};
    },
});

patch(SaleOrderTemplateLineListRenderer.prototype, sections());
patch(SaleOrderLineListRenderer.prototype, sections());

patch(SaleOrderLineListRenderer.prototype, {
    async applyDematVariants(commands, lines, marked) {
        const more = marked ? proposeFirst(lines) : [];
        await super.applyDematVariants([...commands, ...more]);
        if (!marked) {
            await Promise.all(
                lines.map((line) => {
                    const {product_uom_qty: quantity, demat_sign_offered_qty: offered} =
                        line.data;
                    return line._update({
                        product_uom_qty: quantity || offered || 1,
                        demat_sign_offered_qty: 0,
                    });
                })
            );
        }
    },

    /** A variant that is added is one more alternative, in the quantity of the first. */
    getDematVariantDefaults(record) {
        let section = this.isSection(record)
            ? record
            : getParentSectionRecord(this.props.list, record);
        if (section && !section.data[MARK] && this.isSubSection(section)) {
            section = getParentSectionRecord(this.props.list, section);
        }
        if (!section?.data[MARK]) {
            return {};
        }
        const taken = getSectionRecords(this.props.list, section).find(
            (line) => isAlternative(line) && line.data.product_uom_qty
        );
        return taken
            ? {
                  default_product_uom_qty: 0,
                  default_demat_sign_offered_qty: taken.data.product_uom_qty,
              }
            : {};
    },

    getCreateContext(params) {
        const context = super.getCreateContext(params);
        const last = this.props.list.records.at(-1);
        if (last && !makeContext([context]).default_display_type) {
            return {...makeContext([context]), ...this.getDematVariantDefaults(last)};
        }
        return context;
    },

    getInsertLineContext(record, addSubSection) {
        const context = super.getInsertLineContext(record, addSubSection);
        return addSubSection
            ? context
            : {...context, ...this.getDematVariantDefaults(record)};
    },

    /** The offered quantity is one of variants only. */
    isCellReadonly(column, record) {
        return (
            super.isCellReadonly(column, record) ||
            (column.name === "demat_sign_offered_qty" && !this.isDematVariant(record))
        );
    },

    getFormattedValue(column, record) {
        return column.name === "demat_sign_offered_qty" && !this.isDematVariant(record)
            ? ""
            : super.getFormattedValue(column, record);
    },
});
