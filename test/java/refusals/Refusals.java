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

  static void dsl(String name, Build build) {
    cases.put(name, () -> {
      StreamsBuilder builder = new StreamsBuilder();
      build.in(builder);
      builder.build(config).describe();
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

    Properties explicit = new Properties();
    explicit.putAll(config);
    explicit.put("ensure.explicit.internal.resource.naming", "true");
    cases.put("unnamed internal resources where names are demanded", () -> {
      StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(explicit)));
      KStream<String, String> s = builder.stream("a");
      s.selectKey((k, v) -> v).groupByKey().count().toStream().to("b");
      s.join(builder.<String, String>stream("c"), (v, w) -> v, JoinWindows.ofTimeDifferenceWithNoGrace(ms(10))).to("d");
      builder.build(explicit);
    });
    cases.put("an unnamed store without a changelog where names are demanded", () -> {
      StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(explicit)));
      builder.<String, String>stream("a").groupByKey().count(Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>with(Serdes.String(), Serdes.Long()).withLoggingDisabled()).toStream().to("b");
      builder.build(explicit);
    });
    cases.put("named internal resources where names are demanded", () -> {
      StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(explicit)));
      builder.<String, String>stream("a").selectKey((k, v) -> v).groupByKey(Grouped.as("g")).count(Materialized.as("c")).toStream().to("b");
      builder.build(explicit);
    });

    ObjectMapper json = new ObjectMapper();
    for (Map.Entry<String, Runnable> each : cases.entrySet()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", each.getKey());
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
