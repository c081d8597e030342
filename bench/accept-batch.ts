import { benchAccept } from './lib/accept.ts'

await benchAccept('accept-batch', { batch: 250, connections: 8, pipelined: 1 })
