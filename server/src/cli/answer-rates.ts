import { channelTable, type AnswerRatesReport } from '@throughline/contracts'
import { callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly now?: boolean
}

/** `throughline answer-rates`: what people answer by each channel, as the learned order of channels goes by it. */
export const answerRates: CliCommand = {
  add(program) {
    withServer(program.command('answer-rates').description('Show how many messages of each channel people open, click in or reply to'))
      .option('--now', 'Count first, and put it in force')
      .action(async (options: Options) => {
        const found = await callServer(serverOf(options), options.now === true ? 'computeAnswerRates' : 'answerRates', {})
        show(options.json, found, () => describe(found))
      })
  },
}

function describe({ current, days, hour, zone }: AnswerRatesReport): string[] {
  if (current === null) return ['Nothing has been sent yet. Answers are counted as soon as something has.']
  return [
    ...current.channels.map(
      ({ channel, sent, answered, share, enough }) =>
        `${channelTable[channel].name.padEnd(20)}  ${String(answered).padStart(9)} of ${String(sent).padStart(9)}  ${(share * 100).toFixed(1).padStart(5)} %${enough ? '' : '  too few to say'}`,
    ),
    `Messages of ${days} days, as of ${new Date(current.asOf).toISOString()}; counted each day at ${String(hour).padStart(2, '0')}:00 (${zone}).`,
  ]
}
