import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.*;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Topologies that cannot be, and the words with which Kafka Streams refuses each. test/runtime/graph/refusals.test.ts has their twins. */
public class Refusals {
  interface Build {
    void in(StreamsBuilder builder);
  }

  interface Wire {
    void in(Topology topology);
  }

  static final Map<String, Runnable> cases = new LinkedHashMap<>();
  static final Properties config = new Properties();
  /** Of the cases that need topics: how many partitions each has. */
  static final Map<String, Map<String, Integer>> partitions = new LinkedHashMap<>();

  static void dsl(String name, Build build) {
    cases.put(name, () -> {
      StreamsBuilder builder = new StreamsBuilder();
      build.in(builder);
      builder.build(config).describe();
    });
  }

  /** Names are demanded (KIP-1111), and what the name of the case says has none. */
  static void unnamed(String name, Build build) {
    Properties explicit = new Properties();
    explicit.putAll(config);
    explicit.put("ensure.explicit.internal.resource.naming", "true");
    cases.put("names are demanded: " + name, () -> {
      StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(explicit)));
      build.in(builder);
      builder.build(explicit);
    });
  }

  static void topology(String name, Wire wire) {
    cases.put(name, () -> {
      Topology topology = new Topology();
      wire.in(topology);
      topology.describe();
    });
  }

  static final ProcessorSupplier<Object, Object, Object, Object> nothing = () -> new Processor<>() {
    public void process(Record<Object, Object> record) {}
  };

  static StoreBuilder<KeyValueStore<String, String>> store(String name) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.String());
  }

  static Duration ms(long value) {
    return Duration.ofMillis(value);
  }

  public static void main(String[] arguments) throws Exception {
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());
    config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());

    dsl("two processors of one name", b -> {
      KStream<String, String> s = b.stream("a");
      s.filter((k, v) -> true, Named.as("x"));
      s.filter((k, v) -> true, Named.as("x"));
    });
    dsl("a sink named as a processor", b -> {
      KStream<String, String> s = b.stream("a");
      s.filter((k, v) -> true, Named.as("x")).to("b", Produced.as("x"));
    });
    dsl("an empty name", b -> b.<String, String>stream("a").filter((k, v) -> true, Named.as("")));
    dsl("a name with a space", b -> b.<String, String>stream("a").filter((k, v) -> true, Named.as("a b")));
    dsl("a name of 250 letters", b -> b.<String, String>stream("a").filter((k, v) -> true, Named.as("x".repeat(250))));
    dsl("a name of two dots", b -> b.<String, String>stream("a").filter((k, v) -> true, Named.as("..")));
    dsl("a store with an illegal name", b -> b.<String, String>stream("a").groupByKey().count(Materialized.as("a b")));
    dsl("no topic", b -> b.stream(Collections.emptyList()));
    dsl("overlapping topics", b -> {
      b.stream(List.of("a", "b"));
      b.stream(List.of("b", "c"));
    });
    dsl("two offset resets for one topic", b -> {
      b.stream("a", Consumed.with(AutoOffsetReset.earliest()));
      b.stream("a", Consumed.with(AutoOffsetReset.latest()));
    });
    dsl("a topic that is a global table, too", b -> {
      b.globalTable("a", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("g"));
      b.stream("a");
    });
    dsl("a store that was not added", b -> b.<Object, Object>stream("a").process(nothing, "missing"));
    dsl("two stores of one name", b -> {
      b.addStateStore(store("s"));
      b.addStateStore(store("s"));
    });
    dsl("two tables of one store name", b -> {
      b.table("a", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("s"));
      b.table("b", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("s"));
    });
    dsl("a global store named by its reader", b -> {
      b.globalTable("g", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("g-store"));
      b.<Object, Object>stream("a").process(nothing, "g-store");
    });
    dsl("tumbling windows of size 0", b -> TimeWindows.ofSizeWithNoGrace(ms(0)));
    dsl("tumbling windows of a negative size", b -> TimeWindows.ofSizeWithNoGrace(ms(-1)));
    dsl("a negative grace", b -> TimeWindows.ofSizeAndGrace(ms(10), ms(-1)));
    dsl("an advance of 0", b -> TimeWindows.ofSizeWithNoGrace(ms(10)).advanceBy(ms(0)));
    dsl("an advance beyond the size", b -> TimeWindows.ofSizeWithNoGrace(ms(10)).advanceBy(ms(11)));
    dsl("sessions without a gap", b -> SessionWindows.ofInactivityGapWithNoGrace(ms(0)));
    dsl("sessions with a negative grace", b -> SessionWindows.ofInactivityGapAndGrace(ms(1), ms(-1)));
    dsl("sliding windows of a negative difference", b -> SlidingWindows.ofTimeDifferenceWithNoGrace(ms(-1)));
    dsl("sliding windows of difference 0", b -> SlidingWindows.ofTimeDifferenceWithNoGrace(ms(0)));
    dsl("a join within a negative difference", b -> JoinWindows.ofTimeDifferenceWithNoGrace(ms(-1)));
    dsl("a join with a negative grace", b -> JoinWindows.ofTimeDifferenceAndGrace(ms(1), ms(-1)));
    dsl("a join whose window ends before it begins", b -> JoinWindows.ofTimeDifferenceWithNoGrace(ms(10)).before(ms(-20)));
    dsl("window close of a table without windows", b ->
        b.<String, String>table("a").suppress((Suppressed) Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())).toStream().to("b"));
    dsl("a join with grace of a table that is not versioned", b -> {
      KTable<String, String> t = b.table("t", Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("t-store"));
      b.<String, String>stream("a").join(t, (v, w) -> v, Joined.<String, String, String>with(Serdes.String(), Serdes.String(), Serdes.String(), "j", ms(10))).to("b");
    });
    dsl("a grace longer than a table's history", b -> {
      KTable<String, String> t = b.table("t", Materialized.as(Stores.persistentVersionedKeyValueStore("t-store", ms(5))));
      b.<String, String>stream("a").join(t, (v, w) -> v, Joined.<String, String, String>with(Serdes.String(), Serdes.String(), Serdes.String(), "j", ms(10))).to("b");
    });
    dsl("a negative history", b -> Stores.persistentVersionedKeyValueStore("s", ms(-1)));
    dsl("a versioned global table", b ->
        b.globalTable("a", Materialized.<String, String>as(Stores.persistentVersionedKeyValueStore("s", ms(5)))));
    dsl("a repartition topic of 0 partitions", b ->
        b.<String, String>stream("a").repartition(Repartitioned.<String, String>numberOfPartitions(0)).to("b"));
    dsl("a table with an illegal topic", b -> b.<String, String>stream("a").to("b c"));

    topology("a topic of two sources", t -> t.addSource("one", "a").addSource("two", "a"));
    topology("a parent that is not there", t -> t.addProcessor("p", nothing, "nobody"));
    topology("a parent of itself", t -> t.addProcessor("p", nothing, "p"));
    topology("a sink as a parent", t -> t.addSource("s", "a").addSink("k", "b", "s").addProcessor("p", nothing, "k"));
    topology("a processor without parents", t -> t.addProcessor("p", nothing));
    topology("a source of no topic", t -> t.addSource("s", new String[0]));
    topology("two nodes of one name", t -> t.addSource("s", "a").addProcessor("s", nothing, "s"));
    topology("a store for a processor that is not there", t -> t.addStateStore(store("st"), "nobody"));
    topology("a store connected to a source", t -> t.addSource("s", "a").addStateStore(store("st"), "s"));
    topology("a store connected to a sink", t -> t.addSource("s", "a").addSink("k", "b", "s").addStateStore(store("st"), "k"));
    topology("a connection to no store", t -> t.addSource("s", "a").addProcessor("p", nothing, "s").connectProcessorAndStateStores("p"));
    topology("a connection to a store that is not there", t -> t.addSource("s", "a").addProcessor("p", nothing, "s").connectProcessorAndStateStores("p", "missing"));
    topology("a pattern that matches another source's topic", t -> t.addSource("one", "abc").addSource("two", java.util.regex.Pattern.compile("a.*")));

    topology("a topic that another source’s pattern matches", t -> t.addSource("two", java.util.regex.Pattern.compile("a.*")).addSource("one", "abc"));

    unnamed("an aggregation and a join of streams", b -> {
      KStream<String, String> s = b.stream("a");
      s.selectKey((k, v) -> v).groupByKey().count().toStream().to("b");
      s.join(b.<String, String>stream("c"), (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10))).to("d");
    });
    unnamed("a store without a changelog", b ->
        b.<String, String>stream("a").groupByKey().count(Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>with(Serdes.String(), Serdes.Long()).withLoggingDisabled()).toStream().to("b"));
    unnamed("nothing, since all have names", b ->
        b.<String, String>stream("a").selectKey((k, v) -> v).groupByKey(Grouped.as("g")).count(Materialized.as("c")).toStream().to("b"));
    unnamed("nothing, for a name that looks like Kafka's own", b ->
        b.<String, String>stream("a").groupByKey().count(Materialized.as("KSTREAM-MINE-0000000001")).toStream().to("b"));
    unnamed("nothing, for a repartition topic whose name looks so", b ->
        b.<String, String>stream("a").repartition(Repartitioned.as("KSTREAM-MINE-0000000001")).to("b"));
    unnamed("a repartition topic", b -> b.<String, String>stream("a").repartition().to("b"));
    unnamed("a repartition topic before a named store", b ->
        b.<String, String>stream("a").selectKey((k, v) -> v).groupByKey().count(Materialized.as("c")).toStream().to("b"));
    unnamed("a store behind a named repartition topic", b ->
        b.<String, String>stream("a").selectKey((k, v) -> v).groupByKey(Grouped.as("g")).count().toStream().to("b"));
    unnamed("a repartition topic that nobody needs", b ->
        b.<String, String>stream("a").groupByKey().count(Materialized.as("c")).toStream().to("b"));
    unnamed("a reduction", b -> b.<String, String>stream("a").groupByKey().reduce((v, w) -> w).toStream().to("b"));
    unnamed("windows", b -> b.<String, String>stream("a").groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10))).count());
    unnamed("sliding windows", b -> b.<String, String>stream("a").groupByKey().windowedBy(SlidingWindows.ofTimeDifferenceWithNoGrace(ms(10))).count());
    unnamed("sessions", b -> b.<String, String>stream("a").groupByKey().windowedBy(SessionWindows.ofInactivityGapWithNoGrace(ms(10))).count());
    unnamed("a table that nobody reads", b -> b.table("a"));
    unnamed("a table as a stream", b -> b.<String, String>table("a").toStream().to("b"));
    unnamed("two tables that are joined", b ->
        b.<String, String>table("a").join(b.<String, String>table("b"), (v, w) -> v).toStream().to("c"));
    unnamed("the outcome of a join, with named tables", b -> {
      KTable<String, String> l = b.table("a", Materialized.as("l"));
      KTable<String, String> r = b.table("b", Materialized.as("r"));
      l.join(r, (v, w) -> v, Materialized.with(Serdes.String(), Serdes.String())).toStream().to("c");
    });
    unnamed("a table that is filtered", b -> b.<String, String>table("a", Materialized.as("l")).filter((k, v) -> true).toStream().to("c"));
    unnamed("a table that is filtered into a store", b ->
        b.<String, String>table("a", Materialized.as("l")).filter((k, v) -> true, Materialized.with(Serdes.String(), Serdes.String())).toStream().to("c"));
    unnamed("a table whose values are mapped", b -> b.<String, String>table("a", Materialized.as("l")).mapValues(v -> v).toStream().to("c"));
    unnamed("a table whose values are mapped into a store", b ->
        b.<String, String>table("a", Materialized.as("l")).mapValues(v -> v, Materialized.with(Serdes.String(), Serdes.String())).toStream().to("c"));
    unnamed("a table whose values are transformed into a store", b ->
        b.<String, String>table("a", Materialized.as("l")).transformValues(() -> new ValueTransformerWithKey<String, String, String>() {
          public void init(org.apache.kafka.streams.processor.ProcessorContext context) {}
          public String transform(String k, String v) { return v; }
          public void close() {}
        }, Materialized.with(Serdes.String(), Serdes.String())).toStream().to("c"));
    unnamed("a table that is grouped anew", b ->
        b.<String, String>table("a", Materialized.as("l")).groupBy((k, v) -> KeyValue.pair(v, k), Grouped.with(Serdes.String(), Serdes.String())).count().toStream().to("c"));
    unnamed("a table that is grouped anew by a name", b ->
        b.<String, String>table("a", Materialized.as("l")).groupBy((k, v) -> KeyValue.pair(v, k), Grouped.with("g", Serdes.String(), Serdes.String())).count().toStream().to("c"));
    unnamed("a table of a stream", b -> b.<String, String>stream("a").toTable().toStream().to("b"));
    unnamed("a table of a stream with another key", b -> b.<String, String>stream("a").selectKey((k, v) -> v).toTable().toStream().to("b"));
    unnamed("a named table of a stream with another key", b ->
        b.<String, String>stream("a").selectKey((k, v) -> v).toTable(Named.as("t"), Materialized.as("t-store")).toStream().to("b"));
    unnamed("a global table", b -> b.<String, String>stream("a").join(b.<String, String>globalTable("g"), (k, v) -> k, (v, w) -> v).to("b"));
    unnamed("a cogroup", b ->
        b.<String, String>stream("a").groupByKey().<String>cogroup((k, v, all) -> v).aggregate(() -> "").toStream().to("b"));
    unnamed("a cogroup of streams with other keys", b ->
        b.<String, String>stream("a").selectKey((k, v) -> v).groupByKey().<String>cogroup((k, v, all) -> v)
            .cogroup(b.<String, String>stream("c").selectKey((k, v) -> v).groupByKey(Grouped.as("g")), (k, v, all) -> v).aggregate(() -> "").toStream().to("b"));
    unnamed("a cogroup within windows", b ->
        b.<String, String>stream("a").groupByKey().<String>cogroup((k, v, all) -> v).windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10))).aggregate(() -> ""));
    unnamed("the buffer of a join with grace", b -> {
      KTable<String, String> t = b.table("t", Materialized.as(Stores.persistentVersionedKeyValueStore("t-store", ms(50))));
      b.<String, String>stream("a").join(t, (v, w) -> v, Joined.<String, String, String>with(Serdes.String(), Serdes.String(), Serdes.String(), null, ms(10))).to("b");
    });
    unnamed("the named buffer of a join with grace", b -> {
      KTable<String, String> t = b.table("t", Materialized.as(Stores.persistentVersionedKeyValueStore("t-store", ms(50))));
      b.<String, String>stream("a").join(t, (v, w) -> v, Joined.<String, String, String>with(Serdes.String(), Serdes.String(), Serdes.String(), "j", ms(10))).to("b");
    });
    unnamed("a table that a stream with another key joins", b -> {
      KTable<String, String> t = b.table("t");
      b.<String, String>stream("a").selectKey((k, v) -> v).join(t, (v, w) -> v).to("b");
    });
    unnamed("the repartition topic of a stream that joins a named table", b -> {
      KTable<String, String> t = b.table("t", Materialized.as("t-store"));
      b.<String, String>stream("a").selectKey((k, v) -> v).leftJoin(t, (v, w) -> v).to("b");
    });
    unnamed("a stream whose key was changed under a name", b -> {
      KTable<String, String> t = b.table("t", Materialized.as("t-store"));
      b.<String, String>stream("a").selectKey((k, v) -> v, Named.as("x")).join(t, (v, w) -> v).to("b");
    });
    unnamed("a left join of streams with other keys", b ->
        b.<String, String>stream("a").selectKey((k, v) -> v).leftJoin(b.<String, String>stream("c").selectKey((k, v) -> v), (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10))).to("b"));
    unnamed("an outer join of streams", b ->
        b.<String, String>stream("a").outerJoin(b.<String, String>stream("c"), (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10))).to("b"));
    unnamed("a join of streams whose stores have a name", b ->
        b.<String, String>stream("a").leftJoin(b.<String, String>stream("c"), (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10)),
            StreamJoined.<String, String, String>with(Serdes.String(), Serdes.String(), Serdes.String()).withStoreName("s")).to("b"));
    unnamed("a join of streams that has a name", b ->
        b.<String, String>stream("a").selectKey((k, v) -> v).leftJoin(b.<String, String>stream("c"), (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10)),
            StreamJoined.<String, String, String>with(Serdes.String(), Serdes.String(), Serdes.String()).withName("s")).to("b"));
    unnamed("a join of streams without changelogs", b ->
        b.<String, String>stream("a").outerJoin(b.<String, String>stream("c"), (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10)),
            StreamJoined.<String, String, String>with(Serdes.String(), Serdes.String(), Serdes.String()).withLoggingDisabled()).to("b"));
    unnamed("a stream joined with itself", b -> {
      KStream<String, String> s = b.stream("a");
      s.join(s, (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10))).to("b");
    });
    unnamed("a suppression", b ->
        b.<String, String>table("a", Materialized.as("l")).suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded())).toStream().to("b"));
    unnamed("a suppression without a changelog", b ->
        b.<String, String>table("a", Materialized.as("l")).suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded().withLoggingDisabled())).toStream().to("b"));
    unnamed("a suppression that has a name", b ->
        b.<String, String>table("a", Materialized.as("l")).suppress(Suppressed.<String>untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded()).withName("s")).toStream().to("b"));
    unnamed("a join by a foreign key", b ->
        b.<String, String>table("a").join(b.<String, String>table("b"), v -> v, (v, w) -> v).toStream().to("c"));
    unnamed("a join by a foreign key of named tables", b ->
        b.<String, String>table("a", Materialized.as("l")).join(b.<String, String>table("b", Materialized.as("r")), v -> v, (v, w) -> v).toStream().to("c"));
    unnamed("a join by a foreign key that has a name", b ->
        b.<String, String>table("a", Materialized.as("l")).join(b.<String, String>table("b", Materialized.as("r")), v -> v, (v, w) -> v, TableJoined.as("j")).toStream().to("c"));
    unnamed("a join by a foreign key whose outcome has a name", b ->
        b.<String, String>table("a", Materialized.as("l")).join(b.<String, String>table("b", Materialized.as("r")), v -> v, (v, w) -> v, TableJoined.as("j"), Materialized.as("o")).toStream().to("c"));

    Operators.add();
    Partitions.add();
    ObjectMapper json = new ObjectMapper();
    for (Map.Entry<String, Runnable> each : cases.entrySet()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", each.getKey());
      if (partitions.containsKey(each.getKey())) line.put("partitions", partitions.get(each.getKey()));
      try {
        each.getValue().run();
        line.put("error", null);
      } catch (Throwable error) {
        line.put("error", error.getClass().getSimpleName() + ": " + error.getMessage());
      }
      System.out.println(json.writeValueAsString(line));
    }
    System.exit(0);
  }
}
