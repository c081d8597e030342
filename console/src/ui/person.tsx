import { Link } from '@tanstack/react-router'
import { initials, visitorTitle } from '../format/person-words.ts'
import styles from './person.module.css'

/** The round mark of a person: initials, or a ring for somebody unknown. Says nothing to a screen reader. */
export function PersonMark({
  title,
  anonymous,
  size = 28,
}: {
  readonly title: string
  readonly anonymous: boolean
  readonly size?: number
}) {
  return (
    <span
      className={`${styles.mark} ${anonymous ? styles.anonymous : ''}`}
      style={{ width: size, height: size, fontSize: size * 0.38 }}
      aria-hidden
    >
      {anonymous ? '' : initials(title)}
    </span>
  )
}

/** A link to somebody's profile, by the best name there is. */
export function PersonLink({ id, name }: { readonly id: string; readonly name: string | null }) {
  return (
    <Link to="/people/$id" params={{ id }} className={styles.link}>
      {name ?? visitorTitle(id)}
    </Link>
  )
}
