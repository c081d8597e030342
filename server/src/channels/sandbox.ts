import type { ChannelKind } from '@throughline/contracts'
import type { Provider } from './port.ts'

/**
 * Carries messages of channels that have no provider yet: they leave no house, count as sent, and are kept as people
 * would see them.
 */
export function makeSandbox<C extends ChannelKind>(): Provider<C> {
  return {
    name: 'sandbox',
    slots: 50,
    maxPerSecond: null,
    send: async () => undefined,
    verify: async () => 'The sandbox takes everything and sends nothing.',
    close: async () => undefined,
  }
}
