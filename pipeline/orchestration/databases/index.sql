INSERT INTO secondary_indexes (name, migration_completed) VALUES ('asset_key_table', CURRENT_TIMESTAMP);
INSERT INTO secondary_indexes (name, migration_completed) VALUES ('asset_key_index_columns', CURRENT_TIMESTAMP);
