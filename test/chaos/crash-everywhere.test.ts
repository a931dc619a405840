import {test} from 'node:test'
import assert from 'node:assert/strict'
import * as stories from './stories.ts'
import {playWithEach, type Story} from './story.ts'

/** The charms, each of which meets both Jujus in one story or another; what differs between two of a family does not depend on Juju. */
const all: readonly Story[] = [
  ...(['3.6.14', '4.0.12'] as const).flatMap(profile => [
    stories.backup({charm: 'postgresql-16', profile}),
    stories.backup({charm: 'mysql-8.0', profile}),
    stories.backup({charm: 'mongodb-6', profile}),
  ]),
  stories.storedBackup({charm: 'postgresql-k8s-16', profile: '3.6.14'}),
  stories.storedBackup({charm: 'mysql-k8s-8.0', profile: '4.0.12'}),
  stories.forcedCancel('postgresql-16'),
]

const ids = 'S1.5 S2.11'
/** A story that met fewer of them did not take place. */
const fewest = 8

for (const story of all) {
  const {name, charm, profile} = story
  for (const kind of ['killed before', 'killed after'] as const)
    test(`${ids} ${name} of ${charm} on Juju ${profile}: ${kind} every effect in turn, the story ends the same, once`, async () => {
      const points = await playWithEach(story, kind, 'effects')
      assert.ok(points >= fewest, `only ${points} effects were met; the story has more`)
    })
  for (const kind of ['reply lost', 'reply late'] as const)
    test(`${ids} ${name} of ${charm} on Juju ${profile}: each ${kind} in turn, the story ends the same, once`, async () => {
      const points = await playWithEach(story, kind, 'effects')
      assert.ok(points >= fewest, `only ${points} replies were met; the story has more`)
    })
}
