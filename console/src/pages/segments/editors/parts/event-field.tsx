import { SuggestField } from './suggest-field.tsx'

interface EventFieldProps {
  readonly value: string
  readonly wrong: boolean
  readonly onChange: (event: string) => void
}

/** The name of an event, as the shop sends them. A star at either end stands for anything. */
export function EventField(props: EventFieldProps) {
  return <SuggestField label="Event" placeholder="event, such as Order Completed" wanted={{ of: 'events' }} {...props} />
}
