import re

from odoo import api, fields, models
from odoo.tools import SQL

# Letters that are words by themselves, the same as in the function below.
ALONE = r"\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff"
WORD = re.compile(r"[^\W_]+", re.UNICODE)

# Of a word that more events have, only the newest are found.
FOUND = 50_000
NEWEST = 1000


class MedEvidenceEventSearch(models.Model):
    """Words of events, found by an index: lots, serials, names, reasons, at any number of events.

    An event is found when it has every word searched for; the last may be the beginning of one. A lot number of
    several parts (``LOT-0815``) is searched as its parts; letters without blanks between them,
    as in Chinese, are searched one by one.
    """

    _inherit = "med.evidence.event"

    words = fields.Char("Words", compute="_compute_words", search="_search_words", export_string_translation=False)

    def init(self):
        super().init()
        self.env.cr.execute(
            r"""
            -- The body is ASCII JSON: \uXXXX becomes the letter again. What PostgreSQL cannot read so
            -- (a letter it does not have, a body somebody spoiled) stays as it is.
            CREATE OR REPLACE FUNCTION med_evidence_plain(body text) RETURNS text AS $$
            BEGIN
                IF body LIKE '%\\u%' THEN
                    RETURN (body::jsonb)::text;
                END IF;
                RETURN body;
            EXCEPTION WHEN data_exception OR feature_not_supported THEN
                RETURN body;
            END $$ LANGUAGE plpgsql IMMUTABLE;
            -- Each letter beyond the alphabets stands alone, so that words are found inside of
            -- Chinese text. Punctuation parts words, whatever the locale of the database.
            CREATE OR REPLACE FUNCTION med_evidence_words(name text, body text, reason text) RETURNS tsvector AS $$
                SELECT array_to_tsvector(array(
                    SELECT DISTINCT left(word, 60) FROM regexp_split_to_table(
                        regexp_replace(
                            lower(coalesce(name, '') || ' ' || coalesce(reason, '') || ' ' ||
                                med_evidence_plain(body)),
                            '([\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff])', ' \1 ', 'g'),
                        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\uff00-\uff0f]+'
                        ) word
                    WHERE word <> ''))
            $$ LANGUAGE sql IMMUTABLE;
            """
        )
        self._add_index(
            "med_evidence_event_words_idx", "med_evidence_event USING gin (med_evidence_words(res_name, body, reason))"
        )

    def _compute_words(self):
        for event in self:
            event.words = " ".join(filter(None, (event.res_name, event.reason, event.body)))

    @api.model
    def _search_words(self, operator, value):
        if operator not in ("ilike", "like", "=") or not isinstance(value, str):
            return NotImplemented
        words = self._words_of(value)
        if not words:
            return [(1, "=", 1)]
        # Only the last word may be a beginning: GIN reads whole lists for a beginning.
        query = " & ".join([f"'{word}'" for word in words[:-1]] + [f"'{words[-1]}':*"])
        matches = SQL("med_evidence_words(res_name, body, reason) @@ %s::tsquery", query)
        table = SQL.identifier(self._table)
        # Materialized, or PostgreSQL might walk the whole table backwards to save the sort.
        rows = self.env.execute_query(
            SQL(
                "WITH found AS MATERIALIZED (SELECT id FROM %s WHERE %s LIMIT %s) SELECT id FROM found",
                table,
                matches,
                FOUND + 1,
            )
        )
        if len(rows) > FOUND:
            # A word of so many events: the newest are near the end of the table.
            rows = self.env.execute_query(
                SQL("SELECT id FROM %s WHERE %s ORDER BY id DESC LIMIT %s", table, matches, NEWEST)
            )
        return [("id", "in", [event_id for (event_id,) in rows])]

    @api.model
    def _words_of(self, text):
        """The words of a search, as the index spells them."""
        words = []
        for word in WORD.findall(text.lower()):
            words += re.findall(rf"[{ALONE}]|[^{ALONE}]+", word)
        return list(dict.fromkeys(word[:60] for word in words))
