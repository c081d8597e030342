/**
 * The message id of an order, or of a refund by the number of its credit note, that is imported. One place makes it, so that the same
 * order brought in two ways is one.
 * @param shop set where a shop has order numbers of its own that others have too
 */
export function orderMessageId(kind: 'order' | 'refund', number: string, shop?: string): string {
  return shop === undefined ? `${kind}:${number}` : `${shop}/${kind}:${number}`
}
