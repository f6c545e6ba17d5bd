from odoo.tests import HttpCase, tagged

from .test_effects import ColdGoodsCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, ColdGoodsCase):
    def start_tour(self, *args, login, **kwargs):
        # HttpCase logs in with the login as password
        self.env["res.users"].search([("login", "=", login)]).password = login
        super().start_tour(*args, login=login, **kwargs)

    def test_an_alarm_is_seen_and_acknowledged(self):
        self.warm(5, 9, 9, 9, 9, ago=1200)
        self.start_tour("/odoo/action-med_coldchain.med_cold_board_action", "med_coldchain_alarm", login="t_quality")
        excursion = self.env["med.temperature.excursion"].search([("sensor_id", "=", self.sensor.id)])
        self.assertEqual((excursion.acknowledged_by, excursion.comment), (self.quality, "Moved to room 2"))

    def test_cold_goods_are_handed_over(self):
        delivery = self.make_delivery(self.lot)
        self.start_tour(
            f"/odoo/action-stock.action_picking_tree_all/{delivery.id}", "med_coldchain_hand_over", login="t_picker"
        )
        way = delivery.med_cold_transport_ids
        self.assertEqual((way.box_id, way.logger_id, way.departure_temp), (self.box, self.logger, 4.5))


@tagged("post_install", "-at_install")
class TestBoard(ColdGoodsCase):
    def test_what_needs_somebody_comes_first(self):
        self.warm(5, sensor=self.probe, ago=60)
        self.warm(5, 9, 9, 9, 9, ago=1200)
        rows = [row for row in self.env["maintenance.equipment"].with_user(self.picker).med_board() if row["sensors"]]
        ours = [row for row in rows if row["id"] in (self.room | self.logger).ids]
        self.assertEqual([row["name"] for row in ours], ["Room", "Logger"])
        self.assertEqual((ours[0]["status"], ours[0]["excursions"], ours[0]["low"]), ("out", 1, 2.0))
        self.assertEqual((ours[1]["status"], ours[1]["sensors"][0]["celsius"]), ("good", 5.0))

    def test_a_course_shows_its_excursions(self):
        self.warm(5, 9, 9, 9, 9, 5)
        course = self.room.with_user(self.picker).med_curve(self.now - 7200, self.now)
        self.assertEqual([row[3] for row in course["sensors"][0]["rows"]], [5, 9, 9, 9, 9, 5])
        self.assertEqual([excursion["state"] for excursion in course["excursions"]], ["ended"])

    def test_the_board_costs_the_same_for_many_rooms(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["maintenance.equipment"].med_board()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for n in range(15):
            room = self.room.copy({"name": f"R{n}", "location_id": False})
            self.sensor.copy({"serial": f"N{n}", "equipment_id": room.id})
        self.env.flush_all()
        self.assertEqual(queries(), few)
