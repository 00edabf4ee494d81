// Makes Emmett's tables once, before any writer starts.
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';

const store = getPostgreSQLEventStore(process.argv[2]);
await store.schema.migrate();
await store.close();
process.exit(0);
