import assert from 'node:assert/strict'
import {charmOrigin, setCharm, type CharmOrigin} from '../../../../src/juju/charm-origin.ts'
import {addCharm, downloadInfo, resolveCharm} from '../../../../src/juju/charms.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {addPendingResources, listResources} from '../../../../src/juju/resources.ts'
import {parseCharmURL} from '../../../../src/juju/status.ts'
import {application, isRefused, podApplication, unit, type Check} from './world.ts'

const notFound = {name: 'JujuError', code: 'not found'}

/** A charm's URL without its revision: the newest is wanted. */
const unpinned = (url: string): string => url.replace(/-\d+$/, '')

/** An origin for one revision by number, wherever it was published: without id and hash, as Juju's own tools send it. */
function pinned(origin: CharmOrigin, revision: number): CharmOrigin {
  return {...origin, id: '', hash: '', revision}
}

/** The way of a refresh and back, as `juju refresh` goes it. */
export function charmChanges(check: Check): void {
  check(
    'Charmhub is asked through the controller for the newest revision of a channel, with read access',
    async world => {
      const {url, origin} = await charmOrigin(world.viewer, application)
      const newest = await resolveCharm(world.viewer, {url: unpinned(url), origin, switchCharm: false})
      assert.ok(parseCharmURL(newest.url).revision > parseCharmURL(url).revision, newest.url)
      assert.deepEqual([newest.origin.track, newest.origin.risk], ['14', 'stable'])
      assert.equal(newest.origin.base?.channel, '22.04/stable')
      assert.deepEqual(newest.supportedBases, [{name: 'ubuntu', channel: '22.04'}])
    },
  )

  check('what Charmhub does not know is an error in its own words', async world => {
    const {url, origin} = await charmOrigin(world.viewer, application)
    const nowhere = {...origin, id: '', hash: '', revision: undefined, track: '99'}
    await assert.rejects(
      resolveCharm(world.viewer, {url: unpinned(url), origin: nowhere, switchCharm: false}),
      /channel "14\/stable": available bases are: ubuntu@22\.04$/,
    )
    const ghost = {url: 'ch:amd64/no-such-charm', origin: {...nowhere, track: 'latest'}}
    await assert.rejects(resolveCharm(world.viewer, {...ghost, switchCharm: true}), /was not found in the Store$/)
    await assert.rejects(addCharm(world.operator, {...ghost, url: 'ch:amd64/no-such-charm-1'}), JujuError)
    await assert.rejects(addCharm(world.operator, {url: 'local:x-1', origin: {...origin, source: 'local'}}), JujuError)
  })

  check('Charmhub says where a charm can be fetched', async world => {
    const source = await charmOrigin(world.viewer, application)
    const found = await downloadInfo(world.viewer, {
      url: source.url,
      origin: pinned(source.origin, source.origin.revision ?? 0),
    })
    assert.match(found.url, /^https?:\/\//)
    assert.equal(found.origin.revision, source.origin.revision)
  })

  check(
    'an application is refreshed to the newest revision and back to the recorded one, and again without harm',
    async world => {
      const before = await charmOrigin(world.operator, application)
      const newest = await resolveCharm(world.operator, {
        url: unpinned(before.url),
        origin: before.origin,
        switchCharm: false,
      })
      const origin = await addCharm(world.operator, newest)
      await addCharm(world.operator, newest)
      assert.deepEqual([origin.id === '', origin.hash === '', origin.revision], [false, false, newest.origin.revision])
      const inspected = await world.viewer.charmInfo(newest.url)
      assert.deepEqual([inspected.revision, inspected.endpoints.has('s3-parameters')], [newest.origin.revision, true])

      const target = {application, url: newest.url, origin, channel: '14/stable'}
      for (const again of [false, true]) {
        await setCharm(world.operator, target)
        const now = await charmOrigin(world.viewer, application)
        assert.deepEqual([now.url, now.origin.revision], [newest.url, origin.revision], again ? 'again' : 'first')
      }
      await world.actionsCome(newest.url)
      await world.finished((await world.operator.enqueue({unit, action: 'list-backups', parameters: {}})).taskID)
      await setCharm(world.operator, {application, ...before, channel: '14/stable'})
      const after = await charmOrigin(world.viewer, application)
      assert.deepEqual(
        [after.url, after.origin.track, after.origin.risk],
        [before.url, before.origin.track, before.origin.risk],
      )
      assert.equal((await world.viewer.fullStatus()).applications.get(application)?.channel, '14/stable')
    },
  )

  check('a revision is added by its number', async world => {
    const {url, origin} = await charmOrigin(world.operator, application)
    const revision = (origin.revision ?? 0) + 10
    const wanted = {url: `${unpinned(url)}-${revision}`, origin: pinned(origin, revision)}
    assert.equal((await addCharm(world.operator, wanted)).revision, revision)
  })

  check('what Juju refuses to set is an error, and the charm stays', async world => {
    const source = await charmOrigin(world.operator, application)
    await assert.rejects(setCharm(world.operator, {application, ...source, url: 'ch:amd64/postgresql-99999'}), notFound)
    await assert.rejects(setCharm(world.operator, {application: 'ghost', ...source}), notFound)
    const halfKnown = {...source.origin, hash: ''}
    await assert.rejects(setCharm(world.operator, {application, url: source.url, origin: halfKnown}), JujuError)
    await assert.rejects(setCharm(world.viewer, {application, ...source}), isRefused)
    await assert.rejects(addCharm(world.viewer, source), isRefused)
    assert.equal((await charmOrigin(world.viewer, application)).url, source.url)
  })

  check('on Kubernetes a refresh brings its image with it', async world => {
    const pods = await world.connected('operator', world.juju.podsUUID)
    const before = await charmOrigin(pods, podApplication)
    const newest = await resolveCharm(pods, {url: unpinned(before.url), origin: before.origin, switchCharm: false})
    const origin = await addCharm(pods, newest)
    const {resources} = await pods.charmInfo(newest.url)
    const wanted = [...resources].map(
      ([name, {type, path}]) => ({name, type, path, origin: 'store', revision: -1}) as const,
    )
    assert.deepEqual(
      wanted.map(({name}) => name),
      ['postgresql-image'],
    )
    const request = {application: podApplication, url: newest.url, origin}
    const [pending = ''] = await addPendingResources(pods, {...request, resources: wanted})
    await setCharm(pods, {...request, channel: '14/stable', resourceIDs: {'postgresql-image': pending}})
    assert.equal((await charmOrigin(pods, podApplication)).url, newest.url)
    const {application: images} = await listResources(pods, podApplication)
    assert.deepEqual(
      images.map(image => [image.name, image.origin]),
      [['postgresql-image', 'store']],
    )
  })
}
