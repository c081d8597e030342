import { useQuery } from '@tanstack/react-query'
import { channelTable } from '@throughline/contracts'
import type { AnswerRatesReport, StepOf } from '@throughline/contracts'
import { ask } from '../../../../api/queries.ts'
import { useFormat } from '../../../../format/use-format.ts'
import { NumberField, Pick } from '../../../segments/editors/parts/fields.tsx'
import { Line } from '../../../segments/editors/parts/words.tsx'
import { withKey } from '../ways.ts'

type BestMessage = StepOf<'best-message'>

const usualShare = 5

interface Props {
  readonly step: BestMessage
  onChange(step: BestMessage): void
  isWrong(field: string): boolean
}

/** In which order the channels of a step are asked: as written, or as learned, and then what everybody answers. */
export function ChannelOrder({ step, onChange, isWrong }: Props) {
  const { learned } = step
  return (
    <>
      <Line>
        <Pick
          label="Order of the channels"
          value={learned === undefined ? 'written' : 'learned'}
          options={[
            ['written', 'in this order'],
            ['learned', 'as learned from their answers'],
          ]}
          onChange={(choice) => onChange(withKey(step, 'learned', choice === 'learned' ? { explore: usualShare } : undefined))}
        />
      </Line>
      {learned === undefined ? null : (
        <>
          <Line>
            <NumberField
              label="In a hundred drawn by lot"
              value={learned.explore}
              whole
              wrong={isWrong('learned.explore')}
              onChange={(explore) => onChange({ ...step, learned: { explore } })}
            />
            <span>in 100 go in an order drawn by lot, so that every channel goes on being measured</span>
          </Line>
          <Rates step={step} />
        </>
      )}
    </>
  )
}

function Rates({ step }: { readonly step: BestMessage }) {
  const format = useFormat()
  const rates = useQuery({ ...ask('answerRates', {}), staleTime: 60_000 })
  if (rates.data === undefined) return null
  const { current, days } = rates.data
  return (
    <>
      <p className="soft">
        What each person opened, clicked in or replied to counts and, as long as little is known of them, what everybody answers. Of
        everybody’s messages of the last {days} days:
      </p>
      <ul className="soft">
        {step.channels.map(({ channel }) => (
          <li key={channel}>
            {channelTable[channel].name}: {sayRate(current, channel, format.number)}
          </li>
        ))}
      </ul>
    </>
  )
}

function sayRate(current: AnswerRatesReport['current'], channel: string, number: (value: number) => string): string {
  const found = current?.channels.find((one) => one.channel === channel)
  if (found === undefined) return 'nothing sent yet, so that it keeps its place'
  const { sent, answered, share, enough } = found
  const said = `${number(answered)} of ${number(sent)} answered (${Number((share * 100).toFixed(1))} %)`
  return enough ? said : `${said}, too few to say, so that it keeps its place`
}
