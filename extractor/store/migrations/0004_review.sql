-- The review of records: claims, decisions, and what waits to be brought into line with them.

-- What analysts decide on the records, see extractor/review. JSON is in the store's own form.
create table claim (                 -- a row of a sheet as an analyst decides on it
    number integer primary key,
    id text not null unique,         -- 16 hexadecimal digits; never changes
    article_sha256 text not null,    -- the text that it stands in now
    schema text not null,
    kind text not null,              -- "quotes"
    start integer, "end" integer,    -- of the evidence; null: rests on nothing, or is lost
    content text,                    -- hash of a row that rests on nothing: its identity
    ordinal integer not null,        -- of several rows on one evidence
    origin text not null check (origin in ('machine', 'candidate', 'analyst')),
    extraction_id integer, path text, -- where the machine says it
    confidence real, by_rules integer not null default 0,
    warnings text not null default '[]', -- JSON: [[code, message], …] of the extraction
    found integer not null,          -- 1: the newest extraction has it
    anchored text not null default 'exact' check (anchored in ('exact', 'moved', 'lost')),
    anchor_sha256 text not null,     -- the text that it was last found in, and where
    anchor_start integer, anchor_end integer,
    version integer not null default 0, -- counts what changed for a reviewer: stale writes
    -- what follows is derived from the above and the decisions: review/standing.py
    status text not null default 'open'
        check (status in ('open', 'accepted', 'corrected', 'rejected', 'later')),
    decision integer not null default 0, -- the latest one that stands
    lapsed integer not null default 0, -- one that stood until its words were lost
    reviewer text, decided_at real,
    differs integer not null default 0, -- the machine says otherwise than when it was decided
    queued integer not null default 1, -- 0: nobody needs to see it any more
    risk real not null default 0,
    flags text not null default '',  -- words with a blank before and after each
    speaker text, outlet text, published text, model text, -- to filter by; model: or "rules"
    text text,                       -- the evidence, as the row that stands has it
    "row" text,                      -- JSON: what stands now
    proposal text                    -- JSON: what the machine says now
);
-- Hold all that is filtered by, in the order of the queue, and of its counts by value: to find
-- what is on a page or in the filter bar nothing else is read.
create index claim_queue on claim (risk desc, number, schema, kind, status, outlet, published,
    speaker, reviewer, model, flags, queued) where queued = 1;
create index claim_facets on claim (schema, kind, status, model, reviewer, flags, outlet,
    speaker, published, queued) where queued = 1;
create index claim_of_article on claim (article_sha256, start, number);

create table decision (              -- append-only
    id integer primary key autoincrement,
    claim_id text not null,
    at real not null,
    reviewer text not null,
    action text not null check (action in
        ('accept', 'correct', 'reject', 'later', 'undo', 'add', 'settle')),
    before text, after text,         -- JSON: the row that stood, and that stands by it
    machine text,                    -- JSON: what the machine said at that moment
    reason text check (reason in ('not_a_quotation', 'wrong_speaker', 'wrong_span',
        'duplicate', 'out_of_scope', 'other')),
    note text,
    seen integer not null,           -- the version that the reviewer saw
    pass integer not null default 1 check (pass in (1, 2)), -- 2: blind second review
    undoes integer,                  -- the decision that it takes back
    article_sha256 text not null,    -- the text that the places are of
    start integer, "end" integer,
    exact text, prefix text, suffix text -- the words there, and 32 code points around them
);
create index decision_of_claim on decision (claim_id);
create index decision_of_reviewer on decision (reviewer, id);
create trigger decision_is_new before insert on decision
when exists (select 1 from decision where id = new.id) begin
    select raise(abort, 'decisions are never replaced');
end;
create trigger decision_stays before update on decision begin
    select raise(abort, 'decisions are never changed');
end;
create trigger decision_is_kept before delete on decision begin
    select raise(abort, 'decisions are never deleted');
end;

create table proposal (              -- everything that a machine ever said of a claim
    id integer primary key,
    claim_id text not null,
    extraction_id integer not null,
    at real not null,
    article_sha256 text not null,    -- the text that the places are of
    "row" text,                      -- JSON; null: it was not found again
    confidence real, model text, engine text, prompt_sha256 text
);
create index proposal_of_claim on proposal (claim_id);

create table draft (                 -- edits that are not saved yet
    claim_id text not null,
    reviewer text not null,
    "row" text not null,             -- JSON: whatever the page keeps
    at real not null,
    primary key (claim_id, reviewer)
) without rowid;

create table saved_view (
    name text primary key,
    filter text not null,            -- JSON
    reviewer text,
    at real not null
) without rowid;

-- What the review has not looked at yet, noted by whoever writes.
create table review_due (
    number integer primary key,
    article_sha256 text not null,
    schema text not null,
    unique (article_sha256, schema)
);
create table text_change (           -- a source held one text, later another
    old_sha256 text not null,
    new_sha256 text not null,
    primary key (new_sha256, old_sha256)
) without rowid;
create index source_of_article on source_seen (article_sha256);

create trigger extraction_is_due after insert on extraction when new.status = 'done' begin
    insert into review_due (article_sha256, schema) select new.article_sha256, new.schema
        where not exists (select 1 from review_due
            where article_sha256 = new.article_sha256 and schema = new.schema);
end;
create trigger extraction_is_due_again after update on extraction when new.status = 'done' begin
    insert into review_due (article_sha256, schema) select new.article_sha256, new.schema
        where not exists (select 1 from review_due
            where article_sha256 = new.article_sha256 and schema = new.schema);
end;
create trigger source_is_due after insert on source_seen begin
    insert into review_due (article_sha256, schema) select distinct e.article_sha256, e.schema
        from extraction e where e.article_sha256 = new.article_sha256 and e.status = 'done'
        and not exists (select 1 from review_due d
            where d.article_sha256 = e.article_sha256 and d.schema = e.schema);
end;
create trigger source_has_changed after update on source_seen
when old.article_sha256 <> new.article_sha256 begin
    insert into text_change (old_sha256, new_sha256) select old.article_sha256,
        new.article_sha256 where not exists (select 1 from text_change
            where old_sha256 = old.article_sha256 and new_sha256 = new.article_sha256);
    insert into review_due (article_sha256, schema) select distinct e.article_sha256, e.schema
        from extraction e where e.article_sha256 = new.article_sha256 and e.status = 'done'
        and not exists (select 1 from review_due d
            where d.article_sha256 = e.article_sha256 and d.schema = e.schema);
end;

insert into review_due (article_sha256, schema) select s.article_sha256, e.schema
    from source_seen s join extraction e on e.article_sha256 = s.article_sha256
        and e.status = 'done'
    group by s.article_sha256, e.schema order by min(s.first_run * 1000000000 + s.position);
