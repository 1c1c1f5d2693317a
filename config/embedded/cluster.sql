-- The roles and the database of Candor, for psql as the superuser of a new PostgreSQL (17.6 or newer).
-- The embedded server and docker-compose.yml both run this file; running it again changes nothing but the
-- passwords. It reads CANDOR_OWNER_PASSWORD, CANDOR_APP_PASSWORD and CANDOR_BACKUP_PASSWORD.
\set ON_ERROR_STOP on
\getenv owner_password CANDOR_OWNER_PASSWORD
\getenv app_password CANDOR_APP_PASSWORD
\getenv backup_password CANDOR_BACKUP_PASSWORD
SET client_min_messages = warning;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['candor_owner', 'candor_app', 'candor_backup', 'candor_public', 'candor_service', 'candor_score'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END
$$;

-- The owner migrates and makes test databases; it is the only one that can change a table.
ALTER ROLE candor_owner LOGIN CREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
-- The program logs in as this one, which owns nothing; the other three are scopes it steps into.
ALTER ROLE candor_app LOGIN NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE candor_public NOLOGIN NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
ALTER ROLE candor_service NOLOGIN NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
ALTER ROLE candor_score NOLOGIN NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
GRANT candor_public, candor_service, candor_score TO candor_app WITH INHERIT FALSE, SET TRUE;
-- Backups see every row, which pg_dump as the owner does not, and change none.
ALTER ROLE candor_backup LOGIN NOCREATEDB NOCREATEROLE NOSUPERUSER BYPASSRLS PASSWORD :'backup_password';
GRANT pg_read_all_data TO candor_backup;

SELECT 'CREATE DATABASE candor OWNER candor_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'candor') \gexec
REVOKE CREATE, TEMPORARY ON DATABASE candor FROM PUBLIC;

\connect candor
ALTER SCHEMA public OWNER TO candor_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO candor_app, candor_public, candor_service, candor_score, candor_backup;
