import { benchAccept } from './lib/accept.ts'

await benchAccept('accept-single', { batch: 1, connections: 64, pipelined: 8 })
