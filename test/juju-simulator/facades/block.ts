import {JujuFault} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import type {BlockType} from '../world/model.ts'

/** `juju disable-command` and `enable-command`. What is wrong comes as an item's error, without items. */
export const block: Facade = {
  List: {need: 'read', runOnModel: list},
  SwitchBlockOn: {
    need: 'write',
    writes: true,
    goParams: 'BlockSwitchParams',
    runOnModel: (context, params) =>
      switched(params, type => context.model.blocks.set(type, textOf(params, 'message'))),
  },
  SwitchBlockOff: {
    need: 'write',
    writes: true,
    goParams: 'BlockSwitchParams',
    runOnModel: (context, params) => switched(params, type => context.model.blocks.delete(type)),
  },
}

const types: readonly BlockType[] = ['BlockDestroy', 'BlockRemove', 'BlockChange']

function list({model}: ModelContext): object {
  const results = [...model.blocks].map(([type, message], index) => ({
    result: {id: String(index), tag: `model-${model.uuid}`, type, message},
  }))
  return {results}
}

function switched(params: Params, change: (type: BlockType) => void): object {
  const wanted = textOf(params, 'type')
  const type = types.find(known => known === wanted)
  if (type === undefined) return {error: new JujuFault(`unknown block type "${wanted}"`).item}
  change(type)
  return {}
}
