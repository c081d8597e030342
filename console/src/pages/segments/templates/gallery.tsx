import { Link } from '@tanstack/react-router'
import { describeCondition } from '@throughline/engine'
import { Page } from '../../../ui/page.tsx'
import { templates } from './templates.ts'
import styles from './gallery.module.css'

/** How a new segment begins: from nothing, or from one that most shops need. */
export function Gallery() {
  return (
    <Page title="New segment" lead="Begin with one that most shops need, and change what you like, or with nothing.">
      <ul className={styles.grid}>
        <li>
          <div className={`${styles.card} ${styles.blank}`}>
            <Link to="/segments/_new" search={{ from: 'nothing' }}>
              Begin with nothing
            </Link>
            <p className={styles.use}>Choose the conditions yourself.</p>
          </div>
        </li>
        {templates.map((template) => (
          <li key={template.id}>
            <div className={styles.card}>
              <Link to="/segments/_new" search={{ from: template.id }}>
                {template.name}
              </Link>
              <p className={styles.use}>{template.use}</p>
              <p className={styles.sentence}>{describeCondition(template.where)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Page>
  )
}
