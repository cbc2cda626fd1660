import { Reflector } from '@nestjs/core';
import type { Right } from './rights.ts';

/** The right a route asks for; on a controller: the right to read it. A route that names none is closed to everybody. */
export const Needs = Reflector.createDecorator<Right>();
