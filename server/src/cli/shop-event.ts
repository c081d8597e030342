import { callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface SendOptions extends ServerOptions {
  readonly property?: readonly string[]
  readonly id?: string
}

/** `throughline shop-event …`: what the shop says of no person in particular. */
export const shopEvent: CliCommand = {
  add(program) {
    const group = program
      .command('shop-event')
      .description('What the shop says of no person in particular: journeys let those in whom it concerns')
    withServer(group.command('send <event>').description('Say something, such as “Price Dropped”'))
      .option('--property <name=value...>', 'a property; numbers, true and false are taken as such, unless in double quotes')
      .option('--id <id>', 'message id; said again with the same, nothing happens again')
      .action(async (event: string, { property = [], id, ...options }: SendOptions) => {
        const properties = Object.fromEntries(property.map(readProperty))
        const said = await callServer(serverOf(options), 'sendShopEvent', { body: { event, properties, ...(id && { messageId: id }) } })
        show(options.json, said, () => [
          said.outcome === 'repeated'
            ? `It was said before under the message id ${said.messageId}; nothing happens again.`
            : said.journeys.length === 0
              ? `It is kept as ${said.messageId}. No live journey has a way in for it.`
              : `It is kept as ${said.messageId}. Those whom it concerns come into ${said.journeys.join(', ')}.`,
        ])
      })
    withServer(group.command('all').description('Show the latest, and how many people each reached')).action(
      async (options: ServerOptions) => {
        const { items } = await callServer(serverOf(options), 'shopEvents', { query: { limit: 50 } })
        show(options.json, items, () =>
          items.length === 0
            ? ['The shop has said nothing yet.']
            : items.flatMap(({ event, receivedAt, messageId, journeys }) => [
                `${new Date(receivedAt).toISOString()}  ${event}  ${messageId}`,
                ...journeys.map(
                  ({ journey, reached, asked, endedAt, note }) =>
                    `  ${journey}: ${reached} reached${endedAt === null ? `, ${Math.round(asked * 100)} % of everybody asked` : ''}${note === null ? '' : `, ended early: ${note}`}`,
                ),
              ]),
        )
      },
    )
  },
}

function readProperty(text: string): readonly [string, string | number | boolean] {
  const at = text.indexOf('=')
  if (at < 1) throw new Error(`--property ${JSON.stringify(text)} names no value; write it as name=value.`)
  return [text.slice(0, at), readValue(text.slice(at + 1))]
}

function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^".*"$/s.test(text)) return text.slice(1, -1)
  return /^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text
}
