// Builds what the tests need as a file: the child process of the embedded ClickHouse.
import { buildChild } from './lib/bundle.mjs'

await buildChild()
