import type { Place, TestApp } from '../start-app.ts'

/** The program, started once for all tests of a file. */
export interface World {
  readonly place: Place
  readonly app: TestApp
}

/** That of all servers of the world. */
export const secretKey = 'ab'.repeat(32)
