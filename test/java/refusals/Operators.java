import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.*;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/** Names, stores, windows and topics of the operators, one by one. */
final class Operators {
  private static final Serde<String> S = Serdes.String();

  private static KStream<String, String> read(StreamsBuilder b, String topic) {
    return b.stream(topic, Consumed.with(S, S));
  }

  private static KTable<String, String> versioned(StreamsBuilder b) {
    return b.table("v", Consumed.with(S, S), Materialized.as(Stores.persistentVersionedKeyValueStore("v-store", ms(50))));
  }

  private static Duration ms(long value) {
    return Duration.ofMillis(value);
  }

  private static Materialized<String, String, KeyValueStore<Bytes, byte[]>> kept(String name) {
    return Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as(name);
  }

  private static JoinWindows within(long difference) {
    return JoinWindows.ofTimeDifferenceWithNoGrace(ms(difference));
  }

  private static KTable<Windowed<String>, Long> windowed(StreamsBuilder b) {
    return read(b, "a").groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10))).count(Materialized.as("c"));
  }

  static void add() {
    names();
    twice();
    stores();
    topics();
    windows();
    tables();
    partitions();
    nodes();
    optimization();
  }

  private static void names() {
    Refusals.dsl("a source with an illegal name", b -> b.stream("a", Consumed.as("a b")));
    Refusals.dsl("a table source with an illegal name", b -> b.table("a", Consumed.as("a/b")));
    Refusals.dsl("a sink with an empty name", b -> read(b, "a").to("b", Produced.as("")));
    Refusals.dsl("a grouping with an illegal name", b -> read(b, "a").groupBy((k, v) -> v, Grouped.as("a b")).count());
    Refusals.dsl("a repartition with an illegal name", b -> read(b, "a").repartition(Repartitioned.as("a b")).to("b"));
    Refusals.dsl("a repartition with an empty name", b -> read(b, "a").repartition(Repartitioned.as("")).to("b"));
    Refusals.dsl("a join with a table under an illegal name", b ->
        read(b, "a").join(b.<String, String>table("t"), (v, w) -> v, Joined.as("a b")).to("b"));
    Refusals.dsl("a join of streams under an illegal name", b ->
        read(b, "a").join(read(b, "c"), (v, w) -> v, within(10), StreamJoined.<String, String, String>as("s").withName("a b")).to("b"));
    Refusals.dsl("a join of streams with stores of an illegal name", b ->
        read(b, "a").join(read(b, "c"), (v, w) -> v, within(10), StreamJoined.<String, String, String>as("a b")).to("b"));
    Refusals.dsl("a join of tables under an illegal name", b ->
        b.<String, String>table("a").join(b.<String, String>table("b"), (v, w) -> v, Named.as("a b")));
    Refusals.dsl("a join of tables into a store of an illegal name", b ->
        b.<String, String>table("a").join(b.<String, String>table("b"), (v, w) -> v, kept("a b")));
    Refusals.dsl("a join by a foreign key under an illegal name", b ->
        b.<String, String>table("a").join(b.<String, String>table("b"), v -> v, (v, w) -> v, TableJoined.as("a b")));
    Refusals.dsl("a join with a global table under an illegal name", b ->
        read(b, "a").join(b.<String, String>globalTable("g"), (k, v) -> k, (v, w) -> v, Named.as("a b")).to("b"));
    Refusals.dsl("a suppression with an illegal name", b ->
        b.<String, String>table("a").suppress(Suppressed.<String>untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded()).withName("a b")));
    Refusals.dsl("a suppression with an empty name", b ->
        b.<String, String>table("a").suppress(Suppressed.<String>untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded()).withName("")));
    Refusals.dsl("a split with an illegal name", b -> read(b, "a").split(Named.as("a b")).noDefaultBranch());
    Refusals.dsl("a branch with an illegal name", b -> read(b, "a").split().branch((k, v) -> true, Branched.as("a b")).noDefaultBranch());
    Refusals.dsl("a default branch with an illegal name", b -> read(b, "a").split().defaultBranch(Branched.as("a b")));
    Refusals.dsl("a merge with an illegal name", b -> read(b, "a").merge(read(b, "b"), Named.as("a b")).to("c"));
    Refusals.dsl("a map with an illegal name", b -> read(b, "a").map((k, v) -> KeyValue.pair(k, v), Named.as("ä")).to("c"));
    Refusals.dsl("a stream of a table under an illegal name", b -> b.<String, String>table("a").toStream(Named.as("a b")).to("c"));
    Refusals.dsl("a table of a stream under an illegal name", b -> read(b, "a").toTable(Named.as("a b")));
    Refusals.dsl("a processor with an illegal name", b -> read(b, "a").process(() -> record -> {}, Named.as("a b")));
    Refusals.dsl("a printer with an illegal name", b -> read(b, "a").print(Printed.<String, String>toSysOut().withName("a b")));
    Refusals.dsl("a cogroup with an illegal name", b ->
        read(b, "a").groupByKey().<String>cogroup((k, v, all) -> v).aggregate(() -> "", Named.as("a b"), Materialized.with(S, S)));
    Refusals.dsl("windows with a store of an illegal name", b ->
        read(b, "a").groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10))).count(Materialized.as("a b")));
    Refusals.dsl("a table with a store of an empty name", b -> b.table("a", kept("")));
    Refusals.dsl("a table with a store of 250 letters", b -> b.table("a", kept("x".repeat(250))));
    Refusals.dsl("a global table with a store of an illegal name", b -> b.globalTable("a", kept("a b")));
    Refusals.dsl("a store of a processor with an illegal name", b -> b.addStateStore(Refusals.store("a b")));
    Refusals.dsl("a name of 249 letters", b -> read(b, "a").filter((k, v) -> true, Named.as("x".repeat(249))));
  }

  private static void twice() {
    Refusals.dsl("two branches of one name", b ->
        read(b, "a").split().branch((k, v) -> true, Branched.as("x")).branch((k, v) -> true, Branched.as("x")).noDefaultBranch());
    Refusals.dsl("two default branches", b -> {
      BranchedKStream<String, String> split = read(b, "a").split();
      split.defaultBranch();
      split.defaultBranch();
    });
    Refusals.dsl("a branch after the default branch", b -> {
      BranchedKStream<String, String> split = read(b, "a").split();
      split.defaultBranch();
      split.branch((k, v) -> true);
    });
    Refusals.dsl("two splits of one stream", b -> {
      KStream<String, String> s = read(b, "a");
      s.split().defaultBranch();
      s.split().defaultBranch();
    });
    Refusals.dsl("two splits of one name", b -> {
      KStream<String, String> s = read(b, "a");
      s.split(Named.as("x")).defaultBranch();
      s.split(Named.as("x")).defaultBranch();
    });
    Refusals.dsl("two sources of one name", b -> {
      b.stream("a", Consumed.as("x"));
      b.stream("b", Consumed.as("x"));
    });
    Refusals.dsl("two sinks of one name", b -> {
      KStream<String, String> s = read(b, "a");
      s.to("b", Produced.as("x"));
      s.to("c", Produced.as("x"));
    });
    Refusals.dsl("two repartition topics of one name", b -> {
      KStream<String, String> s = read(b, "a");
      s.repartition(Repartitioned.as("x")).to("b");
      s.repartition(Repartitioned.as("x")).to("c");
    });
    Refusals.dsl("two groupings of one name", b -> {
      KStream<String, String> s = read(b, "a");
      s.groupBy((k, v) -> v, Grouped.as("x")).count();
      s.groupBy((k, v) -> v, Grouped.as("x")).count();
    });
    Refusals.dsl("one named grouping that is used twice", b -> {
      KGroupedStream<String, String> g = read(b, "a").groupBy((k, v) -> v, Grouped.as("x"));
      g.count();
      g.count();
    });
    Refusals.dsl("two suppressions of one name", b -> {
      KTable<String, String> t = b.table("a");
      t.suppress(Suppressed.<String>untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded()).withName("x"));
      t.suppress(Suppressed.<String>untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded()).withName("x"));
    });
    Refusals.dsl("two joins of one name", b -> {
      KStream<String, String> s = read(b, "a");
      KTable<String, String> t = b.table("t");
      s.join(t, (v, w) -> v, Joined.as("x")).to("b");
      s.join(t, (v, w) -> v, Joined.as("x")).to("c");
    });
    Refusals.dsl("two joins of streams with stores of one name", b -> {
      KStream<String, String> s = read(b, "a");
      s.join(read(b, "c"), (v, w) -> v, within(10), StreamJoined.<String, String, String>as("x")).to("b");
      s.join(read(b, "d"), (v, w) -> v, within(10), StreamJoined.<String, String, String>as("x")).to("b");
    });
    Refusals.dsl("two joins of tables into one store", b -> {
      KTable<String, String> l = b.table("a");
      KTable<String, String> r = b.table("b");
      l.join(r, (v, w) -> v, kept("x"));
      l.leftJoin(r, (v, w) -> v, kept("x"));
    });
    Refusals.dsl("two joins by a foreign key of one name", b -> {
      KTable<String, String> l = b.table("a");
      KTable<String, String> r = b.table("b");
      l.join(r, v -> v, (v, w) -> v, TableJoined.as("x"));
      l.join(r, v -> v, (v, w) -> v, TableJoined.as("x"));
    });
    Refusals.dsl("a stream merged with itself", b -> {
      KStream<String, String> s = read(b, "a");
      s.merge(s).to("b");
    });
  }

  private static void stores() {
    Refusals.dsl("a store that an aggregation has, too", b -> {
      b.addStateStore(Refusals.store("x"));
      read(b, "a").groupByKey().count(Materialized.as("x"));
    });
    Refusals.dsl("two aggregations into one store", b -> {
      KGroupedStream<String, String> g = read(b, "a").groupByKey();
      g.count(Materialized.as("x"));
      g.count(Materialized.as("x"));
    });
    Refusals.dsl("windows and no windows in one store", b -> {
      KGroupedStream<String, String> g = read(b, "a").groupByKey();
      g.count(Materialized.as("x"));
      g.windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10))).count(Materialized.as("x"));
    });
    Refusals.dsl("a table and a global table in one store", b -> {
      b.table("a", kept("x"));
      b.globalTable("g", kept("x"));
    });
    Refusals.dsl("a global table and a table in one store", b -> {
      b.globalTable("g", kept("x"));
      b.table("a", kept("x"));
    });
    Refusals.dsl("two global tables in one store", b -> {
      b.globalTable("g", kept("x"));
      b.globalTable("h", kept("x"));
    });
    Refusals.dsl("a global store and a global table in one store", b -> {
      b.addGlobalStore(Refusals.store("x").withLoggingDisabled(), "g", Consumed.with(S, S), Operators::idle);
      b.globalTable("h", kept("x"));
    });
    Refusals.dsl("a global store that is added as a store, too", b -> {
      b.addGlobalStore(Refusals.store("x").withLoggingDisabled(), "g", Consumed.with(S, S), Operators::idle);
      b.addStateStore(Refusals.store("x"));
    });
    Refusals.dsl("the store of a table named by a processor", b -> {
      b.table("a", kept("x"));
      b.<Object, Object>stream("b").process(Refusals.nothing, "x");
    });
    Refusals.dsl("one store, added twice", b -> {
      StoreBuilder<KeyValueStore<String, String>> store = Refusals.store("x");
      b.addStateStore(store);
      b.addStateStore(store);
    });
    Refusals.dsl("a processor that names a store twice", b -> {
      b.addStateStore(Refusals.store("x"));
      b.<Object, Object>stream("a").process(Refusals.nothing, "x", "x");
    });
    Refusals.dsl("a store named before it is added", b -> {
      b.<Object, Object>stream("a").process(Refusals.nothing, "x");
      b.addStateStore(Refusals.store("x"));
    });
    Refusals.dsl("values transformed with a store that is not there", b ->
        b.<String, String>table("a").transformValues(() -> new ValueTransformerWithKey<String, String, String>() {
          public void init(org.apache.kafka.streams.processor.ProcessorContext context) {}
          public String transform(String k, String v) { return v; }
          public void close() {}
        }, "missing"));
  }

  /** Anew each time, as Kafka Streams demands. */
  private static Processor<String, String, Void, Void> idle() {
    return new Processor<>() {
      public void process(Record<String, String> record) {}
    };
  }

  private static void topics() {
    Refusals.dsl("two tables of one topic", b -> {
      b.table("a", kept("x"));
      b.table("a", kept("y"));
    });
    Refusals.dsl("a stream and a table of one topic", b -> {
      b.stream("a");
      b.table("a");
    });
    Refusals.dsl("a table and a stream of one topic", b -> {
      b.table("a");
      b.stream("a");
    });
    Refusals.dsl("two global tables of one topic", b -> {
      b.globalTable("g", kept("x"));
      b.globalTable("g", kept("y"));
    });
    Refusals.dsl("a stream and then a global table of one topic", b -> {
      b.stream("a");
      b.globalTable("a", kept("x"));
    });
    Refusals.dsl("a table that a pattern matches", b -> {
      b.stream(Pattern.compile("a.*"));
      b.table("abc");
    });
    Refusals.dsl("a global table that a pattern matches", b -> {
      b.stream(Pattern.compile("a.*"));
      b.globalTable("abc");
    });
    Refusals.dsl("one pattern, twice", b -> {
      b.stream(Pattern.compile("a.*"));
      b.stream(Pattern.compile("a.*"));
    });
    Refusals.dsl("one pattern with two offset resets", b -> {
      b.stream(Pattern.compile("a.*"), Consumed.with(AutoOffsetReset.earliest()));
      b.stream(Pattern.compile("a.*"), Consumed.with(AutoOffsetReset.latest()));
    });
    Refusals.dsl("two patterns that overlap", b -> {
      b.stream(Pattern.compile("a.*"));
      b.stream(Pattern.compile(".*b"));
    });
    Refusals.dsl("one topic named twice in one source", b -> b.stream(List.of("a", "a")));
    Refusals.dsl("one topic read by two streams", b -> {
      b.stream("a");
      b.stream("a");
    });
    Refusals.dsl("one topic with an offset reset and without", b -> {
      b.stream("a", Consumed.with(AutoOffsetReset.earliest()));
      b.stream("a");
    });
    Refusals.dsl("two lists of the same topics in another order", b -> {
      b.stream(List.of("a", "b"));
      b.stream(List.of("b", "a"));
    });
    Refusals.dsl("a topic of a list read alone, too", b -> {
      b.stream(List.of("a", "b"));
      b.stream("a");
    });
    Refusals.dsl("a stream of a repartition topic", b -> {
      read(b, "a").repartition(Repartitioned.as("x")).to("b");
      b.stream("x-repartition");
    });
    Refusals.dsl("a sink into a repartition topic", b -> {
      KStream<String, String> s = read(b, "a");
      s.repartition(Repartitioned.as("x")).to("b");
      s.to("x-repartition");
    });
    Refusals.dsl("a sink into its own source", b -> read(b, "a").to("a"));
  }

  private static void windows() {
    Refusals.dsl("sliding windows with a negative grace", b -> SlidingWindows.ofTimeDifferenceAndGrace(ms(1), ms(-1)));
    Refusals.dsl("sessions with a negative gap", b -> SessionWindows.ofInactivityGapWithNoGrace(ms(-1)));
    Refusals.dsl("a negative advance", b -> TimeWindows.ofSizeWithNoGrace(ms(10)).advanceBy(ms(-1)));
    Refusals.dsl("a join whose window ends before it begins, the other way", b -> within(10).after(ms(-20)));
    Refusals.dsl("a join within no time", b -> within(0));
    Refusals.dsl("a join that looks back only", b -> within(10).after(ms(-5)));
    Refusals.dsl("tumbling windows kept for less than their size", b ->
        read(b, "a").groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10))).count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("x").withRetention(ms(9))));
    Refusals.dsl("tumbling windows kept for less than size and grace", b ->
        read(b, "a").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(10), ms(5))).count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("x").withRetention(ms(14))));
    Refusals.dsl("tumbling windows kept for size and grace", b ->
        read(b, "a").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(10), ms(5))).count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("x").withRetention(ms(15))));
    Refusals.dsl("sliding windows kept for less than twice their difference", b ->
        read(b, "a").groupByKey().windowedBy(SlidingWindows.ofTimeDifferenceWithNoGrace(ms(10))).count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("x").withRetention(ms(19))));
    Refusals.dsl("sessions kept for less than gap and grace", b ->
        read(b, "a").groupByKey().windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(10), ms(5))).count(Materialized.<String, Long, SessionStore<Bytes, byte[]>>as("x").withRetention(ms(14))));
    Refusals.dsl("a negative retention", b ->
        read(b, "a").groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10))).count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("x").withRetention(ms(-1))));
    Refusals.dsl("a cogroup in windows kept for less than their size", b ->
        read(b, "a").groupByKey().<String>cogroup((k, v, all) -> v).windowedBy(TimeWindows.ofSizeWithNoGrace(ms(10)))
            .aggregate(() -> "", Materialized.<String, String, WindowStore<Bytes, byte[]>>as("x").withRetention(ms(9))));
    Refusals.dsl("sessions that emit on close", b ->
        read(b, "a").groupByKey().windowedBy(SessionWindows.ofInactivityGapWithNoGrace(ms(10))).emitStrategy(EmitStrategy.onWindowClose()).count());
    Refusals.dsl("sliding windows that emit on close", b ->
        read(b, "a").groupByKey().windowedBy(SlidingWindows.ofTimeDifferenceWithNoGrace(ms(10))).emitStrategy(EmitStrategy.onWindowClose()).count());
  }

  private static void tables() {
    Suppressed<Windowed<String>> closing = (Suppressed) Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded());
    Refusals.dsl("window close behind a filter of windows", b -> windowed(b).filter((k, v) -> true).suppress(closing));
    Refusals.dsl("window close behind a filter of no windows", b ->
        b.<String, String>table("a", Consumed.as("src")).filter((k, v) -> true, Named.as("f")).suppress((Suppressed) closing));
    Refusals.dsl("window close of a count without windows", b ->
        read(b, "a").groupByKey().count(Named.as("c"), Materialized.as("x")).suppress((Suppressed) closing));
    Refusals.dsl("window close of windows that were counted anew", b ->
        windowed(b).groupBy((k, v) -> KeyValue.pair(k.key(), v), Grouped.with("g", S, Serdes.Long())).count(Materialized.as("n")).suppress((Suppressed) closing));
    Refusals.dsl("window close of windows joined with a table", b ->
        windowed(b).mapValues(v -> "", Materialized.with(null, S)).join(
            (KTable) b.<String, String>table("t", Consumed.as("src")), (v, w) -> v, Named.as("j")).suppress((Suppressed) closing));
    Refusals.dsl("a suppression of a versioned table", b ->
        versioned(b).suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded())));
    Refusals.dsl("a suppression behind a filter of a versioned table", b ->
        versioned(b).filter((k, v) -> true).suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded())));
    Refusals.dsl("a suppression behind a mapping, with serdes, of a versioned table", b ->
        versioned(b).mapValues(v -> v, Materialized.with(S, S)).suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded())));
    Refusals.dsl("a suppression behind a store of a versioned table", b ->
        versioned(b).filter((k, v) -> true, kept("x")).suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded())));
    Refusals.dsl("a suppression behind a suppression", b ->
        b.<String, String>table("a").suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded()))
            .suppress(Suppressed.untilTimeLimit(ms(10), Suppressed.BufferConfig.unbounded())));
    Joined<String, String, String> late = Joined.with(S, S, S, "j", ms(10));
    Refusals.dsl("a join with grace of a filtered versioned table", b ->
        read(b, "a").join(versioned(b).filter((k, v) -> true), (v, w) -> v, late).to("b"));
    Refusals.dsl("a join with grace of a mapped versioned table", b ->
        read(b, "a").join(versioned(b).mapValues(v -> v), (v, w) -> v, late).to("b"));
    Refusals.dsl("a left join with grace of a table of a stream", b ->
        read(b, "a").leftJoin(read(b, "c").toTable(kept("x")), (v, w) -> v, late).to("b"));
    Refusals.dsl("a join with grace as long as the history", b ->
        read(b, "a").join(versioned(b), (v, w) -> v, Joined.<String, String, String>with(S, S, S, "j", ms(50))).to("b"));
    Refusals.dsl("a join with grace beyond the history", b ->
        read(b, "a").join(versioned(b), (v, w) -> v, Joined.<String, String, String>with(S, S, S, "j", ms(51))).to("b"));
    Refusals.dsl("a join of streams with themselves under two names", b -> {
      KStream<String, String> s = read(b, "a");
      s.join(s, (v, w) -> v, within(10), StreamJoined.<String, String, String>as("x").withName("n")).to("b");
    });
  }

  private static void partitions() {
    Refusals.dsl("a repartition topic of -1 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>numberOfPartitions(-1)).to("b"));
    Refusals.dsl("a join of repartition topics of 3 and 4 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(3))
            .join(read(b, "c").repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(4)), (v, w) -> v, within(10)).to("b"));
    Refusals.dsl("a join of repartition topics of 4 and 4 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(4))
            .join(read(b, "c").repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(4)), (v, w) -> v, within(10)).to("b"));
    Refusals.dsl("a join of repartition topics of 3 and any partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(3))
            .join(read(b, "c").repartition(Repartitioned.<String, String>as("r")), (v, w) -> v, within(10)).to("b"));
    Refusals.dsl("a cogroup of repartition topics of 3 and 4 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(3)).groupByKey().<String>cogroup((k, v, all) -> v)
            .cogroup(read(b, "c").repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(4)).groupByKey(), (k, v, all) -> v)
            .aggregate(() -> "", Materialized.with(S, S)));
    Refusals.dsl("a join of tables behind repartition topics of 3 and 4 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(3)).toTable()
            .join(read(b, "c").repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(4)).toTable(), (v, w) -> v));
    Refusals.dsl("a join of a stream and a table behind repartition topics of 3 and 4 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(3))
            .join(read(b, "c").repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(4)).toTable(), (v, w) -> v).to("b"));
    Refusals.dsl("a merge of repartition topics of 3 and 4 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(3))
            .merge(read(b, "c").repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(4))).to("b"));
    Refusals.dsl("a join by a foreign key of repartition topics of 3 and 4 partitions", b ->
        read(b, "a").repartition(Repartitioned.<String, String>as("l").withNumberOfPartitions(3)).toTable()
            .join(read(b, "c").repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(4)).toTable(), v -> v, (v, w) -> v));
  }

  private static void nodes() {
    Refusals.topology("a sink without parents", t -> t.addSink("k", "b"));
    Refusals.topology("a sink whose parent is not there", t -> t.addSink("k", "b", "nobody"));
    Refusals.topology("a sink that is its own parent", t -> t.addSink("k", "b", "k"));
    Refusals.topology("a sink behind a sink", t -> t.addSource("s", "a").addSink("k", "b", "s").addSink("l", "c", "k"));
    Refusals.topology("a sink named as a source", t -> t.addSource("s", "a").addSink("s", "b", "s"));
    Refusals.topology("two sources of one node name", t -> t.addSource("s", "a").addSource("s", "b"));
    Refusals.topology("a connection of a processor that is not there", t ->
        t.addSource("s", "a").addProcessor("p", Refusals.nothing, "s").addStateStore(Refusals.store("st"), "p").connectProcessorAndStateStores("q", "st"));
    Refusals.topology("a connection of a source", t ->
        t.addSource("s", "a").addProcessor("p", Refusals.nothing, "s").addStateStore(Refusals.store("st"), "p").connectProcessorAndStateStores("s", "st"));
    Refusals.topology("a connection of a sink", t ->
        t.addSource("s", "a").addProcessor("p", Refusals.nothing, "s").addSink("k", "b", "p").addStateStore(Refusals.store("st"), "p")
            .connectProcessorAndStateStores("k", "st"));
    Refusals.topology("a connection that is there already", t ->
        t.addSource("s", "a").addProcessor("p", Refusals.nothing, "s").addStateStore(Refusals.store("st"), "p").connectProcessorAndStateStores("p", "st"));
    Refusals.topology("two different stores of one name", t ->
        t.addSource("s", "a").addProcessor("p", Refusals.nothing, "s").addStateStore(Refusals.store("st"), "p").addStateStore(Refusals.store("st"), "p"));
    Refusals.topology("a store that nobody uses", t -> t.addSource("s", "a").addStateStore(Refusals.store("st")));
    Refusals.topology("one parent, named twice", t -> t.addSource("s", "a").addProcessor("p", Refusals.nothing, "s", "s"));
    Refusals.topology("a source of a topic named twice", t -> t.addSource("s", "a", "a"));
    Refusals.topology("a node with an illegal name", t -> t.addSource("a b", "a"));
    Refusals.topology("processors that bring two stores of one name", t ->
        t.addSource("s", "a").addProcessor("p", bringing(Refusals.store("st")), "s").addProcessor("q", bringing(Refusals.store("st")), "s"));
    StoreBuilder<KeyValueStore<String, String>> shared = Refusals.store("st");
    Refusals.topology("processors that bring one store", t ->
        t.addSource("s", "a").addProcessor("p", bringing(shared), "s").addProcessor("q", bringing(shared), "s"));
  }

  private static ProcessorSupplier<Object, Object, Object, Object> bringing(StoreBuilder<?> store) {
    return new ProcessorSupplier<>() {
      public Processor<Object, Object, Object, Object> get() {
        return new Processor<>() {
          public void process(Record<Object, Object> record) {}
        };
      }

      public Set<StoreBuilder<?>> stores() {
        return Set.of(store);
      }
    };
  }

  private static void optimization() {
    for (String value : List.of("everything", "all,merge.repartition.topics", "none,single.store.self.join", "merge.repartition.topics,nothing", "", "merge.repartition.topics,single.store.self.join"))
      Refusals.cases.put("optimization: " + value, () -> {
        Properties optimized = new Properties();
        optimized.putAll(Refusals.config);
        optimized.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, value);
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("a").to("b");
        builder.build(optimized);
      });
  }
}
