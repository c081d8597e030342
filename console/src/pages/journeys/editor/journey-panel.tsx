import { Button, TextInput, Textarea } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Reentry } from '@throughline/contracts'
import { Panel } from '../../../ui/panel.tsx'
import { DayField, DurationField, NumberField, Pick } from '../../segments/editors/parts/fields.tsx'
import { SuggestField } from '../../segments/editors/parts/suggest-field.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import fields from '../../segments/editors/parts/parts.module.css'
import { start } from '../model/edges.ts'
import type { Rules } from '../model/editing.ts'
import { EntryFields } from '../rules/entry-fields.tsx'
import { ExitFields } from '../rules/exit-fields.tsx'
import { GoalFields } from '../rules/goal-fields.tsx'
import { PriorityFields } from '../rules/priority-fields.tsx'
import { ConditionField, noCondition } from '../steps/parts/condition-field.tsx'
import { PathButton } from '../steps/parts/path-block.tsx'
import { withKey } from '../steps/ways.ts'
import { useBench } from './bench.ts'
import { Problems } from './problems.tsx'
import { WayField } from './way-field.tsx'
import styles from './panels.module.css'

const again: readonly (readonly [Reentry['kind'], string])[] = [
  ['never', 'once in a lifetime'],
  ['always', 'as often as it starts, but one at a time'],
  ['after', 'again, once a time has passed since they came in'],
  ['after-leaving', 'again, once a time has passed since they left'],
]

