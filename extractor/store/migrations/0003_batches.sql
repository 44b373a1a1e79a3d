-- Batches of requests and what became of each line (extractor/run/batch).

create table batch (
    id integer primary key,
    run_id integer not null,         -- that submitted it
    endpoint text not null, model text not null,
    input_file_id text not null,     -- the endpoint's name for what was uploaded
    batch_id text,                   -- the endpoint's name for it; null: perhaps not made
    status text not null,            -- as the endpoint calls it; before that, uploaded
    reason text,                     -- why not every line was answered
    requests integer not null,
    completed integer not null default 0, failed integer not null default 0,
    without text not null,           -- what was left out of its requests, apart by spaces
    submitted_at real not null,
    read_at real                     -- when all its answers were in the cache
);
create table batch_line (
    batch integer not null,
    request_key text not null,       -- and its `custom_id`
    number integer not null,         -- of the line in the file, from 1
    work_key text not null,
    kind text not null,              -- the question: "quotes"
    outcome text check (outcome in ( -- null: nothing is known of it yet
        'answered',
        'failed',                    -- asked again
        'refused',                   -- asking again will not mend it
        'adapted',                   -- refused for a parameter; asked again without it
        'queue'                      -- the account took no more; asked again
    )),
    reason text,
    input_tokens integer not null default 0, output_tokens integer not null default 0,
    cost_usd real,
    primary key (batch, request_key)
) without rowid;
create index batch_line_of_work on batch_line (work_key);
