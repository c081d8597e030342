import { slugOf } from '@throughline/contracts'
import { makeRandom, type Random } from './random.ts'

export interface Device {
  readonly anonymousId: string
  readonly kind: 'phone' | 'computer' | 'tablet'
  readonly userAgent: string
}

/** Somebody who visits the simulated shop: who they are and how they tend to behave. All invented; addresses are under example.com (RFC 2606). */
export interface Shopper {
  readonly index: number
  readonly userId: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly country: string
  readonly language: string
  /** IANA name. */
  readonly zone: string
  readonly devices: readonly Device[]
  readonly habits: Habits
}

/** Probabilities from 0 to 1 unless said otherwise. */
export interface Habits {
  readonly visitsPerWeek: number
  /** The hour of the day, local, around which most visits and most reading fall. */
  readonly peakHour: number
  readonly pagesPerVisit: number
  readonly favourites: readonly string[]
  readonly addsToCart: number
  readonly buysCart: number
  readonly joinsNewsletter: number
  readonly allowsTracking: boolean
  readonly opens: { readonly email: number; readonly inbox: number }
  readonly clicks: { readonly email: number; readonly inbox: number }
  readonly unsubscribes: number
  /** Their mail program loads pictures through a relay, whether they read or not. */
  readonly mailPrivacy: boolean
}

interface Region {
  readonly country: string
  readonly language: string
  readonly zones: readonly string[]
  readonly first: string
  readonly last: string
  readonly weight: number
}

const regions: readonly Region[] = [
  {
    country: 'DE',
    language: 'de',
    zones: ['Europe/Berlin'],
    weight: 22,
    first: 'Anna Lena Jonas Felix Marie Paul Clara Emil Greta Moritz Ida Theo',
    last: 'Brandt Keller Vogel Sommer Lorenz Busch Winter Hartmann Pohl Seidel',
  },
  {
    country: 'GB',
    language: 'en',
    zones: ['Europe/London'],
    weight: 16,
    first: 'Olivia Harry Amelia George Isla Arthur Freya Noah Poppy Alfie Imogen Rhys',
    last: 'Hughes Carter Bennett Shaw Reid Palmer Doyle Marsh Whitfield Okafor',
  },
  {
    country: 'FR',
    language: 'fr',
    zones: ['Europe/Paris'],
    weight: 14,
    first: 'Camille Louis Chloé Hugo Léa Jules Manon Adrien Zoé Bastien Élise',
    last: 'Moreau Lefèvre Girard Roux Fontaine Chevalier Blanc Mercier Perrin',
  },
  {
    country: 'NL',
    language: 'nl',
    zones: ['Europe/Amsterdam'],
    weight: 8,
    first: 'Sanne Daan Fleur Bram Lotte Thijs Noor Sem Iris Ruben',
    last: 'de-Vries Bakker Visser Smit Mulder Dekker Brouwer',
  },
  {
    country: 'SE',
    language: 'sv',
    zones: ['Europe/Stockholm'],
    weight: 6,
    first: 'Elsa Oskar Maja Viktor Alva Nils Astrid Hugo',
    last: 'Lindqvist Nyström Ekberg Hallgren Sandström',
  },
  {
    country: 'TR',
    language: 'tr',
    zones: ['Europe/Istanbul'],
    weight: 8,
    first: 'Elif Mert Zeynep Emre Defne Can Ece Kerem',
    last: 'Yıldız Aydın Kaplan Çelik Arslan Koç',
  },
  {
    country: 'US',
    language: 'en',
    zones: ['America/New_York', 'America/Chicago', 'America/Los_Angeles'],
    weight: 16,
    first: 'Emma Liam Ava Ethan Mia Lucas Harper Mateo Zoe Caleb Naomi',
    last: 'Nguyen Garcia Brooks Foster Ramirez Hayes Coleman Price',
  },
  {
    country: 'BR',
    language: 'pt',
    zones: ['America/Sao_Paulo'],
    weight: 5,
    first: 'Beatriz Lucas Larissa Rafael Júlia Thiago',
    last: 'Almeida Barbosa Cardoso Teixeira Moura',
  },
  {
    country: 'JP',
    language: 'ja',
    zones: ['Asia/Tokyo'],
    weight: 5,
    first: 'Yui Haruto Aoi Ren Sakura Sota',
    last: 'Tanaka Kobayashi Mori Hayashi Ishikawa',
  },
]

const agents: { readonly [K in Device['kind']]: string } = {
  phone: 'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  computer: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  tablet: 'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
}

/** Person number `index` of a seed: always the same one. */
export function makeShopper(seed: number, index: number, categories: readonly string[]): Shopper {
  const random = makeRandom(seed, 'shopper', index)
  const region = random.weighted(regions.map((each) => [each, each.weight] as const))
  const firstName = random.pick(region.first.split(' '))
  const lastName = random.pick(region.last.split(' ')).replace('-', ' ')
  const kinds = random.weighted<readonly Device['kind'][]>([
    [['phone'], 38],
    [['computer'], 20],
    [['phone', 'computer'], 30],
    [['phone', 'tablet'], 7],
    [['phone', 'computer', 'tablet'], 5],
  ])
  return {
    index,
    userId: `c-${10_000 + index}`,
    firstName,
    lastName,
    email: `${plain(firstName)}.${plain(lastName)}.${index}@example.com`,
    country: region.country,
    language: region.language,
    zone: random.pick(region.zones),
    devices: kinds.map((kind, place) => ({ anonymousId: `demo-${seed}-${index}-${place}`, kind, userAgent: agents[kind] })),
    habits: makeHabits(random, categories),
  }
}

function makeHabits(random: Random, categories: readonly string[]): Habits {
  // Most people come rarely and look around; a few come often and buy.
  const keen = random.next() ** 2
  const spread = (low: number, high: number) => low + (high - low) * random.next()
  const favourite = random.pick(categories)
  return {
    visitsPerWeek: 0.8 + 7 * keen,
    peakHour: random.weighted([
      [8, 2],
      [12, 3],
      [17, 2],
      [20, 6],
      [22, 3],
    ]),
    pagesPerVisit: spread(2.5, 7),
    favourites: [...new Set([favourite, random.pick(categories)])],
    addsToCart: spread(0.25, 0.55) + 0.1 * keen,
    buysCart: spread(0.15, 0.45) + 0.2 * keen,
    joinsNewsletter: spread(0.05, 0.3),
    allowsTracking: random.chance(0.72),
    opens: { email: spread(0.15, 0.65), inbox: spread(0.2, 0.8) },
    clicks: { email: spread(0.08, 0.4), inbox: spread(0.1, 0.45) },
    unsubscribes: random.chance(0.15) ? 0.08 : 0.005,
    mailPrivacy: random.chance(0.25),
  }
}

function plain(name: string): string {
  return slugOf(name, 60, '').replaceAll('-', '')
}
