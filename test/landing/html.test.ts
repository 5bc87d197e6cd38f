import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { html, joined } from '../../src/landing/html.ts'

describe('the html tag', () => {
  it('escapes text in elements and attributes', () => {
    const text = `<b>"Tom" & 'Ann'</b>`

    assert.equal(
      String(html`<p title="${text}">${text}</p>`),
      '<p title="&lt;b&gt;&quot;Tom&quot; &amp; &#39;Ann&#39;&lt;/b&gt;">&lt;b&gt;&quot;Tom&quot; &amp; &#39;Ann&#39;&lt;/b&gt;</p>',
    )
  })

  it('does not escape its own markup again', () => {
    const inner = html`<b>${'a & b'}</b>`

    assert.equal(String(html`<i>${inner}</i>`), '<i><b>a &amp; b</b></i>')
  })

  it('joins lists, also lists in lists, and leaves out what is absent', () => {
    const items = [html`<li>1</li>`, [html`<li>2</li>`, '<']]

    assert.equal(String(html`${items}${undefined}${0}`), '<li>1</li><li>2</li>&lt;0')
  })

  it('puts a separator between contents, not around them', () => {
    assert.equal(String(joined(['<', html`<b>2</b>`, 3], ' & ')), '&lt; &amp; <b>2</b> &amp; 3')
    assert.equal(String(joined([], ', ')), '')
  })

  it('takes nothing for markup that only looks like it', () => {
    const forged = { toString: () => '<script>', text: '<script>' }

    assert.throws(() => {
      // @ts-expect-error the checker refuses it; a wrong cast would bring it here
      String(html`${forged}`)
    })
  })

  it('shows what cannot be seen', () => {
    const path = 'report\u202Efdp.exe\u0000'

    assert.equal(String(html`${path}`), 'report⟨U+202E⟩fdp.exe⟨U+0000⟩')
  })

  it('lets no text become markup', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '/', '\n', '\0'),
    })
    fc.assert(
      fc.property(hostile, (text) => {
        const inside = String(html`<p title="${text}">${text}</p>`).slice('<p title="'.length, -4)
        const [attribute, ...rest] = inside.split('">')

        assert.doesNotMatch(attribute ?? '', /[<>"']/)
        assert.doesNotMatch(rest.join('">'), /[<>"']/)
        assert.equal(rest.length, 1)
      }),
    )
  })
})
