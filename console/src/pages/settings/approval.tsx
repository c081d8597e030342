import { NumberInput, Select, Switch } from '@mantine/core'
import type { Settings } from '@throughline/contracts'
import { Panel } from '../../ui/panel.tsx'
import styles from './settings.module.css'

interface ApprovalProps {
  readonly approval: Settings['approval']
  readonly locked: boolean
  readonly onChange: (approval: Settings['approval']) => void
}

/** Whether a second person has to approve a campaign before it goes out. */
export function ApprovalSettings({ approval, locked, onChange }: ApprovalProps) {
  return (
    <Panel title="Approval of campaigns">
      <div className={styles.form}>
        <Switch
          label="A second person approves campaigns"
          description="Whoever sends one cannot approve it themselves, nor can an API key. What is changed after the approval needs another one. What waits when this is switched off stays waiting."
          disabled={locked}
          checked={approval !== null}
          onChange={(event) => onChange(event.currentTarget.checked ? { above: 0, by: 'editor' } : null)}
        />
        {approval === null ? null : (
          <div className={styles.two}>
            <NumberInput
              label="To more than so many people"
              description="0: every campaign."
              min={0}
              max={1_000_000_000}
              allowDecimal={false}
              allowNegative={false}
              readOnly={locked}
              value={approval.above}
              onChange={(value) => onChange({ ...approval, above: Number(value) || 0 })}
            />
            <Select
              label="Approved by"
              description="Somebody else than who sends it."
              allowDeselect={false}
              readOnly={locked}
              data={[
                { value: 'editor', label: 'another editor or admin' },
                { value: 'admin', label: 'another admin' },
              ]}
              value={approval.by}
              onChange={(value) => onChange({ ...approval, by: value === 'admin' ? 'admin' : 'editor' })}
            />
          </div>
        )}
      </div>
    </Panel>
  )
}
