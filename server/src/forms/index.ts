/**
 * Forms: what people fill in on pages of the shop.
 *
 * - *form*: a name, fields, what people agree to by it, and what comes of submitting it.
 * - *submission*: one time that somebody submitted one, known by its message id; an event of theirs, `Form Submitted`.
 * - *grant*: a consent that a submission gives: at once, or where the form asks to confirm, once that was done.
 * - *confirmation*: a message to the address that was given, with a link; following it and pressing the button proves that the address is theirs.
 * - *trap*: a field that people do not see; what fills it is no person.
 */
export { makeFormHandlers } from './handlers.ts'
export { registerForms } from './routes.ts'
