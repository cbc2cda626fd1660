/** What a route needs of the server's reply beyond its answer: a header. */
export interface Reply {
  header(name: string, value: string | string[]): unknown;
}
