"""Whether the dictionary tells every regulated field of an addon and nothing else."""

from odoo import models

from odoo.addons.med_master_data.lib import dictionary

SHARED = ("product.template", "product.product", "res.partner", "stock.lot")
OWN = (
    "med.product.identifier",
    "med.registration.certificate",
    "med.partner.licence",
    "med.storage.condition",
    "med.authorised.person",
    "med.first.approval",
)
# What every record has, or what is there for the machine.
PLUMBING = {*models.MAGIC_COLUMNS, "display_name", "active", "company_id", "country_code", "number_code"}


def dictionary_problems(env, addon):
    """Sentences: which field lacks a term, which term lacks a field."""
    wanted = set()
    for name in (*SHARED, *OWN):
        for field in env[name]._fields.values():
            ours = field._modules[:1] == (addon,) and not field.inherited
            named = field.name.startswith("med_") if name in SHARED else field.name not in PLUMBING
            if ours and named and field.export_string_translation:
                wanted.add((name, field.name))
    told = {(term.model, term.field) for term in dictionary.terms()}
    for model, name in sorted(wanted - told):
        yield f"{model}.{name}: add it to the data dictionary of {addon}"
    for model, name in sorted(told):
        if model in env and name not in env[model]._fields:
            yield f"{model}.{name}: is in the data dictionary and does not exist"
    for term in dictionary.terms():
        if not term.meaning.strip() or not any("\u4e00" <= char <= "\u9fff" for char in term.meaning_zh):
            yield f"{term.model}.{term.field}: says nothing in one of the languages"
        if bool(term.format) != bool(term.format_zh):
            yield f"{term.model}.{term.field}: gives its format in one language only"
