import { html, type Html } from './html.ts'

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A size for people, for example `3.7 KiB`. */
export function sizeInWords(bytes: number): string {
  let value = bytes
  let unit = 0
  // 1023.95 and more would be printed as 1024 of the smaller unit.
  while (value >= 1023.95 && unit < byteUnits.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 ? value.toFixed(0) : value.toFixed(value < 99.95 ? 1 : 0)
  return `${digits} ${byteUnits[unit]}`
}

/** A size for people, with the exact number of bytes behind it. */
export function sizeOf(bytes: number): Html {
  return html`<span title="${countInWords(bytes)} bytes">${sizeInWords(bytes)}</span>`
}

/** A count with the thousands set apart. */
export function countInWords(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 blob`, `12,000 blobs`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${countInWords(count)} ${count === 1 ? singular : plural}`
}

/** A duration for people, in its two largest units: `850 ms`, `4.2 s`, `3 min 7 s`, `2 h 5 min`. */
export function durationInWords(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min')
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h')
}

/** A duration for people, with the exact number of milliseconds behind it. */
export function durationOf(ms: number): Html {
  return html`<span title="${countInWords(ms)} ms">${durationInWords(ms)}</span>`
}

/** A time in UTC to the second. */
export function timeOf(time: string): Html {
  const words = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`
  return html`<time datetime="${time}">${words}</time>`
}

/** The day of a time, with the whole time behind it. */
export function dayOf(time: string): Html {
  return html`<time datetime="${time}" title="${time}">${time.slice(0, 10)}</time>`
}

function twoUnits(total: number, size: number, large: string, small: string): string {
  const rest = total % size
  const first = `${Math.floor(total / size)} ${large}`
  return rest === 0 ? first : `${first} ${rest} ${small}`
}
