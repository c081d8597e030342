import { afterAll, beforeAll, describe } from 'vitest'
import { testHooks } from './connectors/hooks.ts'
import { testPulls } from './connectors/pulls.ts'
import { secretKey, type World } from './connectors/world.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
const world: World = {
  get place() {
    return place
  },
  get app() {
    return app
  },
}
beforeAll(async () => {
  place = await makePlace()
  app = await place.start({ environment: { THROUGHLINE_ALLOW_PRIVATE_ADDRESSES: '127.0.0.1/32', THROUGHLINE_SECRET_KEY: secretKey } })
}, 180_000)
afterAll(() => place?.remove())

describe('pulls', () => {
  testPulls(world)
})
describe('incoming webhooks', () => {
  testHooks(world)
})
