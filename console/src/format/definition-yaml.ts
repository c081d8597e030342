import { Document, isMap, isScalar, visit } from 'yaml'
import type { Definition, FormFile } from '@throughline/contracts'

/** A definition as a file that `throughline apply` takes; short parts stand in one line. */
export function definitionYaml(definition: Definition | FormFile): string {
  const file = new Document(definition)
  visit(file, {
    Map(key, node) {
      if (key === null || !node.items.every((pair) => isScalar(pair.value) || (isMap(pair.value) && pair.value.flow === true))) return
      if (String(node).length < 90) node.flow = true
    },
  })
  return file.toString({ lineWidth: 120, flowCollectionPadding: true })
}
