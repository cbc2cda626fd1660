import { useCatalogue } from '#contracts';
import { startEdgeApp } from '#edge';
import { loadCatalogueFrom, loadConfig, runApp } from '#runtime';
import { DistrictAdapterConfig } from './district-adapter.config.ts';
import { DistrictAdapterModule } from './district-adapter.module.ts';

await runApp({
  app: 'district-adapter',
  start: async (logger) => {
    const config = loadConfig(DistrictAdapterConfig);
    if (config.catalogueDir !== undefined) useCatalogue(await loadCatalogueFrom(config.catalogueDir));
    return startEdgeApp(DistrictAdapterModule.forRoot(config, logger), config, logger);
  },
});
