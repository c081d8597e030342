import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout, wherever it lies and whatever its path holds. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
