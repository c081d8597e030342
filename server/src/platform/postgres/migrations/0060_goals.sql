-- Goals are counted by their number in the journey, whether people leave by them or stay. Until now a journey had one, and all left by it.
insert into edge_counts (shard, journey_id, version, edge, n)
select shard, journey_id, version, 'goal:0', n from edge_counts where edge = 'left:goal';
