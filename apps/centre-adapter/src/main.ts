import { useCatalogue } from '#contracts';
import { startEdgeApp } from '#edge';
import { loadCatalogueFrom, loadConfig, runApp } from '#runtime';
import { CentreAdapterConfig } from './centre-adapter.config.ts';
import { CentreAdapterModule } from './centre-adapter.module.ts';

await runApp({
  app: 'centre-adapter',
  start: async (logger) => {
    const config = loadConfig(CentreAdapterConfig);
    if (config.catalogueDir !== undefined) useCatalogue(await loadCatalogueFrom(config.catalogueDir));
    return startEdgeApp(CentreAdapterModule.forRoot(config, logger), config, logger);
  },
});
