import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { CampaignRamp } from '@throughline/contracts'
import { Panel } from '../../../ui/panel.tsx'
import { DurationField, NumberField, Pick } from '../../segments/editors/parts/fields.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import type { PartProps } from './audience.tsx'
import { usualRamp } from './ramp-draft.ts'
import styles from './editor.module.css'

const most = 10

/** Whether it goes to some first and then to more, and what stops it. */
export function RampFields({ draft: { ramp }, change, wrong }: PartProps) {
  const set = (part: Partial<CampaignRamp>): void => {
    if (ramp !== null) change({ ramp: { ...ramp, ...part } })
  }
  return (
    <Panel title="Ramp">
      <div className={styles.fields} data-part="ramp">
        <Sentence>
          <span>It goes</span>
          <Pick
            label="To how many at first"
            value={ramp === null ? 'all' : 'ramp'}
            options={[
              ['all', 'to all of the audience'],
              ['ramp', 'to some first, then to more, and stops by itself when that goes wrong'],
            ]}
            onChange={(how) => change({ ramp: how === 'all' ? null : usualRamp })}
          />
        </Sentence>
        {ramp === null ? null : (
          <>
            <div>
              {ramp.steps.map((step, index) => (
                <Line key={index}>
                  <span>{index === 0 ? 'First to' : 'then to'}</span>
                  <NumberField
                    label={`Per cent of stage ${index + 1}`}
                    value={step.percent}
                    onChange={(percent) => set({ steps: ramp.steps.with(index, { ...step, percent }) })}
                  />
                  <span>% of the audience; it waits</span>
                  <DurationField
                    label={`Time after stage ${index + 1}`}
                    value={step.for}
                    onChange={(wait) => set({ steps: ramp.steps.with(index, { ...step, for: wait }) })}
                  />
                  {ramp.steps.length === 1 ? null : (
                    <Button
                      variant="subtle"
                      size="xs"
                      aria-label={`Remove stage ${index + 1}`}
                      onClick={() => set({ steps: ramp.steps.filter((_, at) => at !== index) })}
                    >
                      Remove
                    </Button>
                  )}
                </Line>
              ))}
              <Line>
                <span>then to all others.</span>
                {ramp.steps.length >= most ? null : (
                  <Button
                    variant="subtle"
                    size="xs"
                    leftSection={<IconPlus size={14} aria-hidden />}
                    onClick={() => set({ steps: [...ramp.steps, nextStep(ramp)] })}
                  >
                    Add a stage
                  </Button>
                )}
              </Line>
            </div>
            <div>
              <Line>
                <span>It stops when more than</span>
                <NumberField
                  label="Per cent of bounces"
                  value={ramp.stopAt.bounces}
                  onChange={(bounces) => set({ stopAt: { ...ramp.stopAt, bounces } })}
                />
                <span>% bounce,</span>
                <NumberField
                  label="Per cent of complaints"
                  value={ramp.stopAt.complaints}
                  onChange={(complaints) => set({ stopAt: { ...ramp.stopAt, complaints } })}
                />
                <span>% complain, or</span>
                <NumberField
                  label="Per cent of unsubscribes"
                  value={ramp.stopAt.unsubscribes}
                  onChange={(unsubscribes) => set({ stopAt: { ...ramp.stopAt, unsubscribes } })}
                />
                <span>% unsubscribe, once</span>
                <NumberField
                  label="Messages before it may stop"
                  whole
                  value={ramp.stopAt.atLeast}
                  onChange={(atLeast) => set({ stopAt: { ...ramp.stopAt, atLeast } })}
                />
                <span>have got it.</span>
              </Line>
            </div>
          </>
        )}
        {wrong === undefined ? null : <p className={styles.wrong}>{wrong}</p>}
      </div>
    </Panel>
  )
}

function nextStep({ steps }: CampaignRamp): CampaignRamp['steps'][number] {
  const last = steps.at(-1)
  return { percent: Math.min(99, (last?.percent ?? 5) * 2), for: last?.for ?? '1 hour' }
}
