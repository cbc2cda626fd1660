import 'reflect-metadata';

export type AnyClass = new () => object;
/** Named late, so that classes may name each other. */
export type ClassOf = () => AnyClass;

const KEY = Symbol('nested class');

/** Says which class the property's object, or each entry of its list, belongs to. */
export function NestedClass(of: ClassOf): PropertyDecorator {
  return Reflect.metadata(KEY, of);
}

/** The class of a property's nested objects; `undefined` for a property that holds none. */
export function nestedClassOf(owner: AnyClass, property: string): AnyClass | undefined {
  const of = Reflect.getMetadata(KEY, owner.prototype as object, property) as ClassOf | undefined;
  return of?.();
}
