import { createContext, use } from 'react'
import { eventValuePath } from '@throughline/contracts'

/** Whether a compared value may be taken from an event of the shop, written `{event.price}`: only where such an event starts a journey. */
export const EventValuesContext = createContext(false)

export const useEventValues = (): boolean => use(EventValuesContext)

/** Whether a value is one that is taken from the event. */
export const isEventValue = (value: unknown): value is string => typeof value === 'string' && eventValuePath(value) !== undefined
