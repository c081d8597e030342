/**
 * Coupons: codes of the shop's own system, given to people one by one.
 *
 * - *pool*: a name and its codes; what they are worth, until when they are good, and at how few left staff are told.
 * - *free*: nobody was given it, and no order carried it.
 * - *given*: a person's for good; a run of a journey asked for it and heard of it in one transaction.
 * - *redeemed*: an `Order Completed` carried it under `coupon`.
 * - *put aside*: it could not be opened; nobody is given it until it opens again, or is added anew.
 * - *low*: no more codes are free than the number at which staff want to know; where they named none, no code.
 */
export { makeCouponHandlers } from './handlers.ts'
export { couponRequestStatement, couponUseStatement, type CouponRequest, type CouponUse } from './said.ts'
export { codesOfOrder } from './codes-of-order.ts'
export { tryAside } from './put-aside.ts'
export { giveCodes, type GiveDeps } from './give.ts'
export { redeemCodes } from './redeem.ts'
export { countFree } from './count-free.ts'
