/** Dates are texts YYYY-MM-DD; ``today`` anchors the century of two digits. */
import { ScanError, isDigits } from "./grammar";

const pad = (number, size) => String(number).padStart(size, "0");
export const iso = (year, month, day) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;

function isLeap(year) {
    return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysIn(year, month) {
    return [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** A window from 49 years back to 50 years ahead. */
export function resolveYear(year, today) {
    let century = Math.floor(Number(today.slice(0, 4)) / 100);
    const distance = year - (Number(today.slice(0, 4)) % 100);
    if (distance >= 51) {
        century -= 1;
    } else if (distance <= -50) {
        century += 1;
    }
    return year + century * 100;
}

/** YYMMDD; day 00 is the last of the month. */
export function resolveDate(text, today) {
    if (text.length !== 6 || !isDigits(text)) {
        throw new ScanError("bad_date", { value: text });
    }
    const year = resolveYear(Number(text.slice(0, 2)), today);
    const [month, day] = [Number(text.slice(2, 4)), Number(text.slice(4))];
    if (month < 1 || month > 12 || day > daysIn(year, month)) {
        throw new ScanError("bad_date", { value: text });
    }
    return iso(year, month, day || daysIn(year, month));
}

/** The day of a year by its number, 1 to 366. */
export function dayOfYear(year, number, value) {
    if (number < 1 || number > (isLeap(year) ? 366 : 365)) {
        throw new ScanError("bad_date", { value });
    }
    let month = 1;
    let day = number;
    while (day > daysIn(year, month)) {
        day -= daysIn(year, month);
        month += 1;
    }
    return iso(year, month, day);
}
