-- Why a message is not sent any more, although it was decided: its journey's goal or end came before it went out. The
-- sender, who alone knows whether it is on its way already, makes it cancelled.
alter table messages add column called_back text;

-- When the present worker took the shard, epoch ms: what came in before may still have to be heard.
alter table shards add column leased_at bigint not null default 0;
