import certificateTypes from '../../data/certificate-types.json' with { type: 'json' };
import halls from '../../data/halls.json' with { type: 'json' };
import items from '../../data/items.json' with { type: 'json' };
import { parseCatalogue } from './parse-catalogue.ts';
import type { Catalogue } from './parse-catalogue.ts';

let active: Catalogue | undefined;

/** The catalogue in force: the one {@link useCatalogue} was given, else the packaged data (the notice's 28 items and four halls). */
export function catalogue(): Catalogue {
  active ??= packagedCatalogue();
  return active;
}

/** Puts a catalogue in force for the whole process; called once at start, before the first message. */
export function useCatalogue(chosen: Catalogue): void {
  active = chosen;
}

/** The catalogue the project ships with. */
export function packagedCatalogue(): Catalogue {
  return parseCatalogue({ items, halls, certificateTypes });
}
