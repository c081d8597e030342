/**
 * Mails to people of the shop: of a task, of a pool that runs low. Nothing of marketing: no consent is asked, and no figure counts them.
 *
 * - *staff mail*: one thing that somebody of the shop is to know, written with what it is about.
 * - *single*: a mail that says one of them.
 * - *digest*: a mail that puts together all that waits for one address, once there would be too many singles in an hour.
 * - *planned*: it is decided in which mail it goes out.
 */
export { dropStaffMails, putStaffMails, type StaffMail } from './put.ts'
export { mailStaff, type MailStaffDeps } from './mail-staff.ts'
