import { z } from 'zod'

/**
 * How a send stands: `scheduled` it waits for its time, of which the first 30 seconds are there to undo it · `waiting` a second person has
 * to approve it first · `sending` ·
 * `paused` nothing goes out · `done` everybody was dealt with · `cancelled` it was ended before that · `undone` it was taken back whole, nobody got it.
 */
export const sendStates = ['scheduled', 'waiting', 'sending', 'paused', 'done', 'cancelled', 'undone'] as const
export const sendStateSchema = z.enum(sendStates)
export type SendState = (typeof sendStates)[number]

/** What can be done with a send on its way; `send-all`: what its ramp holds back goes out as well. */
export const sendActions = ['undo', 'pause', 'resume', 'cancel', 'send-all'] as const
export const sendActionSchema = z.enum(sendActions)
export type SendAction = (typeof sendActions)[number]

/** To whom a send is sent again: those who got it and did not open it, or did not click, as a person. Who clicked has opened it. */
export const resendTos = ['not-opened', 'not-clicked'] as const
export const resendToSchema = z.enum(resendTos)
export type ResendTo = (typeof resendTos)[number]
