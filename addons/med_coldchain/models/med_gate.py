import json
from datetime import UTC, date

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.med_quality.lib.registry import Finding, rule
from odoo.addons.med_quality.lib.remedies import Remedy, register

from ..lib.cold_facts import ColdFacts, Equipment, Qualification, Range, Transport, standing

FACT = "coldchain"


@rule("temperature_excursion", "GSP 64, 69, 95; WHO TRS 961 Annex 9 S6")
def temperature_excursion(line):
    """Goods that were out of their range stay until quality assessed what it did to them."""
    cold = line.extra.get(FACT)
    if cold is None or line.destination == "supplier":
        return None
    if cold.source is not None and cold.source.is_out and line.leaves:
        return Finding("temperature_excursion", "lasts", {"equipment": cold.source.name})
    where = cold.excursions.get(line.lot.id) if line.lot else None
    if where is not None and line.leaves:
        return Finding("temperature_excursion", "unassessed", {"equipment": where, "lot": line.lot.name})
    return None


@rule("storage_unsuitable", "GSP 50, 71")
def storage_unsuitable(line):
    """Goods are put only where their temperature is kept, by equipment that is verified and calibrated."""
    cold = line.extra.get(FACT)
    if cold is None or line.destination != "internal":
        return None
    place = cold.target
    if place is None:
        is_wrong = cold.is_duty and cold.range.is_cold
        return Finding("storage_unsuitable", "no_equipment") if is_wrong else None
    params = {"equipment": place.name}
    if not cold.range.holds(place.kept):
        return Finding("storage_unsuitable", "other_range", params)
    if place.is_out:
        return Finding("storage_unsuitable", "out_of_range", params)
    if place.lacks(is_duty=cold.is_duty):
        return Finding("storage_unsuitable", "unqualified", params)
    return None


@rule("cold_transport_incomplete", "GSP 50, 95, 96, 97")
def cold_transport_incomplete(line):
    """Cold goods leave in qualified equipment, with a logger, and their temperature was read."""
    cold = line.extra.get(FACT)
    if cold is None or line.destination != "customer" or not cold.range.is_cold:
        return None
    transport = cold.transport or Transport()
    for equipment in (*transport.carriers, *([transport.logger] if transport.logger else [])):
        if equipment.lacks(is_duty=cold.is_duty):
            return Finding("cold_transport_incomplete", "unqualified", {"equipment": equipment.name})
    if transport.departure is not None and not cold.range.holds(Range(transport.departure, transport.departure)):
        return Finding("cold_transport_incomplete", "left_out_of_range", {"degrees": f"{transport.departure:.1f}"})
    if not cold.is_duty:
        return None
    if not transport.carriers:
        return Finding("cold_transport_incomplete", "no_packaging")
    if transport.logger is None:
        return Finding("cold_transport_incomplete", "no_logger")
    if transport.departure is None:
        return Finding("cold_transport_incomplete", "no_departure")
    return None


