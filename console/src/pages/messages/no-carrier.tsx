import { channelTable } from '@throughline/contracts'
import type { ChannelKind } from '@throughline/contracts'

/** Says of a channel that nothing can carry its messages to people yet. */
export function NoCarrier({ channel }: { readonly channel: ChannelKind }) {
  return (
    <p className="soft">
      Nothing carries {channelTable[channel].word} to people yet: what is sent goes to the sandbox, under its own name, where you see it as
      it would have been.
    </p>
  )
}
