import { shop } from '../shop/catalogue.ts'
import { DemoError } from '../errors.ts'
import { demoDefinitions } from '../examples.ts'
import type { ShopHttp } from './http.ts'

/**
 * Makes a workspace ready: refuses one that really sends e-mail (the people's addresses are invented), gives an empty one the shop's name,
 * and publishes the example definitions with their waits shortened. Throws {@link DemoError} `demo_real_provider`, `demo_refused`.
 */
export async function prepareWorkspace(http: ShopHttp, speed: number): Promise<void> {
  const [{ items: providers }, settings, overview] = await Promise.all([
    http.api('providers', {}),
    http.api('settings', {}),
    http.api('overview', {}),
  ])
  const real = providers.find(({ channel }) => channel === 'email')
  if (real !== undefined) {
    throw new DemoError(
      'conflict',
      'demo_real_provider',
      `This workspace sends e-mail for real (${real.config.kind}); the demonstration would write to invented people. Use a data folder of its own (--data-dir), or remove the provider in the settings.`,
      {
        field: 'provider',
        value: real.config.kind,
        allowed: 'no provider for e-mail',
      },
    )
  }
  if (overview.people === 0 && settings.name !== shop.name) {
    await http.api('setSettings', { body: { ...settings, name: shop.name, currency: shop.currency } })
  }
  await http.api('applyDefinitions', { body: { definitions: [...(await demoDefinitions(speed))] } })
}

/** The write key under which the shop sends its events: that of the source of this name, which is made when it is missing. */
export async function findWriteKey(http: ShopHttp, name: string): Promise<string> {
  const { items } = await http.api('sources', {})
  const found = items.find((source) => source.name === name)
  return (found ?? (await http.api('createSource', { body: { name } }))).writeKey
}
