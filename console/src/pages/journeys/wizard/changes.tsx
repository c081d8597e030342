import { Checkbox } from '@mantine/core'
import { reactionKinds, watchedPlaces } from '@throughline/contracts'
import { MatchField } from '../steps/parts/match-field.tsx'
import { PathButton } from '../steps/parts/path-block.tsx'
import type { GroupProps } from './groups.ts'
import { Question } from './question.tsx'
import styles from './wizard.module.css'

const reactionWords = { opened: 'they opened it', clicked: 'they clicked a link in it' } as const
const placeWords = { site: 'on the web site', app: 'in the app' } as const

/** Questions 11, 14 and 15: what changes the way. */
export function Changes({ answers, say, openOf }: GroupProps) {
  const { reactions, watched, offline } = answers
  const alone = answers.interactions === 1
  return (
    <>
      <Question
        number={11}
        hint={
          alone
            ? 'With one message there is no further way that could change.'
            : 'Whoever did it gets the next message sooner, and on the same channel.'
        }
        open={openOf(11)}
      >
        <div className={styles.checks}>
          {reactionKinds.map((kind) => (
            <Checkbox
              key={kind}
              label={reactionWords[kind]}
              disabled={alone}
              checked={reactions.includes(kind)}
              onChange={(event) =>
                say({ reactions: reactionKinds.filter((one) => (one === kind ? event.currentTarget.checked : reactions.includes(one))) })
              }
            />
          ))}
        </div>
      </Question>
      <Question number={14} hint="Whoever was seen there while we waited counts as having answered, message or not." open={openOf(14)}>
        <div className={styles.checks}>
          {watchedPlaces.map((place) => (
            <Checkbox
              key={place}
              label={placeWords[place]}
              disabled={alone}
              checked={watched.includes(place)}
              onChange={(event) =>
                say({ watched: watchedPlaces.filter((one) => (one === place ? event.currentTarget.checked : watched.includes(one))) })
              }
            />
          ))}
        </div>
      </Question>
      <Question
        number={15}
        hint="Events of tills and of your CRM that count like what you hope for, also when they are told late."
        open={openOf(15)}
      >
        <div>
          {offline.map((on, index) => (
            <div key={index}>
              <MatchField
                match={on}
                isWrong={(field) => openOf(15).some((one) => one.field === `offline.${index}.${field}`)}
                onChange={(next) => say({ offline: offline.with(index, next) })}
              />
              <PathButton onClick={() => say({ offline: offline.toSpliced(index, 1) })}>Take it out</PathButton>
            </div>
          ))}
          <PathButton onClick={() => say({ offline: [...offline, { event: '' }] })}>Yes, an event from offline counts</PathButton>
        </div>
      </Question>
    </>
  )
}
