import { randomUUID } from 'node:crypto'

/** Tells this process from all others, as the payload of a notification: whoever sent it need not hear it. */
export const processName: string = randomUUID()
