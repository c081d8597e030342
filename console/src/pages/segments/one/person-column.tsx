import { Link } from '@tanstack/react-router'
import type { Person } from '@throughline/contracts'
import { personTitle } from '../../../format/person-words.ts'
import { rowLink } from '../../../ui/data-table.tsx'
import type { Column } from '../../../ui/data-table.tsx'

/** Who a row is about; the whole row leads to their page. */
export const personColumn: Column<{ readonly person: Person }> = {
  id: 'person',
  header: 'Person',
  primary: true,
  cell: ({ person }) => (
    <Link to="/people/$id" params={{ id: person.id }} className={rowLink}>
      {personTitle(person)}
    </Link>
  ),
}
