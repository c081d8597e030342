import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Chips } from '../../ui/chips.tsx'
import type { Which } from './use-draft-or-live.ts'

/** Chooses between the draft of a journey and its live version. */
export function DraftOrLive({
  label,
  which,
  choose,
}: {
  readonly label: string
  readonly which: Which
  readonly choose: (which: Which) => void
}) {
  return (
    <Chips
      label={label}
      options={[
        ['draft', 'The draft'],
        ['live', 'The live version'],
      ]}
      value={which}
      onChange={choose}
    />
  )
}

/** Leads back to where the draft is edited, or the journey is shown. */
export function BackToJourney({ id, which }: { readonly id: string; readonly which: Which }) {
  return (
    <Button
      variant="default"
      renderRoot={(props) => <Link {...props} to={which === 'draft' ? '/journeys/$id/edit' : '/journeys/$id'} params={{ id }} />}
    >
      {which === 'draft' ? 'Back to the draft' : 'Back to the journey'}
    </Button>
  )
}
