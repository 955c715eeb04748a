import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.*;
import org.apache.kafka.streams.processor.internals.InternalTopicConfig;
import org.apache.kafka.streams.processor.internals.InternalTopicManager;
import org.apache.kafka.streams.processor.internals.InternalTopologyBuilder;
import org.apache.kafka.streams.processor.internals.RepartitionTopics;
import org.apache.kafka.streams.processor.internals.TopologyMetadata;
import org.apache.kafka.streams.processor.internals.assignment.CopartitionedTopicsEnforcer;

/** What the leader of a group refuses when it sees how many partitions the topics have. */
final class Partitions {
  private static final Serde<String> S = Serdes.String();

  private static KStream<String, String> read(StreamsBuilder b, String topic) {
    return b.stream(topic, Consumed.with(S, S));
  }

  private static KStream<String, String> behind(StreamsBuilder b, String topic, String name) {
    return read(b, topic).repartition(Repartitioned.<String, String>as(name));
  }

  private static KStream<String, String> behind(StreamsBuilder b, String topic, String name, int partitions) {
    return read(b, topic).repartition(Repartitioned.<String, String>as(name).withNumberOfPartitions(partitions));
  }

  private static KTable<String, String> table(StreamsBuilder b, String topic) {
    return b.table(topic, Consumed.with(S, S));
  }

  private static final JoinWindows windows = JoinWindows.ofTimeDifferenceWithNoGrace(Refusals.ms(10));

