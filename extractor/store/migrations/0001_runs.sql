-- The tables of a run: articles, the sources that hold them, runs, extractions with their records,
-- and the requests to a model. Times are seconds since 1970, UTC.

create table article (
    sha256 text primary key,         -- of the text, UTF-8
    source text not null,            -- where it was first read
    title text, outlet text, byline text, published text, url text, language text,
    characters integer not null,
    text not null,                   -- offsets count its code points
    meta text not null,              -- JSON: paragraphs, remarks of reading
    first_seen real not null
) without rowid;

create table source_seen (
    source text primary key,
    stamp text,                      -- size:mtime_ns:inode of a file; null: read it again
    article_sha256 text not null,
    first_run integer not null,      -- with `position` the order of the sheets
    position integer not null
) without rowid;

create table run (
    id integer primary key,
    started_at real not null,
    ended_at real,
    command text not null,           -- JSON: the arguments
    schema text not null, schema_sha256 text not null,
    model text, plan text, engine text not null,
    status text not null,            -- running | finished | stopped | broken
    reason text,                     -- why it did not finish
    counts text not null default '{}', -- JSON: done, failed, skipped, left
    calls integer not null default 0, cache_hits integer not null default 0,
    input_tokens integer not null default 0, output_tokens integer not null default 0,
    cost_usd real
);

create table extraction (
    id integer primary key,
    work_key text not null unique,   -- article, schema, prompt, model, plan, …: run/work.py
    article_sha256 text not null,
    schema text not null, schema_sha256 text not null,
    prompt text, prompt_sha256 text,
    model text, plan text, engine text not null,
    status text not null check (status in ('done', 'failed')),
    reason text, error_kind text,    -- of a failed one
    data blob,                       -- zlib of the JSON that `--format json` prints
    counts text,                     -- JSON: rows by kind, warnings, unaccounted
    calls integer not null, cache_hits integer not null,
    input_tokens integer not null, output_tokens integer not null,
    cost_usd real, seconds real not null,
    run_id integer not null,
    finished_at real not null
);
create index extraction_of_article on extraction (article_sha256, schema, status, finished_at);

create table record (
    id integer primary key,
    extraction_id integer not null,
    article_sha256 text not null,
    schema text not null,
    kind text not null,              -- "quotes"
    path text not null,              -- "quotes[3]", as in the JSON
    start integer, "end" integer,    -- of the evidence
    text text,                       -- the evidence
    confidence real,
    by_rules integer not null,       -- filled by the rules where a model left it
    row text not null                -- JSON
);
create index record_of_extraction on record (extraction_id);
create index record_of_evidence on record (article_sha256, schema, kind, start, "end");

create table run_item (
    run_id integer not null,
    position integer not null,
    source text not null,
    article_sha256 text,
    status text not null check (status in ('done', 'failed', 'skipped')),
    reason text, error_kind text,
    seconds real not null,
    primary key (run_id, position)
) without rowid;

create table call (
    id integer primary key,
    run_id integer not null,
    work_key text not null,
    request_key text not null,
    at real not null,
    kind text not null,              -- the question: "quotes"
    outcome text not null,           -- answered | the kind of failure
    input_tokens integer not null, output_tokens integer not null,
    cost_usd real, seconds real not null
);
create index call_of_run on call (run_id);

-- What the sheets show: of every source's present text the newest extraction by each schema.
create view current_extraction as
select s.source, s.first_run, s.position, e.id, e.article_sha256, e.schema, e.schema_sha256,
    e.model, e.plan, e.counts, e.calls, e.cost_usd, e.seconds, e.run_id, e.finished_at
    -- not `data`: Datasette shows no view that has a blob
from source_seen s
join extraction e on e.article_sha256 = s.article_sha256 and e.status = 'done'
where not exists (
    select 1 from extraction x
    where x.article_sha256 = e.article_sha256 and x.schema = e.schema and x.status = 'done'
        and (x.finished_at, x.id) > (e.finished_at, e.id)
);
