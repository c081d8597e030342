/** An article of the simulated shop; all of them are invented. Prices in euro cents. */
export interface Product {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly priceMinor: number
}

export const shop = { name: 'Alder & Finch', site: 'https://alder-finch.example', currency: 'EUR' } as const

const shelves: { readonly [category: string]: readonly (readonly [name: string, priceMinor: number])[] } = {
  Kitchen: [
    ['Enamel kettle "Brook"', 4900],
    ['Oak chopping board', 3450],
    ['Cast-iron pan 26 cm', 6900],
    ['Set of four linen tea towels', 2400],
    ['Salt mill, walnut', 3900],
    ['Storage jars, set of three', 2950],
    ['Stoneware mixing bowl', 2790],
    ['Kitchen scales "Feather"', 4450],
  ],
  Table: [
    ['Dinner plate "Dune"', 1650],
    ['Soup bowl "Dune"', 1450],
    ['Espresso cups, pair', 1990],
    ['Water carafe 1 l', 2890],
    ['Cutlery for six, brushed steel', 11900],
    ['Linen tablecloth 140 × 250', 7900],
    ['Wine glasses, set of four', 3600],
  ],
  Bedroom: [
    ['Washed linen duvet cover', 12900],
    ['Wool blanket "Hearth"', 9900],
    ['Feather pillow 50 × 70', 4500],
    ['Bedside lamp "Moth"', 5900],
    ['Percale fitted sheet', 4900],
    ['Alarm clock, beech', 3400],
  ],
  Bath: [
    ['Waffle towel 70 × 140', 2900],
    ['Olive soap, bar of 200 g', 890],
    ['Bath mat, cork', 3900],
    ['Bathrobe, one size', 7900],
    ['Soap dish, soapstone', 1890],
  ],
  Garden: [
    ['Hand trowel, ash handle', 1990],
    ['Watering can 5 l, zinc', 3490],
    ['Seed tin "First Year"', 1650],
    ['Terracotta pot 24 cm', 1290],
    ['Folding chair, acacia', 7900],
    ['Lantern, powder-coated', 3890],
    ['Herb scissors', 1790],
  ],
  Office: [
    ['Notebook A5, dotted', 1450],
    ['Desk lamp "Heron"', 8900],
    ['Pen pot, stoneware', 1690],
    ['Wall calendar, letterpress', 2400],
    ['Felt desk mat', 3900],
  ],
  Children: [
    ['Wooden train, seven pieces', 3900],
    ['Picture book "The Fox Next Door"', 1690],
    ['Night light "Hedgehog"', 2990],
    ['Building blocks, beech, 50 pieces', 4490],
    ['Rain cape, yellow', 3490],
  ],
}

export const categories: readonly string[] = Object.keys(shelves)

export const products: readonly Product[] = Object.entries(shelves).flatMap(([category, rows], shelf) =>
  rows.map(([name, priceMinor], index) => ({ id: `AF-${shelf + 1}${String(index + 1).padStart(2, '0')}`, name, category, priceMinor })),
)

/** Where an article stands in the shop. */
export function productUrl(product: Product): string {
  return `${shop.site}/p/${product.id.toLowerCase()}`
}
