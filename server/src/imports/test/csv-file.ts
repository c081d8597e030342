/** How a plain CSV file is read. */
export const csvFile = {
  format: 'csv',
  encoding: 'utf-8',
  delimiter: ',',
  header: true,
  decimalMark: '.',
  dateOrder: 'ymd',
  zone: 'UTC',
  currency: 'EUR',
} as const
