import { dockerAnswers } from './docker.ts';
import { aptIsHere, installWithApt } from './install-with-apt.ts';
import { SERVER_NAMES, type ServerName } from './server-kind.ts';
import { SERVER_KINDS, type Servers } from './servers.ts';
import { sourceOf, type Source } from './source-of-server.ts';

/** Sees to it that each server can be started: installs what is missing, or turns to Docker, or says exactly what a person must run. */
export async function provideServers(servers: Servers, say: (line: string) => void, names: readonly ServerName[] = SERVER_NAMES): Promise<void> {
  const missing = names.filter((name) => sourceHere(name, false) === 'nowhere' || sourceHere(name, false) === 'apt');
  if (missing.length === 0) return;
  const toInstall = missing.filter((name) => sourceHere(name, false) === 'apt');
  if (toInstall.length > 0) return installWithApt(toInstall.map((name) => SERVER_KINDS[name].debianPackage), say);
  if (!(await dockerAnswers())) throw new Error(advice(missing));
  say(`本机没有 ${missing.map((name) => SERVER_KINDS[name].title).join('、')}，改由 Docker 运行……`);
  for (const name of missing) servers.viaDocker.add(name);
}

function sourceHere(name: ServerName, hasDocker: boolean): Source {
  const kind = SERVER_KINDS[name];
  return sourceOf({
    configured: Boolean(process.env[kind.envName]), hasBinaries: kind.findBinaries() !== null,
    isRoot: process.getuid?.() === 0, hasApt: aptIsHere(), hasDocker,
  });
}

function advice(missing: readonly ServerName[]): string {
  const kinds = missing.map((name) => SERVER_KINDS[name]);
  const install = aptIsHere()
    ? `运行 sudo apt-get install -y --no-install-recommends ${kinds.map((kind) => kind.debianPackage).join(' ')}`
    : `安装它们，或启动 Docker`;
  return `本机没有 ${kinds.map((kind) => kind.title).join('、')}。请${install}；或者把环境变量 ${kinds.map((kind) => kind.envName).join('、')} 指向已有的服务，然后再试`;
}
