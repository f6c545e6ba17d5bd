"""Something to sign and to track, so that this floor is tested without the ones above."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .common import EvidenceCase


class Paper(models.Model):
    _name = "med.test.paper"
    _description = "Test paper"
    _inherit = ["med.portal.signable", "med.evidence.tracked"]
    _module = "med_evidence"

    name = fields.Char()
    note = fields.Char()
    weight = fields.Float()
    owner_id = fields.Many2one("res.partner")
    applied = fields.Char()
    parent_id = fields.Many2one("med.test.paper", index=True)
    child_ids = fields.One2many("med.test.paper", "parent_id")
    # stored and computed, from itself and from others
    total = fields.Float(compute="_compute_total", store=True)

    _evidence_fields = ("name", "weight", "owner_id", "total")

    @api.depends("weight", "child_ids.weight")
    def _compute_total(self):
        for paper in self:
            paper.total = sum(paper.child_ids.mapped("weight"))

    def _signature_meanings(self):
        return {"approve": "I approve", "witness": "I witnessed"}

    def _portal_meanings(self):
        return ("witness",)

    def _signature_snapshot(self, meaning):
        return {"name": self.name or ""}

    def _signature_check(self, meaning):
        if self.filtered(lambda paper: paper.name == "forbidden"):
            raise UserError("not this one")  # pylint: disable=translation-required

    def _signature_applied(self, meaning, signatures):
        self.write({"applied": meaning})


class PaperCase(EvidenceCase):
    """The paper's table for the time of the class, and somebody who signs it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from odoo.orm.model_classes import add_to_registry  # as Odoo's own tests of the ORM

        add_to_registry(cls.registry, Paper)
        cls.registry._setup_models__(cls.env.cr, ["med.test.paper"])
        cls.registry.init_models(cls.env.cr, ["med.test.paper"], {"models_to_check": True})
        cls.addClassCleanup(cls._remove_paper)
        cls.env["ir.model.access"].create(
            {
                "name": "paper",
                "model_id": cls.env["ir.model"]._get_id("med.test.paper"),
                "group_id": cls.env.ref("base.group_user").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            }
        )
        cls.signer = cls._user("signer", "base.group_user")

    @classmethod
    def _remove_paper(cls):
        del cls.registry.models["med.test.paper"]
        cls.registry._setup_models__(cls.env.cr, [])

    def setUp(self):
        super().setUp()
        self.paper = self.env["med.test.paper"].with_user(self.signer).create({"name": "Order 7"})
