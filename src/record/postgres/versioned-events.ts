import { writeChannel } from './write-objects.ts'

/**
 * A step of the migrations: each telling of an event takes the next version of the record, as a write does. The clock's
 * row is locked until the commit, so that versions become visible in their order (R1).
 *
 * A trigger gives the version, since a release before this one tells events beside it during a deploy, and says none. What
 * was told before gets versions of its own, in the order of its times: whoever watches from before the deploy hears it again.
 */
export const versionedEvents = `
  ALTER TABLE event ADD COLUMN version bigint, ADD COLUMN first_version bigint;
  UPDATE event e SET version = c.version + told.place, first_version = c.version + told.place
    FROM record_clock c, (SELECT ctid, row_number() OVER (ORDER BY last_at, ctid) AS place FROM event) told
    WHERE e.ctid = told.ctid;
  UPDATE record_clock SET version = version + (SELECT count(*) FROM event);
  ALTER TABLE event ALTER COLUMN version SET NOT NULL, ALTER COLUMN first_version SET NOT NULL;
  CREATE INDEX event_by_version ON event (version);

  CREATE FUNCTION version_event_1() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE record_clock SET version = version + 1 RETURNING version INTO NEW.version;
    IF TG_OP = 'INSERT' THEN NEW.first_version := NEW.version; END IF;
    PERFORM pg_notify('${writeChannel}', NEW.version::text);
    RETURN NEW;
  END $$;
  CREATE TRIGGER version_event BEFORE INSERT OR UPDATE ON event FOR EACH ROW EXECUTE FUNCTION version_event_1();
`
