/**
 * Embedded: what it takes to run another program as a part of ours.
 *
 * - *supervised process*: a child that is started, watched, started again after an unexpected end, and stopped cleanly.
 * - *folder lock*: at most one program of ours works in one data folder.
 */
export { superviseProcess, type SupervisedProcess, type SupervisedSpec } from './supervise.ts'
export { lockFolder, type FolderLock } from './folder-lock.ts'
export { findFreePort } from './free-port.ts'
export { isAlive, workingFolderOf, endProcess } from './process-info.ts'
export { EmbeddedError } from './errors.ts'