register(
    "temperature_excursion",
    {
        "lasts": Remedy("move_goods", "supervisor"),
        "unassessed": Remedy("assess_excursion", "quality"),
    },
)
register(
    "storage_unsuitable",
    {
        "no_equipment": Remedy("choose_cold_place", "picker"),
        "other_range": Remedy("choose_cold_place", "picker"),
        "out_of_range": Remedy("choose_cold_place", "picker"),
        "unqualified": Remedy("qualify_equipment", "quality"),
    },
)
register(
    "cold_transport_incomplete",
    {
        "unqualified": Remedy("other_equipment", "supervisor"),
        "left_out_of_range": Remedy("cool_goods", "supervisor"),
        "no_packaging": Remedy("choose_packaging", "picker"),
        "no_logger": Remedy("add_logger", "picker"),
        "no_departure": Remedy("read_temperature", "picker"),
    },
)


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def init(self):
        super().init()
        # goods without a profile cost one look at their products, within the one query of all facts
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION med_gate_coldchain(
                products integer[], locations integer[], lots integer[], pickings integer[], company integer, lang text)
            RETURNS TABLE (key integer, facts json) AS $$
            DECLARE
                wares json;
            BEGIN
                SELECT json_object_agg(p.id, json_build_array(
                           CASE WHEN profile.has_min THEN profile.min_temp END,
                           CASE WHEN profile.has_max THEN profile.max_temp END))
                  INTO wares
                  FROM product_product p
                  JOIN product_template t ON t.id = p.product_tmpl_id AND t.med_is_device
                  JOIN med_storage_profile profile ON profile.id = t.med_storage_profile_id
                 WHERE p.id = ANY(products);
                IF wares IS NULL THEN
                    RETURN;
                END IF;
                RETURN QUERY
                WITH tool AS (
                    SELECT e.id, json_build_array(
                               COALESCE(e.name->>lang, e.name->>'en_US'), e.med_kind,
                               CASE WHEN profile.has_min THEN profile.min_temp END,
                               CASE WHEN profile.has_max THEN profile.max_temp END,
                               EXISTS (SELECT FROM med_temperature_excursion x WHERE x.equipment_id = e.id
                                       AND x.state = 'open' AND x.kind NOT IN ('gap', 'failure', 'rate')),
                               COALESCE((SELECT json_agg(json_build_array(q.kind, q.season, q.done_on, q.valid_to))
                                  FROM med_equipment_qualification q
                                 WHERE q.equipment_id = e.id AND q.result = 'passed' AND q.active), '[]')) AS told,
                           place.parent_path AS path
                      FROM maintenance_equipment e
                      LEFT JOIN stock_location place ON place.id = e.location_id
                      LEFT JOIN med_storage_profile profile ON profile.id = e.med_profile_id
                     WHERE e.med_kind IS NOT NULL AND e.active
                )
                SELECT 0, json_build_object(
                    'duty', (SELECT med_cold_duty FROM res_company c WHERE c.id = company),
                    'products', wares,
                    'places', (SELECT json_object_agg(l.id, (
                                   SELECT tool.told FROM tool WHERE l.parent_path LIKE tool.path || '%'
                                   ORDER BY length(tool.path) DESC, tool.id LIMIT 1))
                                 FROM stock_location l WHERE l.id = ANY(locations)),
                    'lots', (SELECT json_object_agg(lot_id, name) FROM (
                                 SELECT DISTINCT ON (harm.stock_lot_id) harm.stock_lot_id AS lot_id,
                                        COALESCE(e.name->>lang, e.name->>'en_US') AS name
                                   FROM med_temperature_excursion_harmed_rel harm
                                   JOIN med_temperature_excursion x ON x.id = harm.med_temperature_excursion_id
                                   JOIN maintenance_equipment e ON e.id = x.equipment_id
                                  WHERE harm.stock_lot_id = ANY(lots) AND x.state IN ('open', 'ended')
                                  ORDER BY harm.stock_lot_id, x.start) AS open_excursions),
                    'pickings', (SELECT json_object_agg(way.picking_id, json_build_array(
                                     (SELECT told FROM tool WHERE tool.id = way.vehicle_id),
                                     (SELECT told FROM tool WHERE tool.id = way.box_id),
                                     (SELECT told FROM tool WHERE tool.id = way.logger_id),
                                     CASE WHEN way.has_departure THEN way.departure_temp END))
                                   FROM med_cold_transport way WHERE way.picking_id = ANY(pickings)));
            END $$ LANGUAGE plpgsql STABLE
            """
        )

    @api.model
    def _fact_queries(self, lines, parties, company):
        queries = super()._fact_queries(lines, parties, company)
        if self._is_base_only():
            return queries
        for name in (
            "med.cold.transport",
            "med.temperature.excursion",
            "med.equipment.qualification",
            "med.storage.profile",
            "maintenance.equipment",
        ):
            self.env[name].flush_model()
        self.env["product.template"].flush_model(["med_storage_profile_id", "med_is_device"])
        self.env["res.company"].flush_model(["med_cold_duty"])
        queries[FACT] = SQL(
            "SELECT * FROM med_gate_coldchain(%s, %s, %s, %s, %s, %s)",
            lines.product_id.ids,
            (lines.location_id | lines.location_dest_id).ids,
            lines.lot_id.ids,
            lines.picking_id.ids,
            company.id,
            self.env.lang or "en_US",
        )
        return queries

    def _way_facts(self, line, party, stored, zone):
        facts = super()._way_facts(line, party, stored, zone)
        told = stored.get(FACT, {}).get(0)
        if not told:
            return facts
        told = json.loads(told) if isinstance(told, str) else told
        wares = told["products"].get(str(line.product_id.id))
        if wares is None:
            return facts
        day = self.env.cr.now().replace(tzinfo=UTC).astimezone(zone).date()
        places = told["places"] or {}
        way = (told["pickings"] or {}).get(str(line.picking_id.id))
        cold = ColdFacts(
            range=Range(*wares),
            is_duty=bool(told["duty"]),
            source=_equipment(places.get(str(line.location_id.id)), day),
            target=_equipment(places.get(str(line.location_dest_id.id)), day),
            transport=_transport(way, day) if way else None,
            excursions={int(lot): name for lot, name in (told["lots"] or {}).items()},
        )
        return {**facts, FACT: cold}

    @api.model
    def _rule_labels(self):
        _ = self.env._
        return {
            **super()._rule_labels(),
            "temperature_excursion": _("Temperature excursion"),
            "storage_unsuitable": _("Unsuitable storage"),
            "cold_transport_incomplete": _("Cold transport incomplete"),
        }

    @api.model
    def _remedy_texts(self):
        _ = self.env._
        return {
            **super()._remedy_texts(),
            "move_goods": _("Bring the goods to a place that keeps their temperature, and tell quality."),
            "assess_excursion": _("Assess the excursion and sign."),
            "choose_cold_place": _("Put the goods in a place that keeps their temperature."),
            "qualify_equipment": _("Have the equipment verified and calibrated, and enter it."),
            "other_equipment": _("Take a vehicle, box or logger whose qualification is valid."),
            "cool_goods": _("Do not send the goods; tell quality."),
            "choose_packaging": _("Enter the vehicle or the box on the hand-over record."),
            "add_logger": _("Put a logger with the goods and enter it on the hand-over record."),
            "read_temperature": _("Read the temperature and enter it on the hand-over record."),
        }

    def _sentences(self, params):
        _ = self.env._
        product, equipment = params.get("product", "–"), params.get("equipment", "–")
        sentences = {
            ("temperature_excursion", "lasts"): _(
                "%(equipment)s is out of range now. Bring %(product)s to a place that keeps its temperature.",
                equipment=equipment,
                product=product,
            ),
            ("temperature_excursion", "unassessed"): _(
                "Lot %(lot)s was out of its range in %(equipment)s, and quality has not assessed it.",
                lot=params.get("lot", "–"),
                equipment=equipment,
            ),
            ("storage_unsuitable", "no_equipment"): _(
                "%(product)s is kept cold, and nothing keeps the temperature at this place. Choose a cold room or a"
                " refrigerator.",
                product=product,
            ),
            ("storage_unsuitable", "other_range"): _(
                "%(equipment)s is kept at another temperature than %(product)s needs. Choose another place.",
                equipment=equipment,
                product=product,
            ),
            ("storage_unsuitable", "out_of_range"): _(
                "%(equipment)s is out of range now. Choose another place for %(product)s.",
                equipment=equipment,
                product=product,
            ),
            ("storage_unsuitable", "unqualified"): _(
                "Calibration or verification of %(equipment)s is missing or has ended. Choose another place.",
                equipment=equipment,
            ),
            ("cold_transport_incomplete", "unqualified"): _(
                "Calibration or verification of %(equipment)s is missing or has ended. Take another one.",
                equipment=equipment,
            ),
            ("cold_transport_incomplete", "left_out_of_range"): _(
                "%(product)s has %(degrees)s °C, which is out of its range. It does not leave so.",
                product=product,
                degrees=params.get("degrees", "–"),
            ),
            ("cold_transport_incomplete", "no_packaging"): _(
                "%(product)s is kept cold, and the hand-over record names no vehicle and no box.", product=product
            ),
            ("cold_transport_incomplete", "no_logger"): _(
                "%(product)s is kept cold, and no logger goes with it. Enter one on the hand-over record.",
                product=product,
            ),
            ("cold_transport_incomplete", "no_departure"): _(
                "%(product)s is kept cold, and nobody read its temperature. Enter it on the hand-over record.",
                product=product,
            ),
        }
        return {**super()._sentences(params), **sentences}


def _equipment(told, day):
    if told is None:
        return None
    name, kind, low, high, is_out, passed = told
    qualifications = [
        Qualification(need, season, date.fromisoformat(first), date.fromisoformat(last))
        for need, season, first, last in passed
    ]
    return Equipment(name, Range(low, high), is_out, standing(kind, qualifications, day))


def _transport(told, day):
    vehicle, box, logger, departure = told
    carriers = tuple(filter(None, (_equipment(vehicle, day), _equipment(box, day))))
    return Transport(carriers, _equipment(logger, day), departure)
