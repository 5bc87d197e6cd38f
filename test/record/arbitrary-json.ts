import * as fc from 'fast-check'
import type { JsonObject, JsonValue } from '../../src/record/strict-json.ts'

/** Any character except half ones, so also the control characters and those outside of the BMP. */
const text = fc.string({ unit: 'binary', maxLength: 12 })
const memberName = text.filter((name) => name !== '__proto__')

const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(memberName, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))

/** Any document of the profile of docs/format.md, section 2. */
export const arbitraryDocument: fc.Arbitrary<JsonObject> = fc.dictionary(memberName, value, {
  maxKeys: 6,
  noNullPrototype: true,
})

/** What makes a document another one, or none at all. */
const scraps = [
  String.raw`" \ \u \ud800 \u0041 { } [ ] , : / ' 0 1 - . e 00 -0 1.5 9007199254740993 null true`,
  String.raw`"a":1, "a":1,"a":1, "__proto__":1,`,
].flatMap((line) => line.split(' '))

const damage = fc.record({
  at: fc.nat(),
  removed: fc.nat({ max: 3 }),
  put: fc.constantFrom('', ' ', '\n', '\t', '\u0000', '\ufeff', '\u00a0', ...scraps),
})

/** JSON text of a document in which a few places were damaged; it may still be JSON. */
export const damagedText: fc.Arbitrary<string> = fc
  .tuple(arbitraryDocument, fc.array(damage, { maxLength: 3 }))
  .map(([document, damages]) =>
    damages
      .reduce((json, { at, removed, put }) => {
        const place = at % (json.length + 1)
        return json.slice(0, place) + put + json.slice(place + removed)
      }, JSON.stringify(document))
      .toWellFormed(),
  )
