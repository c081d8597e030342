/**
 * The fast-check of the tests (see vitest.config.ts): the same examples at every run, so that no test fails by the luck of the draw.
 * `PROPERTY_SEED=NUMBER npx vitest run PATH` draws others.
 */
import fc from '../../node_modules/fast-check/lib/fast-check.js'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_123) })

export default fc
