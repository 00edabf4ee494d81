-- The Merkle log: a leaf for each fact in the order of positions, and the nodes above, in tiles of 256 hashes. A tile of
-- level n holds nodes of level 8 n of the tree (RFC 9162); those between are made of them when they are asked for.
CREATE TABLE ledger.tiles (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    number bigint NOT NULL CHECK (number >= 0),
    first_position bigint CHECK ((first_position IS NULL) = (level > 0)),
    hashes bytea NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
);
-- Hashes do not compress.
ALTER TABLE ledger.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX tiles_by_position ON ledger.tiles (first_position) WHERE level = 0;

CREATE TABLE ledger.tree (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    size bigint NOT NULL CHECK (size >= 0),
    position bigint NOT NULL CHECK (position >= 0)
);
INSERT INTO ledger.tree (size, position) VALUES (0, 0);

-- Both only grow.
CREATE FUNCTION ledger.refuse_other_tile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.level, NEW.number) <> (OLD.level, OLD.number) OR NEW.first_position IS DISTINCT FROM OLD.first_position
        OR substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'a tile of the Merkle log only grows: %/%', OLD.level, OLD.number;
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION ledger.refuse_smaller_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < OLD.size OR NEW.position < OLD.position THEN
        RAISE EXCEPTION 'the Merkle log only grows';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_other_tile BEFORE UPDATE ON ledger.tiles
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_other_tile();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON ledger.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_smaller_tree BEFORE UPDATE ON ledger.tree
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_smaller_tree();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON ledger.tree
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.tiles ENABLE ALWAYS TRIGGER refuse_other_tile;
ALTER TABLE ledger.tiles ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.tree ENABLE ALWAYS TRIGGER refuse_smaller_tree;
ALTER TABLE ledger.tree ENABLE ALWAYS TRIGGER refuse_change;
GRANT SELECT, INSERT, UPDATE ON ledger.tiles TO smoe_app;
GRANT SELECT, UPDATE ON ledger.tree TO smoe_app;
