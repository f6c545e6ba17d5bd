/** Who is logged in where, as the page says: Odoo's own copy is used up by its parts while they load. */
export const session = JSON.parse(document.documentElement.dataset.session || "{}");
