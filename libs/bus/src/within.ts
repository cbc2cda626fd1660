/** What `work` comes to, but not later than after `ms` milliseconds. @throws Error with the text when that is not soon enough; the work goes on unheard */
export async function within<T>(ms: number, work: Promise<T>, text: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${text} (${ms} ms)`)), ms);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
