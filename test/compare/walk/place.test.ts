import { describe, expect, it } from 'vitest'
import { deeply } from '../../../src/compare/comparator.ts'
import { type Place, rootPlace } from '../../../src/compare/walk/place.ts'

describe('places in documents', () => {
  it('are found once and then remembered', () => {
    const root = rootPlace([{ at: ['a', '*', 'b'], comparator: undefined }])
    const place = (): Place => root.member('a').element(7).member('b')
    expect(place()).toBe(place())
    expect([place().path, place().ignored]).toEqual(['/a/*/b', true])
    expect(root.member('a').element(8)).toBe(root.member('a').element(9))
  })

  it('are remembered up to a cap, whatever is sent, and beyond it are the same to whoever asks', () => {
    const root = rootPlace([{ at: ['*', 'id'], comparator: undefined }])
    const first = Array.from({ length: 20_000 }, (_, i) => root.member(`k${i}`))
    const again = Array.from({ length: 20_000 }, (_, i) => root.member(`k${i}`))
    const remembered = first.filter((place, i) => place === again[i]).length
    expect(remembered).toBeGreaterThan(1000)
    expect(remembered).toBeLessThanOrEqual(5000)
    for (const i of [0, 19_999]) {
      expect([again[i]!.path, again[i]!.member('id').ignored, again[i]!.member('name').ignored, again[i]!.ignoresBelow]).toEqual([`/k${i}`, true, false, true])
    }
  })

  it('of members are the same by their layout as by their names, and remembered no further', () => {
    const root = rootPlace([{ at: ['*', 'id'], comparator: undefined }])
    for (let i = 0; i < 10_000; i++) {
      const keys = Array.from({ length: 3 }, (_, key) => `k${(i + key) % 7000}`)
      const layout = root.layout(keys)
      expect(layout.isMap).toBe(false)
      for (const at of keys.keys()) expect(root.memberOf(layout, at).path).toBe(`/${keys[at]}`)
    }
    const keys = ['k6999', 'k1']
    const layout = root.layout(keys)
    expect(root.layout([...keys])).toBe(layout)
    expect(root.layout(['k1', 'k6999'])).not.toBe(layout)
    const [full] = [0, 1].map((at) => root.memberOf(root.layout(keys), at))
    expect(root.memberOf(root.layout(keys), 0)).not.toBe(full) // it came when no more were remembered
  })

  it('of a map are those of elements, also by their layout', () => {
    const root = rootPlace([])
    const layout = root.layout(['2026-11-27', 'x'])
    expect([layout.isMap, root.memberOf(layout, 0).path, root.memberOf(layout, 1)]).toEqual([true, '/*', root.element('x')])
  })

  it('are not remembered deeper than paths are reported', () => {
    let [place, twin] = [rootPlace([]), rootPlace([])]
    twin = place
    for (let i = 0; i < 150; i++) [place, twin] = [place.member('abc'), twin.member('abc')]
    expect(place.path.length).toBe(600)
    expect(place.path).toBe(twin.path)
    expect(place).not.toBe(twin)
  })

  it('have the names of members escaped, and no name for elements', () => {
    const root = rootPlace([])
    expect([root.member('a/b~c').path, root.element('a/b').path, root.element(3).element(4).path]).toEqual(['/a~1b~0c', '/*', '/*/*'])
  })

  it('take the first rule that fits, be it one that ignores them', () => {
    const [wide, narrow] = [deeply(() => true), deeply(() => false)]
    const root = rootPlace([{ at: ['b'], comparator: undefined }, { at: ['*'], comparator: wide }, { at: ['a'], comparator: narrow }, { at: ['c'], comparator: undefined }])
    expect([root.member('a').comparator, root.member('b').comparator, root.member('c').comparator]).toEqual([wide, undefined, wide])
    expect([root.member('a').ignored, root.member('b').ignored, root.member('c').ignored]).toEqual([false, true, false])
  })

  it('know the key by which elements belong together, and take a longer rule for what is in them', () => {
    const inner = deeply(() => true)
    const root = rootPlace([{ at: ['items'], comparator: { key: ['id'] } }, { at: ['items', '*', 'name'], comparator: inner }])
    const items = root.member('items')
    expect([items.elementKey, items.comparator, items.ignored, items.element('*').member('name').comparator]).toEqual([['id'], undefined, false, inner])
  })
})
