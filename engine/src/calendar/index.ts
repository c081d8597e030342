/**
 * The calendar of the shop's time zone.
 *
 * day: what the clocks of the zone call a day, 23 to 25 hours long, by its number since 1970 · zone: an IANA name.
 */
export { calendarOf, type Calendar } from './calendar.ts'
