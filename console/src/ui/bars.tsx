import styles from './bars.module.css'

interface BarsProps {
  readonly values: readonly { readonly at: number; readonly count: number }[]
  /** Says in a sentence what the picture shows. */
  readonly label: string
  /** The words of one bar, for its tooltip. */
  readonly words: (at: number, count: number) => string
}

const height = 72

/** A small bar chart, one bar a minute. The last bar is still growing and drawn lighter. */
export function Bars({ values, label, words }: BarsProps) {
  const most = Math.max(1, ...values.map((one) => one.count))
  const width = 100 / Math.max(1, values.length)
  return (
    <svg className={styles.chart} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <line x1="0" x2="100" y1={height - 0.5} y2={height - 0.5} className={styles.base} vectorEffect="non-scaling-stroke" />
      {values.map((one, index) => {
        const size = one.count === 0 ? 0 : Math.max(2, (one.count / most) * (height - 4))
        return (
          <g key={one.at}>
            <rect
              x={index * width + width * 0.12}
              width={width * 0.76}
              y={height - size}
              height={size}
              className={index === values.length - 1 ? styles.growing : styles.bar}
            />
            <rect x={index * width} width={width} y={0} height={height} fill="transparent">
              <title>{words(one.at, one.count)}</title>
            </rect>
          </g>
        )
      })}
    </svg>
  )
}
