-- a copy of a database must not remove the objects of the original
UPDATE fs_storage SET autovacuum_gc = false;
