import { parseTransfer } from '../../points/parse-change.js';
import type { Resolvers } from '../generated.js';
import { applyChange } from './apply-change.js';
import { asked, fieldOf, settled } from './points-field.js';
import { toTransferPayload } from './points-payload.js';

export const resolvers: Pick<Resolvers, 'Mutation'> = {
  Mutation: {
    transferPoints: async (_source, { input }, context) =>
      await settled(fieldOf(context, 'Mutation.transferPoints'), async () =>
        toTransferPayload(await applyChange(context, parseTransfer(input, asked(context.request.principal)))),
      ),
  },
};
