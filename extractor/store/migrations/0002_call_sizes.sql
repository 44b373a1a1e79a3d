-- How large each request was, and what an article has cost in all runs.

-- How large a request was, so that what comes can be estimated by what was. 0: not known.
alter table call add column round integer not null default 0; -- 1 asked, 2… went back
alter table call add column question_characters integer not null default 0; -- of round 1
alter table call add column characters integer not null default 0; -- with what went back

-- What every article has cost by now, in whatever runs; unanswered requests cost nothing.
create view article_cost as
select e.article_sha256, e.schema, e.model, e.plan, e.status, count(*) as calls,
    sum(c.input_tokens) as input_tokens, sum(c.output_tokens) as output_tokens,
    case when count(c.cost_usd) = sum(c.outcome = 'answered') then sum(c.cost_usd) end
        as cost_usd,
    count(distinct c.run_id) as runs
from call c join extraction e on e.work_key = c.work_key
group by e.id;
create index call_of_work on call (work_key);