  static void add() {
    start("streams of 3 and 4 partitions and no repartition topic at all", Map.of("a", 3, "c", 4), b ->
        read(b, "a").join(read(b, "c"), (v, w) -> v, windows).to("out"));
    start("streams of 3 and 4 partitions", Map.of("a", 3, "c", 4, "e", 1), b -> {
      read(b, "a").join(read(b, "c"), (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("streams of 3 and 3 partitions", Map.of("a", 3, "c", 3, "e", 1), b -> {
      read(b, "a").join(read(b, "c"), (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a left join of streams", Map.of("a", 3, "c", 4, "e", 1), b -> {
      read(b, "a").leftJoin(read(b, "c"), (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("an outer join of streams", Map.of("a", 5, "c", 4, "e", 1), b -> {
      read(b, "a").outerJoin(read(b, "c"), (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a stream and a table", Map.of("a", 3, "t", 4, "e", 1), b -> {
      read(b, "a").join(table(b, "t"), (v, w) -> v).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a stream and a global table", Map.of("a", 3, "g", 4, "e", 1), b -> {
      read(b, "a").join(b.<String, String>globalTable("g"), (k, v) -> k, (v, w) -> v).to("out");
      behind(b, "e", "x").to("out");
    });
    start("two tables", Map.of("t", 3, "u", 4, "e", 1), b -> {
      table(b, "t").join(table(b, "u"), (v, w) -> v).toStream().to("out");
      behind(b, "e", "x").to("out");
    });
    start("two tables by a foreign key", Map.of("t", 3, "u", 4), b ->
        table(b, "t").join(table(b, "u"), v -> v, (v, w) -> v).toStream().to("out"));
    start("three tables, two equal", Map.of("t", 3, "u", 3, "w", 4, "e", 1), b -> {
      table(b, "t").join(table(b, "u"), (v, w) -> v).join(table(b, "w"), (v, w) -> v).toStream().to("out");
      behind(b, "e", "x").to("out");
    });
    start("a stream and two tables that differ", Map.of("a", 3, "t", 3, "u", 6, "e", 1), b -> {
      read(b, "a").join(table(b, "t"), (v, w) -> v).join(table(b, "u"), (v, w) -> v).to("out");
      behind(b, "e", "x").to("out");
    });
    start("merged streams that differ, joined with one", Map.of("a", 3, "b", 4, "c", 3, "e", 1), b -> {
      read(b, "a").merge(read(b, "b")).join(read(b, "c"), (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("merged streams that differ", Map.of("a", 3, "b", 4, "e", 1), b -> {
      read(b, "a").merge(read(b, "b")).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a source of two topics that differ, joined", Map.of("a", 3, "b", 4, "c", 3, "e", 1), b -> {
      b.stream(List.of("a", "b"), Consumed.with(S, S)).join(read(b, "c"), (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a source of two topics that differ, counted", Map.of("a", 3, "b", 4, "e", 1), b -> {
      b.stream(List.of("a", "b"), Consumed.with(S, S)).groupByKey().count();
      behind(b, "e", "x").to("out");
    });
    start("a cogroup of topics that differ", Map.of("a", 3, "b", 4, "e", 1), b -> {
      read(b, "a").groupByKey().<String>cogroup((k, v, all) -> v).cogroup(read(b, "b").groupByKey(), (k, v, all) -> v)
          .aggregate(() -> "", Materialized.with(S, S));
      behind(b, "e", "x").to("out");
    });
    start("a cogroup of streams with other keys", Map.of("a", 3, "b", 4), b ->
        read(b, "a").groupBy((k, v) -> v, Grouped.as("g")).<String>cogroup((k, v, all) -> v)
            .cogroup(read(b, "b").groupBy((k, v) -> v, Grouped.as("h")), (k, v, all) -> v).aggregate(() -> "", Materialized.with(S, S)));
    start("a repartition topic of 5 joined with a topic of 3", Map.of("a", 3, "c", 3), b ->
        behind(b, "a", "x", 5).join(read(b, "c"), (v, w) -> v, windows).to("out"));
    start("a topic of 3 joined with a repartition topic of 5", Map.of("a", 3, "c", 3), b ->
        read(b, "c").join(behind(b, "a", "x", 5), (v, w) -> v, windows).to("out"));
    start("a repartition topic of 3 joined with a topic of 3", Map.of("a", 1, "c", 3), b ->
        behind(b, "a", "x", 3).join(read(b, "c"), (v, w) -> v, windows).to("out"));
    start("a repartition topic joined with a topic of 3", Map.of("a", 7, "c", 3), b ->
        behind(b, "a", "x").join(read(b, "c"), (v, w) -> v, windows).to("out"));
    start("a repartition topic of 5 joined with a table of 3", Map.of("a", 3, "t", 3), b ->
        behind(b, "a", "x", 5).join(table(b, "t"), (v, w) -> v).to("out"));
    start("a table behind a repartition topic of 5 joined with one of 3", Map.of("a", 3, "t", 3), b ->
        behind(b, "a", "x", 5).toTable().join(table(b, "t"), (v, w) -> v).toStream().to("out"));
    start("a repartition topic of 5 joined with topics that differ", Map.of("a", 3, "c", 3, "d", 4), b ->
        behind(b, "a", "x", 5).join(read(b, "c"), (v, w) -> v, windows).join(read(b, "d"), (v, w) -> v, windows).to("out"));
    start("repartition topics of 3 and any", Map.of("a", 5, "c", 7), b ->
        behind(b, "a", "x", 3).join(behind(b, "c", "y"), (v, w) -> v, windows).to("out"));
    start("repartition topics of any and any", Map.of("a", 5, "c", 7), b ->
        behind(b, "a", "x").join(behind(b, "c", "y"), (v, w) -> v, windows).to("out"));
    start("repartition topics of 3, 4 and any, cogrouped", Map.of("a", 5, "c", 7, "d", 9), b ->
        behind(b, "a", "x", 3).groupByKey().<String>cogroup((k, v, all) -> v).cogroup(behind(b, "c", "y", 4).groupByKey(), (k, v, all) -> v)
            .cogroup(behind(b, "d", "z").groupByKey(), (k, v, all) -> v).aggregate(() -> "", Materialized.with(S, S)));
    start("repartition topics of 3 and 4 merged and joined with any", Map.of("a", 5, "c", 7, "d", 9), b ->
        behind(b, "a", "x", 3).merge(behind(b, "c", "y", 4)).join(behind(b, "d", "z"), (v, w) -> v, windows).to("out"));
    start("a join by a foreign key of tables behind repartition topics", Map.of("a", 5, "c", 7), b ->
        behind(b, "a", "x", 3).toTable().join(behind(b, "c", "y", 4).toTable(), v -> v, (v, w) -> v).toStream().to("out"));
    start("a stream joined with itself", Map.of("a", 3, "e", 1), b -> {
      KStream<String, String> s = read(b, "a");
      s.join(s, (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("two joins that both differ", Map.of("a", 3, "c", 4, "t", 5, "u", 5, "e", 1), b -> {
      read(b, "a").join(read(b, "c"), (v, w) -> v, windows).to("out");
      table(b, "t").join(table(b, "u"), (v, w) -> v).toStream().to("out");
      behind(b, "e", "x").to("out");
    });
    start("a repartition topic of 5 with a table of 3, and one that another task reads", Map.of("a", 2, "t", 3, "c", 2), b -> {
      behind(b, "a", "x", 5).join(table(b, "t"), (v, w) -> v).to("out");
      behind(b, "c", "y", 4).groupByKey().count();
    });
    start("a stream counted by another key and joined with a table of 6", Map.of("a", 3, "t", 6), b ->
        read(b, "a").groupBy((k, v) -> v, Grouped.as("g")).reduce((v, w) -> w, Materialized.with(S, S))
            .join(table(b, "t"), (v, w) -> v).toStream().to("out"));
    start("a pattern that fits topics that differ, joined", Map.of("la", 3, "lb", 4, "c", 3, "e", 1), b -> {
      b.stream(Pattern.compile("l."), Consumed.with(S, S)).join(read(b, "c"), (v, w) -> v, windows).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a pattern that fits equal topics, joined with one that differs", Map.of("la", 4, "lb", 4, "t", 3, "e", 1), b -> {
      b.stream(Pattern.compile("l."), Consumed.with(S, S)).join(table(b, "t"), (v, w) -> v).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a pattern that fits equal topics, joined with an equal one", Map.of("la", 3, "lb", 3, "t", 3, "e", 1), b -> {
      b.stream(Pattern.compile("l."), Consumed.with(S, S)).join(table(b, "t"), (v, w) -> v).to("out");
      behind(b, "e", "x").to("out");
    });
    start("a topic that two patterns fit", Map.of("ab", 3, "e", 1), b -> {
      b.stream(Pattern.compile("a.*"), Consumed.with(S, S)).to("out");
      b.stream(Pattern.compile(".*b"), Consumed.with(S, S)).to("out");
    });
  }

  private static void start(String name, Map<String, Integer> partitions, Refusals.Build build) {
    String title = "at start: " + name;
    Refusals.partitions.put(title, new java.util.TreeMap<>(partitions));
    Refusals.cases.put(title, () -> {
      StreamsBuilder builder = new StreamsBuilder();
      build.in(builder);
      try {
        setUp(builder.build(Refusals.config), partitions);
      } catch (RuntimeException error) {
        throw error;
      } catch (Exception error) {
        throw new IllegalStateException(error);
      }
    });
  }

  private static void setUp(Topology topology, Map<String, Integer> partitions) throws Exception {
    StreamsConfig config = new StreamsConfig(Refusals.config);
    java.lang.reflect.Field field = Topology.class.getDeclaredField("internalTopologyBuilder");
    field.setAccessible(true);
    TopologyMetadata metadata = new TopologyMetadata((InternalTopologyBuilder) field.get(topology), config);
    metadata.buildAndRewriteTopology();
    if (metadata.usesPatternSubscription()) {
      java.lang.reflect.Method learn =
          TopologyMetadata.class.getDeclaredMethod("addSubscribedTopicsFromMetadata", Set.class, String.class);
      learn.setAccessible(true);
      try {
        learn.invoke(metadata, partitions.keySet(), "");
      } catch (java.lang.reflect.InvocationTargetException error) {
        throw (RuntimeException) error.getCause();
      }
    }
    InternalTopicManager maker = new InternalTopicManager(Time.SYSTEM, null, config) {
      @Override
      public Set<String> makeReady(Map<String, InternalTopicConfig> topics) {
        return topics.keySet();
      }
    };
    new RepartitionTopics(metadata, maker, new CopartitionedTopicsEnforcer(""), clusterOf(partitions), "").setup();
  }

  private static Cluster clusterOf(Map<String, Integer> partitions) {
    Node node = new Node(0, "none", 1);
    List<PartitionInfo> infos = new ArrayList<>();
    partitions.forEach((topic, count) -> {
      for (int partition = 0; partition < count; partition++)
        infos.add(new PartitionInfo(topic, partition, node, new Node[] {node}, new Node[] {node}));
    });
    return new Cluster("cluster", List.of(node), infos, Set.of(), Set.of());
  }
}
