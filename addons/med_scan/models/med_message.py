from odoo import api, models


class MedMessage(models.AbstractModel):
    """Every sentence of the app, in one catalogue: the server answers with them, and the phone
    takes the catalogue along for when there is no network."""

    _inherit = "med.message"

    @api.model
    def _sentences(self):
        return super()._sentences() | self._wrong_scans() | self._right_scans() | self._app_words()

    @api.model
    def _wrong_scans(self):
        _ = self.env._
        return {
            "wrong_item": _("%(product)s is not on %(delivery)s. Put it back; wanted: %(wanted)s."),
            "wrong_lot": _(
                "Lot %(lot)s of %(product)s is not reserved here; wanted: lot %(wanted)s. "
                "Put it back and take the right one."
            ),
            "serial_twice": _("Serial %(lot)s of %(product)s was scanned already. Scan another one."),
            "taken_already": _(
                "All %(ordered)s of %(product)s, lot %(lot)s are picked already. Do not add more; put this one back."
            ),
            "more_than_ordered": _(
                "This package holds %(scanned)s of %(product)s, lot %(lot)s; only %(left)s are still wanted. "
                "Open it, or take a smaller one."
            ),
            "wrong_location": _(
                "You are at %(here)s; %(product)s, lot %(lot)s is to be taken from %(wanted)s. Go there."
            ),
            "wrong_package": _("%(product)s, lot %(lot)s is not reserved in package %(here)s, but in %(wanted)s."),
            "package_unknown": _("Package %(package)s is not reserved for %(delivery)s. Leave it where it is."),
            "package_open": _(
                "Package %(package)s is not for %(delivery)s as a whole. Take out what is wanted and scan it piece by piece."
            ),
            "location_unknown": _("Nothing of %(delivery)s is left at %(location)s. Next: %(wanted)s."),
            "wrong_delivery": _(
                "You are picking %(delivery)s, and scanned %(scanned)s. Finish this one, or go back to the list."
            ),
            "wrong_user": _("This badge is %(badge)s's; %(user)s is logged in. Log out first, then log in again."),
            "badge_unknown": _("Nobody is known by this badge. Ask the supervisor for a new one."),
            "delivery_closed": _("%(delivery)s is not open for picking any more. Go back to the list."),
            "delivery_gone": _("This transfer is not there, or is not yours to pick. Go back to the list."),
            "code_unknown": _("“%(code)s” is nothing that is known here. Scan the UDI on the label."),
            "manual_reason": _("Say why the code is typed and not scanned."),
            "undo_nothing": _("You have scanned nothing here that could be undone."),
            "undo_changed": _("What was scanned last was changed since by somebody else. Correct it on the transfer."),
            "choose_reading": _(
                "The scanner sent no separator, so the label can be read in several ways. Which is printed?"
            ),
            "scan_other_symbol": _("%(product)s. Now scan the other code of the same label: lot or serial is missing."),
            "scan_product_symbol": _("Lot %(lot)s. Now scan the product code (UDI-DI) of the same label."),
            "review_not_yours": _("Only reviewers review. Ask one of them."),
            "review_too_early": _("%(delivery)s is not picked completely yet. Finish picking first."),
            "review_own": _("You picked %(delivery)s yourself. Somebody else has to review it."),
            "review_done": _("%(delivery)s is reviewed already."),
            "counted_already": _(
                "All %(ordered)s of %(product)s, lot %(lot)s are counted already: one more is here than the delivery "
                "says. Take it out and tell the picker."
            ),
            "short_nothing": _("Nothing of this line is missing any more. Go on with the next."),
            "needs_network": _("This can only be done with network. Leave the line for later."),
            "swap_offer": _("Take lot %(lot)s in place of %(other)s"),
            "swap_gone": _("This lot cannot be taken any more. Take the lot on the list."),
            "look_lot_unknown": _("%(product)s: lot %(lot)s is not known here. Set it apart and tell quality."),
            "look_stopped": _("%(product)s, lot %(lot)s may not leave."),
            "look_status": _("Status of the lot: %(status)s."),
            "look_expired": _("Expired on %(date)s."),
            "judged_offline": _("Refused on the phone when there was no network; nothing was taken."),
            "lot_expired": _("%(product)s, lot %(lot)s expired on %(date)s. Put it aside and tell quality."),
            "no_answer": _("The server cannot be reached. Go on; scans are kept on this phone."),
            "not_saved": _("The server could not take this scan: %(error)s"),
        }

    @api.model
    def _right_scans(self):
        _ = self.env._
        return {
            "taken": _("%(quantity)s × %(product)s, lot %(lot)s."),
            "taken_plain": _("%(quantity)s × %(product)s."),
            "taken_package": _("Package %(package)s: %(quantity)s taken."),
            "all_taken": _("Everything is picked."),
            "at_location": _("At %(location)s."),
            "at_package": _("Package %(package)s."),
            "counted": _("Counted: %(quantity)s × %(product)s, lot %(lot)s."),
            "short_taken": _("%(quantity)s × %(product)s, lot %(lot)s are missing: noted, and given back."),
            "look_free": _("%(product)s, lot %(lot)s: nothing keeps this lot here."),
            "look_place": _("%(place)s: %(quantity)s %(unit)s, %(free)s of them free"),
            "undone": _("Undone: %(quantity)s × %(product)s, lot %(lot)s."),
            "badge_right": _("%(user)s is logged in."),
            "still_open": _("%(left)s lines are still open."),
            "kept_offline": _("Kept on this phone; it is sent when there is network."),
        }

    @api.model
    def _app_words(self):
        """What stands on the screens."""
        _ = self.env._
        return {
            "app_name": _("Scanning"),
            "app_deliveries": _("What to pick"),
            "app_no_deliveries": _("Nothing is ready to be picked."),
            "app_search": _("Scan a delivery, or choose one."),
            "app_lines": _("%(open)s of %(all)s lines open"),
            "app_of": _("%(taken)s of %(wanted)s"),
            "app_lot": _("Lot %(lot)s"),
            "app_serial": _("Serial %(lot)s"),
            "app_expiry": _("until %(date)s"),
            "app_scan_now": _("Scan the label"),
            "app_undo": _("Undo"),
            "app_missing": _("Missing"),
            "app_missing_why": _("What is missing, and why?"),
            "short_nothing_at_all": _("Nothing there"),
            "short_fewer": _("Fewer there than wanted"),
            "short_damaged": _("Damaged"),
            "app_review": _("Review"),
            "app_all_counted": _("All counted"),
            "app_to_sign": _("Now sign the review."),
            "app_sign": _("Sign"),
            "app_next": _("Later"),
            "app_list": _("List"),
            "app_back": _("Back"),
            "app_type": _("Type in"),
            "app_camera": _("Camera"),
            "app_camera_failed": _("The camera cannot be used. Allow it in the browser, or use the scanner."),
            "app_close": _("Close"),
            "app_code": _("Code on the label"),
            "app_why": _("Why not scanned?"),
            "app_why_damaged": _("Label damaged"),
            "app_why_scanner": _("Scanner broken"),
            "app_why_unreadable": _("Code cannot be read"),
            "app_ok": _("OK"),
            "app_online": _("Online"),
            "app_offline": _("No network"),
            "app_queued": _("%(count)s waiting"),
            "app_replaying": _("Sending %(count)s"),
            "app_refused": _("%(count)s refused"),
            "app_refused_title": _("Refused by the server"),
            "app_seen": _("Seen"),
            "app_all_done": _("All picked"),
            "app_to_review": _("Bring the goods to the review."),
            "app_sign_in": _("Your session has ended. Log in again; nothing that you scanned is lost."),
            "app_sign_in_button": _("Log in"),
            "app_not_loaded": _("Without network only deliveries opened before can be picked."),
            "app_sound": _("Sound"),
            "app_place": _("Go to"),
            "app_lot_name": _("Lot number"),
            "app_serial_name": _("Serial number"),
        }
