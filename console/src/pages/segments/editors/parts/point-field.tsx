import { useState } from 'react'
import type { Point } from '@throughline/contracts'
import { TextField } from './fields.tsx'
import { readPoint, sayPoint } from './points.ts'

interface PointProps {
  readonly point: Point
  readonly wrong: boolean
  /** NaN for what is no number yet. */
  readonly onChange: (point: Point) => void
}

/** A point as maps write it, to be typed or pasted: `47.3769, 8.5417`. */
export function PointField({ point, wrong, onChange }: PointProps) {
  const [text, setText] = useState(sayPoint(point))
  const [shown, setShown] = useState(point)
  // Undo and the like change the point from outside.
  if (shown !== point) {
    setShown(point)
    const read = readPoint(text)
    if (!Object.is(read.lat, point.lat) || !Object.is(read.lng, point.lng)) setText(sayPoint(point))
  }
  return (
    <TextField
      label="Latitude and longitude"
      placeholder="latitude, longitude"
      value={text}
      wrong={wrong}
      onChange={(next) => {
        setText(next)
        onChange(readPoint(next))
      }}
    />
  )
}