/** What concerns the journey as a whole: its name, what starts it, how often, what it is for, and what ends it early. */
export function JourneyPanel() {
  const { draft, send, problemsOf, locked, choose, chosen } = useBench()
  const problems = problemsOf(null)
  const { entries, reentry, goals, exits, perPerson, perDay, mostMessages, key, opens, closes } = draft
  const say = (what: string, parts: Rules): void => send({ kind: 'say', what, draft: parts, at: Date.now() })
  const isWrong = (under: string) => (field: string) =>
    problems.some((one) => one.field === `${under}.${field}` || one.field.startsWith(`${under}.${field}.`))
  return (
    <Panel
      title="The journey"
      aside={
        chosen === null ? undefined : (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => choose(null)}>
            Close
          </Button>
        )
      }
    >
      <fieldset className={styles.panel} disabled={locked} data-panel="journey">
        <legend className="vh">The journey</legend>
        <div className={styles.part}>
          <TextInput
            size="xs"
            label="Name"
            maxLength={120}
            value={draft.name}
            error={problems.find(({ field }) => field === 'name')?.words}
            onChange={(event) => say('name', { name: event.currentTarget.value })}
          />
          <Textarea
            size="xs"
            label="What it is for"
            placeholder="Optional"
            autosize
            minRows={1}
            maxRows={5}
            maxLength={2_000}
            value={draft.description ?? ''}
            onChange={(event) =>
              say('description', { description: event.currentTarget.value === '' ? undefined : event.currentTarget.value })
            }
          />
        </div>
        <Part title="What starts it">
          {entries.map((entry, index) => (
            <div key={index} className={styles.one}>
              <EntryFields
                entry={entry}
                number={index}
                isWrong={isWrong(`entries.${index}`)}
                onChange={(next) => say('entries', { entries: entries.with(index, next) })}
              />
              {entry.if === undefined ? (
                <PathButton onClick={() => say('entries', { entries: entries.with(index, { ...entry, if: noCondition }) })}>
                  Only certain people
                </PathButton>
              ) : (
                <>
                  <ConditionField
                    value={entry.if}
                    onChange={(next) => say('entries', { entries: entries.with(index, { ...entry, if: next }) })}
                  />
                  <RemoveButton
                    label="Take anybody"
                    onClick={() => say('entries', { entries: entries.with(index, withKey(entry, 'if', undefined)) })}
                  />
                </>
              )}
              {entries.length < 2 ? null : (
                <RemoveButton
                  label={`Remove way in ${index + 1}`}
                  onClick={() => say('entries', { entries: entries.toSpliced(index, 1) })}
                />
              )}
            </div>
          ))}
          <PathButton onClick={() => say('entries', { entries: [...entries, { kind: 'event', on: { event: '' } }] })}>
            Another way in
          </PathButton>
          <WayField edge={start} lead="The first step is" />
        </Part>
        <Part title="How often">
          <Sentence>
            <Pick
              label="How often somebody can enter"
              value={reentry.kind}
              options={again}
              onChange={(kind) =>
                say('reentry', { reentry: kind === 'after' || kind === 'after-leaving' ? { kind, time: '7 days' } : { kind } })
              }
            />
            {reentry.kind === 'after' || reentry.kind === 'after-leaving' ? (
              <DurationField
                label="Time between entries"
                value={reentry.time}
                wrong={isWrong('reentry')('time')}
                onChange={(time) => say('reentry', { reentry: { ...reentry, time } })}
              />
            ) : null}
          </Sentence>
          <Sentence>
            <span>Once for each</span>
            <SuggestField
              label="Key"
              placeholder="person (or order_id, cart.id …)"
              wanted={{ of: 'properties', event: entries[0]?.kind === 'event' ? entries[0].on.event : '' }}
              value={key ?? ''}
              wrong={problems.some(({ field }) => field === 'key')}
              onChange={(next) => say('key', { key: next === '' ? undefined : next })}
            />
          </Sentence>
          {perPerson === undefined ? (
            <PathButton onClick={() => say('perPerson', { perPerson: { times: 3, within: '7 days' } })}>Cap entries per person</PathButton>
          ) : (
            <Sentence>
              <span>at most</span>
              <NumberField
                label="Entries per person"
                whole
                value={perPerson.times}
                wrong={isWrong('perPerson')('times')}
                onChange={(times) => say('perPerson', { perPerson: { ...perPerson, times } })}
              />
              <span>times in</span>
              <DurationField
                label="Entries per person within"
                value={perPerson.within}
                wrong={isWrong('perPerson')('within')}
                onChange={(within) => say('perPerson', { perPerson: { ...perPerson, within } })}
              />
              <RemoveButton label="No cap" onClick={() => say('perPerson', { perPerson: undefined })} />
            </Sentence>
          )}
          {mostMessages === undefined ? (
            <PathButton onClick={() => say('mostMessages', { mostMessages: { times: 3, within: '7 days' } })}>
              Cap messages per person
            </PathButton>
          ) : (
            <Sentence>
              <span>at most</span>
              <NumberField
                label="Messages per person"
                whole
                value={mostMessages.times}
                wrong={isWrong('mostMessages')('times')}
                onChange={(times) => say('mostMessages', { mostMessages: { ...mostMessages, times } })}
              />
              <span>of its messages in</span>
              <DurationField
                label="Messages per person within"
                value={mostMessages.within}
                wrong={isWrong('mostMessages')('within')}
                onChange={(within) => say('mostMessages', { mostMessages: { ...mostMessages, within } })}
              />
              <RemoveButton label="No cap on messages" onClick={() => say('mostMessages', { mostMessages: undefined })} />
            </Sentence>
          )}
          {perDay === undefined ? (
            <PathButton onClick={() => say('perDay', { perDay: 500 })}>Cap entries per day</PathButton>
          ) : (
            <Sentence>
              <span>at most</span>
              <NumberField
                label="Entries per day"
                whole
                value={perDay}
                wrong={problems.some(({ field }) => field === 'perDay')}
                onChange={(most) => say('perDay', { perDay: most })}
              />
              <span>people a day, over everybody</span>
              <RemoveButton label="No cap per day" onClick={() => say('perDay', { perDay: undefined })} />
            </Sentence>
          )}
          <Line>
            <span>Open from</span>
            <DayField label="Open from" value={opens ?? ''} onChange={(day) => say('opens', { opens: day === '' ? undefined : day })} />
            <span>until before</span>
            <DayField
              label="Open until before"
              value={closes ?? ''}
              onChange={(day) => say('closes', { closes: day === '' ? undefined : day })}
            />
          </Line>
        </Part>
        <Part title="Among other journeys">
          <PriorityFields
            draft={draft}
            onChange={(parts) => say(Object.keys(parts).join(), parts)}
            isWrong={(field) => problems.some((one) => one.field === field)}
          />
        </Part>
        <Part title="Its goals">
          {goals.length === 0 ? <p className="soft">None: people leave at the end of the way.</p> : null}
          {goals.map((goal, index) => (
            <div key={index} className={styles.one}>
              <GoalFields
                goal={goal}
                number={index}
                isWrong={isWrong(`goals.${index}`)}
                onChange={(next) => say('goals', { goals: goals.with(index, next) })}
              />
              <RemoveButton label={`Remove goal ${index + 1}`} onClick={() => say('goals', { goals: goals.toSpliced(index, 1) })} />
            </div>
          ))}
          <PathButton onClick={() => say('goals', { goals: [...goals, { on: { event: '' }, since: 'entry', afterwards: 'leave' }] })}>
            {goals.length === 0 ? 'Set a goal' : 'Another goal'}
          </PathButton>
        </Part>
        <Part title="What ends it early">
          {exits.map((exit, index) => (
            <div key={index} className={styles.one}>
              <ExitFields
                exit={exit}
                number={index}
                isWrong={isWrong(`exits.${index}`)}
                onChange={(next) => say('exits', { exits: exits.with(index, next) })}
              />
              <RemoveButton label={`Remove exit ${index + 1}`} onClick={() => say('exits', { exits: exits.toSpliced(index, 1) })} />
            </div>
          ))}
          <PathButton onClick={() => say('exits', { exits: [...exits, { kind: 'event', on: { event: '' } }] })}>
            {exits.length === 0 ? 'End it early' : 'Another reason'}
          </PathButton>
        </Part>
        <Problems problems={problems.filter(({ field }) => field !== 'name')} />
      </fieldset>
    </Panel>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles.part}>
      <h3 className={styles.head}>{title}</h3>
      {children}
    </div>
  )
}

function RemoveButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className={`${fields.bare} ${styles.remove}`} onClick={onClick}>
      <IconX size={13} aria-hidden /> {label}
    </button>
  )
}
