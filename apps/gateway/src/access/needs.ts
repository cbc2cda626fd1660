import { Reflector } from '@nestjs/core';
import type { Right } from './rights.ts';

/** What a route asks for: a right; `login`, which is being somebody and no more; or `nothing`, which is for coming in at all. */
export type Need = Right | 'login' | 'nothing';

/** On a route: what it asks for; on a controller: what reading it asks for. A route that names nothing is closed to everybody. */
export const Needs = Reflector.createDecorator<Need>();
