import { Panel } from '../../../ui/panel.tsx'
import { EventField } from '../../segments/editors/parts/event-field.tsx'
import { DurationField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import type { PartProps } from './audience.tsx'
import styles from './editor.module.css'

/** What people are to do after their message, and how long that counts. */
export function GoalFields({ draft: { goal }, change, wrong }: PartProps) {
  return (
    <Panel title="What counts as success">
      <div data-part="goal">
        <Sentence>
          <span>They do</span>
          <EventField
            value={goal.event}
            wrong={wrong !== undefined && goal.event === ''}
            onChange={(event) => change({ goal: { ...goal, event } })}
          />
          <span>within</span>
          <DurationField
            label="Within"
            value={goal.within}
            wrong={wrong !== undefined && goal.within === ''}
            onChange={(within) => change({ goal: { ...goal, within } })}
          />
          <span>after their message.</span>
        </Sentence>
        {wrong === undefined ? null : <p className={styles.wrong}>{wrong}</p>}
        <p className="soft" style={{ marginTop: 6 }}>
          Its page counts that, and orders with their revenue within the same time.
        </p>
      </div>
    </Panel>
  )
}
