import { BRIDGE_PROGRAMS } from '../../local/programs/plans.ts';

/** The two stand-ins for the world outside. */
export const SIDES = ['platform', 'centre'] as const;
export type Side = (typeof SIDES)[number];

/** The hall whose system knows no key again: whatever is sent to it a second time has a second effect. It is asked first. */
export const FORGETFUL_HALL = '410203';

/** Two of each of the bridge's programs. */
export const INSTANCES = BRIDGE_PROGRAMS.flatMap((name) => [name, `${name}-2`] as const);
export type Instance = (typeof INSTANCES)[number];
