"""Where a change of master data makes a product better or worse: judged anew at once, since a
gate reads the result. Partners and lots are judged by the daily job and on demand."""

from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # Written by SQL for thousands of products at once (see med.data.rule).
    med_data_score = fields.Integer("Data quality (%)", readonly=True, copy=False, aggregator="avg", prefetch="med")
    med_data_blocked = fields.Boolean(
        "Master data incomplete",
        readonly=True,
        copy=False,
        help="A blocking rule of data quality is broken, or the score is below what outbound needs.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        self.env["med.data.rule"]._refresh_records(templates.filtered("med_is_device"))
        return templates

    def write(self, vals):
        devices = self.filtered("med_is_device") if "med_is_device" in vals else self.browse()
        res = super().write(vals)
        devices |= self.filtered("med_is_device")
        if devices and self.env["med.data.rule"]._fields_watched("product.template") & vals.keys():
            self.env["med.data.rule"]._refresh_records(devices)
        return res


class ProductProduct(models.Model):
    _inherit = "product.product"

    # Code and barcode are the variant's own; the template only shows them.

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        self.env["med.data.rule"]._refresh_records(products.product_tmpl_id.filtered("med_is_device"))
        return products

    def write(self, vals):
        res = super().write(vals)
        if {"default_code", "barcode", "active"} & vals.keys():
            self.env["med.data.rule"]._refresh_records(self.product_tmpl_id.filtered("med_is_device"))
        return res


class ResPartner(models.Model):
    _inherit = "res.partner"

    med_data_score = fields.Integer("Data quality (%)", readonly=True, copy=False, aggregator="avg", prefetch="med")


class StockLot(models.Model):
    _inherit = "stock.lot"

    med_data_score = fields.Integer("Data quality (%)", readonly=True, copy=False, aggregator="avg")


class MedProductIdentifier(models.Model):
    _inherit = "med.product.identifier"

    def _med_judge(self, products):
        self.env["med.data.rule"]._refresh_records(products.filtered("med_is_device"))

    @api.model_create_multi
    def create(self, vals_list):
        identifiers = super().create(vals_list)
        self._med_judge(identifiers.product_tmpl_id)
        return identifiers

    def write(self, vals):
        products = self.product_tmpl_id
        res = super().write(vals)
        self._med_judge(products | self.product_tmpl_id)
        return res

    def unlink(self):
        products = self.product_tmpl_id
        res = super().unlink()
        self._med_judge(products.exists())
        return res


class MedRegistrationCertificate(models.Model):
    _inherit = "med.registration.certificate"

    @api.model_create_multi
    def create(self, vals_list):
        certificates = super().create(vals_list)
        products = certificates.product_tmpl_ids.filtered("med_is_device")
        self.env["med.data.rule"]._refresh_records(products)
        return certificates

    def write(self, vals):
        products = self.product_tmpl_ids
        res = super().write(vals)
        if {"product_tmpl_ids", "active"} & vals.keys():
            self.env["med.data.rule"]._refresh_records((products | self.product_tmpl_ids).filtered("med_is_device"))
        return res
