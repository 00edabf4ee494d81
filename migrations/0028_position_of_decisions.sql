-- The register says where in the log each decision was taken, so that a sample can be drawn as of a checkpoint. Rows that
-- older code has made do not say it until they have been made anew beside; it goes on feeding them meanwhile.
DELETE FROM read.builds WHERE model = 'decisions';
DELETE FROM read_next.positions WHERE model = 'decisions';
DELETE FROM read_next.parked WHERE model = 'decisions';
DROP TABLE IF EXISTS read_next.decisions;
ALTER TABLE read.decisions ADD COLUMN position bigint;
