/** Lets go of the servers; they end unless another test run or a person still holds them. */
export default async function tearDown() {
  await globalThis.jiujinServers?.release();
}
