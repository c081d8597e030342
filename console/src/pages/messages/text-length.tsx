import { channelTable, countSmsParts, factsOf } from '@throughline/contracts'
import type { TextChannel } from '@throughline/contracts'
import { useFormat } from '../../format/use-format.ts'

interface TextLengthProps {
  readonly channel: TextChannel
  readonly title: string | null
  readonly body: string
}

/** How long a text is for its channel: parts of an SMS, or what goes beyond that which is shown. */
export function TextLength({ channel, title, body }: TextLengthProps) {
  const format = useFormat()
  if (channel === 'sms') {
    const { parts, places, alphabet } = countSmsParts(body)
    const [alone, part] = alphabet === 'gsm' ? [160, 153] : [70, 67]
    return (
      <p className="dim">
        {format.number(places)} of {format.number(parts === 1 ? alone : parts * part)} characters: {format.number(parts)} SMS
        {alphabet === 'unicode' ? ', since a character in it is none that every phone knows (70 fit into one, not 160)' : ''}.
      </p>
    )
  }
  const { shows } = factsOf(channel)
  const long = (
    [
      ['title', title, shows?.title],
      ['text', body, shows?.body],
    ] as const
  ).flatMap(([what, text, most]) =>
    text === null || most === undefined || text.length <= most
      ? []
      : [`The ${what} has ${format.number(text.length)} characters; ${channelTable[channel].word} shows about ${format.number(most)}.`],
  )
  return long.length === 0 ? null : <p className="dim">{long.join(' ')}</p>
}
