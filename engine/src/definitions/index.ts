/**
 * Definitions made ready for the hot path, and checked before they are published.
 *
 * published: a version of a definition that never changes · latest: the version that takes entries · concern: everything that
 * events of one name may change.
 */
export { compileDefinitions } from './compile.ts'
export { computedTraits, describeTrait, valuesOfTraits, type ComputedTrait } from './computed-traits.ts'
export { isOver, lookInside, uncounting, versionKey, type Compiled, type CompiledSegment, type Concern } from './compiled.ts'
export { referencesOf } from './references.ts'
export { usesOfSegment } from './uses.ts'
export { validateDefinitions, type DefinitionProblem } from './validate.ts'
