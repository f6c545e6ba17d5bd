from odoo import api, models


class MedMessage(models.AbstractModel):
    _inherit = "med.message"

    @api.model
    def _sentences(self):
        return {**super()._sentences(), **self._logger_sentences(), **self._sensor_sentences()}

    @api.model
    def _logger_sentences(self):
        """What is wrong with a logger's file."""
        _ = self.env._
        return {
            "file_empty": _("The file is empty. Read the logger out again."),
            "file_large": _("The file is larger than %(megabytes)s MB; no logger writes so much."),
            "file_pdf": _(
                "This is the printed report (PDF). Take the data file that the logger wrote beside it (TXT or CSV)."
            ),
            "file_binary": _("The file holds no text. Export the readings of the logger as TXT or CSV."),
            "file_unknown": _(
                "The file begins with “%(begins)s”, which no known logger writes. If it is a table of readings, name"
                " its columns below."
            ),
            "line_odd": _("Line %(line)s: “%(text)s” cannot be read. The file is damaged; read the logger out again."),
            "part_missing": _(
                "The part “%(part)s” is missing, or its indent is lost. The file is damaged; read the logger out again."
            ),
            "unit_odd": _("Line %(line)s: the unit “%(unit)s” is neither degrees Celsius nor degrees Fahrenheit."),
            "column_missing": _("Line %(line)s: the table has no column “%(column)s”."),
            "no_readings": _("The file has no readings. Was the logger started?"),
            "number_odd": _("Line %(line)s: “%(text)s” is no whole number. The file is damaged."),
            "time_odd": _("Line %(line)s: “%(text)s” is no date and time."),
            "time_twice": _(
                "Line %(line)s: %(time)s stands already in line %(other)s, with another temperature. The file is damaged."
            ),
            "time_back": _("Line %(line)s: the clock goes back to %(time)s; somebody set it during the run."),
            "date_order": _(
                "Line %(line)s: in “%(text)s” it cannot be told which is the day and which the month. Choose the order"
                " of the date."
            ),
            "zones_differ": _("Times of one file are in different time zones (%(first)s and %(second)s)."),
            "clock_skipped": _(
                "Line %(line)s: %(time)s was never shown in %(zone)s, where the clock was put forward. Choose another"
                " time zone, or a clock that was not changed."
            ),
            "temperature_value_line": _("Line %(line)s: “%(value)s” is no temperature."),
            "temperature_range_line": _("Line %(line)s: %(value)s °%(unit)s is no temperature that a logger measures."),
            "temperature_range": _("%(value)s °%(unit)s is no temperature that a sensor measures."),
            "logger_error": _("The logger reports its error %(code)s. See its manual."),
        }

    @api.model
    def _sensor_sentences(self):
        """Why readings are not taken."""
        _ = self.env._
        return {
            "time_future": _("The time lies in the future. Set the clock of the sender; it sends the reading again."),
            "time_past": _("The time lies before the year 2000. Set the clock of the sender."),
        }
