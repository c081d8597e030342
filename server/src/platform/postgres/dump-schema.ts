import type { Db } from './pool.ts'

// One row per thing, already as the SQL that makes it; order and spelling come from the catalog alone, so that the same
// schema gives the same text on every server of ours. Partitions made at run time are left out: they follow from their parent.
const QUERY = `
with own as (
  select c.oid, c.relname, c.relkind, c.reloptions, c.relpersistence
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and not c.relispartition
    and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
),
columns as (
  select a.attrelid, string_agg(
    '  ' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attcollation <> t.typcollation then ' collate ' || quote_ident((select collname from pg_collation where oid = a.attcollation)) else '' end
      || case when a.attstorage <> t.typstorage then ' storage ' || case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end else '' end
      || case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' else '' end
      || case when a.attgenerated <> '' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ')'
              when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
      || case when a.attnotnull then ' not null' else '' end,
    E',\\n' order by a.attnum) as text
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped
  group by a.attrelid
)
select 1 as rank, t.typname::text as name, '' as part,
  'create type ' || quote_ident(t.typname) || ' as enum (' || string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) || ');' as sql
from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'public'::regnamespace group by t.typname
union all
select 2, o.relname, '0', 'create ' || case o.relpersistence when 'u' then 'unlogged ' else '' end || 'table ' || quote_ident(o.relname) || E' (\\n' || c.text || E'\\n)'
  || coalesce(' partition by ' || pg_get_partkeydef(o.oid), '') || coalesce(' with (' || array_to_string(o.reloptions, ', ') || ')', '') || ';'
from own o join columns c on c.attrelid = o.oid where o.relkind in ('r', 'p')
union all
select case k.contype when 'f' then 6 else 2 end, o.relname, '1' || case k.contype when 'p' then '0' when 'u' then '1' else '2' end || k.conname,
  'alter table ' || quote_ident(o.relname) || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) || ';'
from own o join pg_constraint k on k.conrelid = o.oid where o.relkind in ('r', 'p') and k.contype <> 'n' and k.conparentid = 0
union all
select 2, o.relname, '2' || i.relname, pg_get_indexdef(x.indexrelid) || ';'
from own o join pg_index x on x.indrelid = o.oid join pg_class i on i.oid = x.indexrelid
where o.relkind in ('r', 'p') and not exists (select 1 from pg_constraint k where k.conindid = x.indexrelid)
union all
select 2, o.relname, '3' || g.tgname, pg_get_triggerdef(g.oid) || ';'
from own o join pg_trigger g on g.tgrelid = o.oid where not g.tgisinternal
union all
select 3, o.relname, '', 'create view ' || quote_ident(o.relname) || E' as\\n' || pg_get_viewdef(o.oid, true)
from own o where o.relkind = 'v'
union all
select 4, o.relname, '', 'create sequence ' || quote_ident(o.relname) || ';'
from own o where o.relkind = 'S' and not exists (select 1 from pg_depend d where d.objid = o.oid and d.deptype in ('a', 'i'))
union all
select 5, p.proname, pg_get_function_identity_arguments(p.oid), pg_get_functiondef(p.oid) || ';'
from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
  and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
order by 1, 2, 3`

/** Writes down the schema as it stands in the database, as SQL that a person can read and compare. */
export async function dumpSchema(db: Db): Promise<string> {
  const { rows } = await db.query<{ rank: number; name: string; sql: string }>(QUERY)
  const head = '-- The schema that the migrations add up to. Written by `npm run schema`; `npm run check:schema` compares it.\n'
  let last = ''
  const parts = rows
    .filter((row) => row.name !== 'schema_migrations')
    .map((row) => {
      const place = `${row.rank} ${row.name}`
      const gap = place === last ? '' : '\n'
      last = place
      return gap + row.sql.trimEnd() + '\n'
    })
  return head + parts.join('')
}
