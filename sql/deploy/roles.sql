-- Deploy tierclose:roles to pg
--
-- Three roles without login; grant them to the users who act in them. Roles belong to the whole
-- server, so another database may already have made them.

begin;

set local search_path = pg_catalog, pg_temp;

do $$
declare
    name text;
begin
    foreach name in array array['tierclose_job', 'tierclose_auditor', 'tierclose_service'] loop
        begin
            if not exists (select from pg_roles r where r.rolname = name) then
                execute format('create role %I nologin', name);
            end if;
        exception
            -- Another database's deployment was faster.
            when duplicate_object or unique_violation then
                null;
        end;
    end loop;
    -- Only a member of a role may give it a table. A superuser is a member of every role.
    if not pg_has_role(current_user, 'tierclose_job', 'member') then
        grant tierclose_job to current_user;
    end if;
end
$$;

-- tierclose_job runs the close: reads loyalty, writes only tierclose. It may delete nothing, and
-- of what was published it may only change the marks that say what became of it.
grant usage on schema loyalty to tierclose_job;
grant select on all tables in schema loyalty to tierclose_job;
grant usage, create on schema tierclose to tierclose_job;
grant select on all tables in schema tierclose to tierclose_job;
grant insert on
    tierclose.config,
    tierclose.program,
    tierclose.run,
    tierclose.published,
    tierclose.superseded,
    tierclose.run_level,
    tierclose.level_change,
    tierclose.coupon_grant,
    tierclose.anomaly,
    tierclose.anomaly_count,
    tierclose.restatement
    to tierclose_job;
grant update on tierclose.program, tierclose.run, tierclose.published to tierclose_job;
grant update (superseded_by) on tierclose.level_change to tierclose_job;
grant update (lapsed, revoked_by, overgranted_by) on tierclose.coupon_grant to tierclose_job;

-- Attaching and dropping partitions takes the owner of the table. The views read it with the rights
-- of their owner, who is somebody else now.
alter table tierclose.standing owner to tierclose_job;
grant select on tierclose.standing to current_user;

-- tierclose_auditor reads everything and writes nothing. The partitions of the standings are read
-- through their parent.
grant usage on schema loyalty, tierclose to tierclose_auditor;
grant select on all tables in schema loyalty, tierclose to tierclose_auditor;

-- tierclose_service is for the shop: what it shows to a member.
grant usage on schema tierclose to tierclose_service;
grant select on tierclose.member_center, tierclose.coupon_grants to tierclose_service;

-- A view calls its functions with the rights of its reader.
grant execute on function
    tierclose.today_in(text),
    tierclose.grant_status(boolean, boolean, date, date)
    to tierclose_job, tierclose_auditor, tierclose_service;
grant execute on function tierclose.today() to tierclose_job, tierclose_auditor;

commit;
