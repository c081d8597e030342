import type { Json, NearCondition, Point } from '@throughline/contracts'
import type { ConditionBehaviour } from '../behaviour.ts'
import { bind } from '../comparisons/index.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { isObject, readTrait, traitNames, traitToSql } from '../trait.ts'
import { compileSaid, describeSaid, exactnessOfSaid, saidToSql, type Asked, type Told } from './said.ts'

/*
 * Distance from a point, along a great circle of a sphere of the earth's mean radius (6371.0088 km, R1 of the IUGG), by the haversine
 * formula (Sinnott 1984, "Virtues of the Haversine"). Up to 0.5 % off the distance on the ellipsoid. Places are taken to a millionth of a degree
 * (0.1 m), as whole numbers, so that both answers begin from the same; and a distance is within a radius to the millimetre, so that what
 * lies on the border by arithmetic lies inside in both.
 */
const RADIUS_KM = 6371.0088
const BORDER_KM = 1e-6
const PARTS = 1_000_000

/** The names by which the two numbers of a place go, the first that is a number counts. */
const latitudes = ['latitude', 'lat']
const longitudes = ['longitude', 'lng', 'lon']

/** A place within so many kilometres of a point. */
export const nearCondition: ConditionBehaviour<NearCondition> = {
  compile(condition, compiler) {
    const { trait } = condition
    const asked = askedBy(condition)
    if (trait === undefined) return compileSaid(condition, place, asked, compiler)
    return {
      leaves: [],
      traits: traitNames(trait),
      timed: false,
      value: ({ traits }, now) => asked.test(wordOf(readTrait(traits, trait)), now),
      nextChangeAt: () => null,
    }
  },
  toSql(condition, sql) {
    const { trait } = condition
    const asked = askedBy(condition)
    if (trait === undefined) return saidToSql(condition, place, asked, sql)
    return bind(sql, wordToSql(traitToSql(trait, sql), sql), (word) => asked.toSql(word, '{now:Int64}', sql))
  },
  describe(condition) {
    const { trait, point, km } = condition
    const within = `within ${km} km of ${point.lat}, ${point.lng}`
    return trait === undefined ? describeSaid(condition, `was last ${within}`, `was ${within}`) : `${trait} is ${within}`
  },
  exactness: (condition) =>
    `${condition.trait === undefined ? `${exactnessOfSaid(condition)} ` : ''}Distances are those on a sphere, up to 0.5 % off.`,
  children: () => [],
}

/** The place that the context of an event tells, as `lat,lng` in millionths of a degree. */
const place: Told = {
  key: ['place'],
  read: (context) => wordOf(context.location) ?? '',
  toSql: (sql) => wordToSql(sql.jsonAt('context', 'location'), sql),
}

function wordOf(given: Json | undefined): string | undefined {
  if (!isObject(given)) return undefined
  const first = (names: readonly string[]) => names.map((name) => given[name]).find((value) => typeof value === 'number')
  const [lat, lng] = [first(latitudes), first(longitudes)]
  if (lat === undefined || lng === undefined || Math.abs(lat) > 90 || Math.abs(lng) > 180) return undefined
  return `${Math.floor(lat * PARTS + 0.5)},${Math.floor(lng * PARTS + 0.5)}`
}

/** {@link wordOf} over a JSON text; empty where there is no place. */
function wordToSql(given: string, sql: SqlBuilder): string {
  const whole = (number: string): string => `toString(toInt64(floor(${number} * ${PARTS} + 0.5)))`
  return bind(sql, given, (json) => {
    // What is no number is none of either: beyond every range.
    const first = (names: readonly string[]): string =>
      `multiIf(${names.map((name) => `JSONType(${json}, '${name}') in ('Int64', 'UInt64', 'Double'), JSONExtractFloat(${json}, '${name}')`).join(', ')}, 1000.)`
    const say = (lat: string, lng: string): string =>
      `if(abs(${lat}) <= 90 and abs(${lng}) <= 180, concat(${whole(lat)}, ',', ${whole(lng)}), '')`
    return bind(sql, first(latitudes), (lat) => bind(sql, first(longitudes), (lng) => say(lat, lng)))
  })
}

function askedBy({ point, km }: NearCondition): Asked {
  return {
    key: JSON.stringify([point.lat, point.lng, km]),
    test(word) {
      if (word === undefined) return false
      const [lat = 0, lng = 0] = word.split(',').map((part) => Number(part) / PARTS)
      return distanceKm(point, { lat, lng }) <= km + BORDER_KM
    },
    nextChangeAt: null,
    toSql(word, _, sql) {
      const numbers = `splitByChar(',', ${word})`
      const part = (index: number): string => `toInt64OrZero(${numbers}[${index}]) / ${PARTS}`
      const [lat, lng] = [sql.parameter('Float64', point.lat), sql.parameter('Float64', point.lng)]
      const square = (x: string): string => bind(sql, `sin((${x}) * pi() / 180 / 2)`, (sine) => `${sine} * ${sine}`)
      const chord = `${square(`${part(1)} - ${lat}`)} + cos(${lat} * pi() / 180) * cos(${part(1)} * pi() / 180) * ${square(`${part(2)} - ${lng}`)}`
      return `(${word} != '' and ${2 * RADIUS_KM} * asin(least(1., sqrt(${chord}))) <= ${sql.parameter('Float64', km + BORDER_KM)})`
    },
  }
}

/** The distance of two places in kilometres: 2 R asin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)). */
export function distanceKm(a: Point, b: Point): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const square = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2
  const chord = square(b.lat - a.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * square(b.lng - a.lng)
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)))
}
