import { Button, MultiSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { channelKinds, channelTable, frequencyCapSchema, quietHoursSchema } from '@throughline/contracts'
import type { FrequencyCap, QuietHours, Settings } from '@throughline/contracts'
import { channelNames } from '../../format/message-words.ts'
import { DurationField } from '../segments/editors/parts/fields.tsx'
import { Panel } from '../../ui/panel.tsx'
import styles from './settings.module.css'

interface PaceProps {
  readonly settings: Pick<Settings, 'quietHours' | 'frequencyCaps'>
  readonly locked: boolean
  readonly onChange: (change: Partial<Pick<Settings, 'quietHours' | 'frequencyCaps'>>) => void
}

const usual: QuietHours = { from: '22:00', to: '08:00', exempt: ['inbox', 'webhook', 'on-site', 'ad-audience', 'direct-mail'] }
const channels = channelKinds.map((kind) => ({ value: kind, label: channelNames[kind] }))

/** When and how often people are written to. */
export function Pace({ settings: { quietHours, frequencyCaps }, locked, onChange }: PaceProps) {
  const setCap = (at: number, cap: FrequencyCap): void => onChange({ frequencyCaps: frequencyCaps.with(at, cap) })
  return (
    <>
      <Panel title="Quiet hours">
        <div className={styles.form}>
          <Switch
            label="Keep marketing back at night"
            description="By each person’s own clocks. What comes into these hours waits until they are over, and is then checked once more as a whole: whoever has ordered meanwhile is not reminded. Service messages go at once."
            disabled={locked}
            checked={quietHours !== null}
            onChange={(event) => onChange({ quietHours: event.currentTarget.checked ? usual : null })}
          />
          {quietHours === null ? null : (
            <>
              <div className={styles.three}>
                <TextInput
                  label="From"
                  type="time"
                  value={quietHours.from}
                  readOnly={locked}
                  onChange={(event) => onChange({ quietHours: { ...quietHours, from: event.currentTarget.value } })}
                />
                <TextInput
                  label="to"
                  type="time"
                  value={quietHours.to}
                  readOnly={locked}
                  error={quietHoursSchema.safeParse(quietHours).success ? undefined : 'Choose two different times.'}
                  onChange={(event) => onChange({ quietHours: { ...quietHours, to: event.currentTarget.value } })}
                />
              </div>
              <MultiSelect
                label="Channels that disturb nobody"
                description="These go at any hour."
                readOnly={locked}
                data={channels}
                value={[...quietHours.exempt]}
                onChange={(value) =>
                  onChange({ quietHours: { ...quietHours, exempt: channelKinds.filter((kind) => value.includes(kind)) } })
                }
              />
            </>
          )}
        </div>
      </Panel>
      <Panel title="How often people hear from you">
        <div className={styles.form}>
          {frequencyCaps.length === 0 ? (
            <p className="soft">
              There is no limit: whatever journeys want to say goes out. A cap keeps several journeys from saying too much together.
            </p>
          ) : null}
          {frequencyCaps.map((cap, index) => (
            <div key={index} className={styles.three}>
              <NumberInput
                label="At most"
                min={1}
                max={50}
                allowDecimal={false}
                readOnly={locked}
                value={cap.times}
                error={frequencyCapSchema.shape.times.safeParse(cap.times).success ? undefined : '1 to 50'}
                onChange={(value) => setCap(index, { ...cap, times: typeof value === 'number' ? value : 0 })}
              />
              <Select
                label="marketing messages"
                allowDeselect={false}
                readOnly={locked}
                data={[
                  { value: 'all', label: 'over all channels' },
                  ...channels.map(({ value }) => ({ value, label: `by ${channelTable[value].word}` })),
                ]}
                value={cap.channel ?? 'all'}
                onChange={(value) => setCap(index, { ...cap, channel: channelKinds.find((kind) => kind === value) ?? null })}
              />
              <div>
                <p style={{ fontSize: 14, fontWeight: 500 }}>within</p>
                <span className="row">
                  <DurationField
                    label={`Cap ${index + 1}: within`}
                    value={cap.within}
                    wrong={!frequencyCapSchema.shape.within.safeParse(cap.within).success}
                    onChange={(within) => setCap(index, { ...cap, within })}
                  />
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    disabled={locked}
                    aria-label={`Remove cap ${index + 1}`}
                    onClick={() => onChange({ frequencyCaps: frequencyCaps.toSpliced(index, 1) })}
                  >
                    Remove
                  </Button>
                </span>
              </div>
            </div>
          ))}
          {frequencyCaps.length >= 10 || locked ? null : (
            <div>
              <Button
                variant="default"
                size="compact-sm"
                onClick={() => onChange({ frequencyCaps: [...frequencyCaps, { channel: null, times: 3, within: '7 days' }] })}
              >
                Add a cap
              </Button>
            </div>
          )}
          <p className="dim">
            A message beyond a cap is not sent, and its journey goes on; the message says when there would have been room. Counted from the
            day on which the first cap is set. Service messages count for nothing.
          </p>
        </div>
      </Panel>
    </>
  )
}
