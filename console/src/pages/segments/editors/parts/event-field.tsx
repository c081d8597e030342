import { TextField } from './fields.tsx'

interface EventFieldProps {
  readonly value: string
  readonly wrong: boolean
  readonly onChange: (event: string) => void
}

/** The name of an event. A star at either end stands for anything. */
export function EventField({ value, wrong, onChange }: EventFieldProps) {
  return <TextField label="Event" placeholder="event, such as Order Completed" value={value} wrong={wrong} onChange={onChange} />
}
