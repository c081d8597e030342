import type { CampaignDefinition, CampaignEstimate } from '@throughline/contracts'
import { channelTable } from '@throughline/contracts'
import { costWords, learnWords, metricWords, rampWords, reachWords, whenWords } from '../../../format/campaign-words.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Confirm } from '../../../ui/confirm.tsx'
import type { Names } from '../../journeys/steps/step-editor.ts'

interface SendDialogProps {
  readonly opened: boolean
  readonly definition: CampaignDefinition
  readonly estimate: CampaignEstimate | undefined
  readonly names: Names
  readonly action: string
  readonly busy: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onConfirm: () => void
}

/** Names what happens before it does: who gets what, when, who does not, and how long it can be undone. */
export function SendDialog({ definition, estimate, names, action, ...rest }: SendDialogProps) {
  const format = useFormat()
  const { name, audience, message, variants, winner, learn, when, ramp, perMinute } = definition
  const whom = audience.segment === undefined ? 'of everybody' : `in “${names.segment(audience.segment)}”`
  const cost = estimate === undefined ? null : costWords(estimate, format)
  const isByProgram = when.kind === 'api'
  return (
    <Confirm
      title={`${isByProgram ? 'Let programs send' : when.kind === 'now' ? 'Send' : 'Schedule'} “${name}”?`}
      action={action}
      {...rest}
    >
      <ul className="stack" style={{ gap: 8 }}>
        <li>
          {estimate === undefined
            ? `How many it reaches could not be counted. Those ${whom}`
            : `${capital(reachWords(estimate, format))} of the ${counted(format, estimate.audience, 'person', 'people')} ${whom}`}{' '}
          {estimate?.reachable === 1 ? 'gets' : 'get'}{' '}
          {said(variants?.map(({ template }) => names.template(template ?? message.template)) ?? [names.template(message.template)])} by{' '}
          {channelTable[message.channel].word}, {whenWords(when, format)}.
        </li>
        {audience.except === undefined ? null : (
          <li>
            {estimate === undefined ? 'Those' : counted(format, estimate.excluded, 'person', 'people')} in{' '}
            {audience.except.map((id) => `“${names.segment(id)}”`).join(' or ')} get nothing.
          </li>
        )}
        {winner === undefined ? null : (
          <li>
            {format.number(winner.testPercent)} % of them get one of the variants first; {winner.after} later the rest gets the one that{' '}
            {metricWords[winner.by]}.
          </li>
        )}
        {learn === undefined ? null : <li>{learnWords(learn, format)}</li>}
        {estimate === undefined || estimate.heldOut === 0 ? null : (
          <li>About {counted(format, estimate.heldOut, 'person', 'people')} besides are held out, and get nothing.</li>
        )}
        {cost === null ? null : (
          <li>
            {isByProgram ? 'Each time it costs' : 'It costs'} {cost}.
          </li>
        )}
        {ramp === undefined ? null : <li>{rampWords(ramp, format)}</li>}
        {perMinute === undefined ? null : <li>It goes out at {format.number(perMinute)} messages a minute at most.</li>}
        {message.purpose === 'transactional' ? <li>As a service message it goes to those too who did not agree to marketing.</li> : null}
        {estimate?.needsApproval === true ? (
          <li>
            {isByProgram ? 'The first of them waits' : 'It waits'} until a second person has approved it; so many people need that here.
          </li>
        ) : null}
        <li>
          {isByProgram
            ? 'Nothing is sent now. Each call of a program sends it at once and cannot be undone.'
            : 'For 30 seconds nobody gets it and you can undo it. After that you can pause it, or cancel it for those who have not got it yet.'}
        </li>
      </ul>
    </Confirm>
  )
}

const said = (templates: readonly string[]): string => templates.map((one) => `“${one}”`).join(' or ')

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`
