import type { CampaignWhen } from '@throughline/contracts'
import { goesByOwnClocks } from '../../../format/campaign-words.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Panel } from '../../../ui/panel.tsx'
import { ClockField, ZoneField } from '../../journeys/steps/parts/clock-fields.tsx'
import { WeekdaysField } from '../../segments/editors/parts/calendar-fields.tsx'
import { NumberField, Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import fieldStyles from '../../segments/editors/parts/parts.module.css'
import { isByOwnClock } from './draft.ts'
import type { PartProps } from './audience.tsx'
import styles from './editor.module.css'

type Kind = CampaignWhen['kind']

const kinds: readonly (readonly [kind: Kind, words: string])[] = [
  ['now', 'as soon as it is sent'],
  ['once', 'once, at a date and time'],
  ['daily', 'every day'],
  ['weekly', 'every week'],
  ['monthly', 'every month'],
  ['api', 'each time that a program asks for it'],
]

interface WhenFieldsProps extends PartProps {
  readonly wrongSpeed: string | undefined
  /** When the first would get it, if it were sent now; epoch ms. */
  readonly startsAt: number | null
}

/** When it goes out, by whose clocks, and how fast. */
export function WhenFields({ draft, change, wrong, wrongSpeed, startsAt }: WhenFieldsProps) {
  const { when, perMinute } = draft
  const format = useFormat()
  const own = isByOwnClock(when)
  return (
    <Panel title="When">
      <div className={styles.fields}>
        <div data-part="when">
          <Sentence>
            <span>It goes out</span>
            <Pick label="When" value={when.kind} options={kinds} onChange={(kind) => change({ when: withKind(when, kind) })} />
            <Times when={when} wrong={wrong !== undefined} onChange={(next) => change({ when: next })} />
          </Sentence>
          {wrong === undefined ? null : <p className={styles.wrong}>{wrong}</p>}
          {goesByOwnClocks(when) && 'at' in when && when.at !== '' ? (
            <p className="soft" style={{ marginTop: 6 }}>
              {clockOf(when)} their time: first where the day begins first
              {startsAt === null ? '' : ` (${format.date(startsAt)}, ${format.minute(startsAt)} shop time at the earliest)`}, last where it
              begins last, 26 hours later at most. Who has no time zone gets it by the shop’s clock, {format.zone}.
            </p>
          ) : null}
        </div>
        {own || when.kind === 'api' ? null : (
          <div data-part="perMinute">
            <Sentence>
              <span>It goes out</span>
              <Pick
                label="How fast"
                value={perMinute === null ? 'fast' : 'slow'}
                options={[
                  ['fast', 'as fast as it can'],
                  ['slow', 'at most'],
                ]}
                onChange={(pace) => change({ perMinute: pace === 'fast' ? null : (perMinute ?? 1_000) })}
              />
              {perMinute === null ? null : (
                <>
                  <NumberField
                    label="Messages a minute"
                    whole
                    value={perMinute}
                    wrong={wrongSpeed !== undefined}
                    onChange={(next) => change({ perMinute: next })}
                  />
                  <span>messages a minute</span>
                </>
              )}
            </Sentence>
            {wrongSpeed === undefined ? null : <p className={styles.wrong}>{wrongSpeed}</p>}
          </div>
        )}
      </div>
    </Panel>
  )
}

/** What the clocks show, of a time or of a date and time. */
function clockOf(when: Extract<CampaignWhen, { at: string }>): string {
  return when.kind === 'once' ? (when.at.split(/[T ]/)[1] ?? '00:00') : when.at
}

function withKind(when: CampaignWhen, kind: Kind): CampaignWhen {
  const zone = 'zone' in when ? when.zone : 'shop'
  const at = 'at' in when && when.kind !== 'once' ? when.at : '09:00'
  switch (kind) {
    case 'now':
    case 'api':
      return { kind }
    case 'once':
      return { kind, at: when.kind === 'once' ? when.at : '', zone }
    case 'daily':
      return { kind, at, zone }
    case 'weekly':
      return { kind, on: ['monday'], at, zone }
    case 'monthly':
      return { kind, day: 1, at, zone }
    default:
      return kind satisfies never
  }
}

interface TimesProps {
  readonly when: CampaignWhen
  readonly wrong: boolean
  readonly onChange: (when: CampaignWhen) => void
}

function Times({ when, wrong, onChange }: TimesProps) {
  switch (when.kind) {
    case 'now':
    case 'api':
      return null
    case 'once':
      // An instant with its distance from UTC, or with seconds, which only files hold, is shown as the text that it is.
      return (
        <>
          {when.at === '' || /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/.test(when.at) ? (
            <input
              type="datetime-local"
              className={fieldStyles.field}
              aria-label="Date and time"
              aria-invalid={wrong}
              value={when.at.replace(' ', 'T')}
              onChange={(event) => onChange({ ...when, at: event.currentTarget.value })}
            />
          ) : (
            <TextField label="Date and time" value={when.at} wrong={wrong} onChange={(at) => onChange({ ...when, at })} />
          )}
          <ZoneField value={when.zone} onChange={(zone) => onChange({ ...when, zone })} />
        </>
      )
    case 'daily':
    case 'weekly':
    case 'monthly':
      return (
        <>
          {when.kind === 'weekly' ? (
            <>
              <span>on</span>
              <WeekdaysField
                what="the week"
                days={when.on}
                wrong={wrong && when.on.length === 0}
                onChange={(on) => onChange({ ...when, on })}
              />
            </>
          ) : null}
          {when.kind === 'monthly' ? (
            <>
              <span>on day</span>
              <NumberField label="Day of the month" whole value={when.day} wrong={wrong} onChange={(day) => onChange({ ...when, day })} />
              {when.day > 28 ? <span className="dim">or the last one</span> : null}
            </>
          ) : null}
          <span>at</span>
          <ClockField label="Time" value={when.at} wrong={wrong && when.at === ''} onChange={(at) => onChange({ ...when, at })} />
          <ZoneField value={when.zone} onChange={(zone) => onChange({ ...when, zone })} />
        </>
      )
    default:
      return when satisfies never
  }
}
