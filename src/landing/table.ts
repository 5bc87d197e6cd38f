import { html, type Content, type Html } from './html.ts'
import { countInWords } from './quantity.ts'

/** Rows of one table on a page; the rest is in the record, which is the authority anyway. */
export const rowsShown = 200

export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => Content
  /** Numbers stand to the right, so that their places line up. */
  readonly isNumber?: boolean
}

export interface Table<Row> {
  readonly caption: string
  /** The first column names the row. */
  readonly columns: readonly Column<Row>[]
  /** What stands below a row over the whole width. */
  readonly below?: (row: Row) => Content
  readonly rows: readonly Row[]
  /** Where all rows are, when there are more than a page shows. */
  readonly wholeAt: string
}

/** A table that scrolls in its own box. Columns with nothing in them are left out. */
export function tableOf<Row>(table: Table<Row>): Html {
  const rows = table.rows.slice(0, rowsShown)
  const columns = table.columns
    .map((column, index) => ({
      ...column,
      index,
      cells: rows.map((row) => html`${column.cell(row)}`),
    }))
    .filter(({ index, cells }) => index === 0 || cells.some((cell) => String(cell).trim() !== ''))
  const heads = columns.map(
    ({ head, isNumber }) => html`<th scope="col" class="${classOf(isNumber)}">${head}</th>`,
  )
  const body = rows.map((row, place) => {
    const below = table.below?.(row)
    const cells = columns.map(({ index, isNumber, cells }) =>
      index === 0
        ? html`<th scope="row">${cells[place]}</th>`
        : html`<td class="${classOf(isNumber)}">${cells[place]}</td>`,
    )
    if (below === undefined)
      return html`<tr>
        ${cells}
      </tr>`
    return html`<tr class="parent">
        ${cells}
      </tr>
      <tr class="below">
        <td colspan="${columns.length}"><div>${below}</div></td>
      </tr>`
  })
  return html`<div class="scroll" role="region" aria-label="${table.caption}" tabindex="0">
      <table>
        <caption>
          ${table.caption}
        </caption>
        <thead>
          <tr>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>
    ${cutNote(table.rows.length, table.wholeAt)}`
}

/** Says how many of a long list are shown, and where the others are. */
export function cutNote(total: number, wholeAt: string): Content {
  if (total <= rowsShown) return undefined
  return html`<p class="note">
    The first ${rowsShown} of ${countInWords(total)} are shown; all of them are in
    <a href="${wholeAt}">record.json</a>.
  </p>`
}

function classOf(isNumber: boolean | undefined): string {
  return isNumber === true ? 'number' : 'text'
}
