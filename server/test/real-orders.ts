import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const beside = fileURLToPath(new URL('../../../shared/data/online-retail/online-retail.csv.gz', import.meta.url))

/**
 * The year of a real shop that the figures in docs/online-retail.md are of, or undefined where it is not at hand: it is not ours to
 * give away. `THROUGHLINE_TEST_ORDERS` says where it is, if not in the data beside the checkout.
 */
export const realOrders: string | undefined = process.env['THROUGHLINE_TEST_ORDERS'] ?? (existsSync(beside) ? beside : undefined)
