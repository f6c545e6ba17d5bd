"""Past movements as a migration brings them: done lines in the tables, no gate, no quants."""

from odoo.tools import SQL


def load(env, rows):
    """Write done movements of the past, with their moves.

    :param rows: (product, lot id or None, origin id, destination id, partner id or None, quantity, datetime in UTC)
        of the environment's company; quantities in the product's unit
    """
    env.flush_all()
    company = env.company.id
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _n in range(7)]
    products, lots, origins, destinations, partners, quantities, dates = columns
    pickings = _pickings(env, company, partners, origins, destinations)
    env.execute_query(
        SQL(
            """WITH row AS (
                   SELECT nextval('stock_move_id_seq') AS move_id, row.* FROM unnest(
                       %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::integer[],
                       %s::numeric[], %s::timestamp[]
                   ) AS row (product_id, uom_id, lot_id, origin_id, destination_id, picking_id, quantity, at)
               ), move AS (
                   INSERT INTO stock_move (id, company_id, product_id, product_uom, location_id, location_dest_id,
                                           procure_method, product_uom_qty, product_qty, quantity, date, state, picking_id,
                                           create_date)
                   SELECT move_id, %s, product_id, uom_id, origin_id, destination_id, 'make_to_stock', quantity, quantity,
                          quantity, at, 'done', picking_id, at FROM row RETURNING id
               )
               INSERT INTO stock_move_line (move_id, company_id, product_id, product_uom_id, lot_id, location_id,
                                            location_dest_id, picking_id, quantity, quantity_product_uom, date, state)
               SELECT move_id, %s, product_id, uom_id, lot_id, origin_id, destination_id, picking_id, quantity, quantity,
                      at, 'done' FROM row RETURNING id""",
            [product.id for product in products],
            [product.uom_id.id for product in products],
            lots,
            origins,
            destinations,
            [pickings.get(partner) for partner in partners],
            quantities,
            dates,
            company,
            company,
        )
    )
    env.invalidate_all()


def _pickings(env, company, partners, origins, destinations):
    """{partner id: a done transfer to him}: the line knows its consignee by it."""
    found = {}
    kind = env["stock.picking.type"].search([("code", "=", "outgoing"), ("company_id", "=", company)], limit=1)
    for partner, origin, destination in zip(partners, origins, destinations, strict=True):
        if partner and partner not in found:
            found[partner] = (
                env["stock.picking"]
                .create(
                    {
                        "picking_type_id": kind.id,
                        "partner_id": partner,
                        "location_id": origin,
                        "location_dest_id": destination,
                    }
                )
                .id
            )
    env.flush_all()
    return found
