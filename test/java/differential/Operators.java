import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.*;
import org.apache.kafka.streams.processor.ProcessorContext;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.processor.api.*;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Steps of processors, transformers, partitioners and windowed cogroups: the twin of test/support/operator-steps.ts. */
class Operators {
  static final Serde<String> S = Serdes.String();

  static boolean step(Program program, String op, JsonNode p) {
    switch (op) {
      case "timedStream":
        program.streams.add(program.builder.stream(p.get("topic").asText(), Consumed.with(S, S).withTimestampExtractor(Operators::timeOf)));
        return true;
      case "partitionedTo":
        program.stream(p).to(p.get("topic").asText(), Produced.with(S, S, Operators::partitionsOf));
        return true;
      case "chosenTo":
        program.stream(p).to(new Chosen(), Produced.with(S, S));
        return true;
      case "partitionedRepartition":
        program.streams.add(
            program.stream(p).repartition(Repartitioned.<String, String>as(p.get("name").asText()).withKeySerde(S).withValueSerde(S).withNumberOfPartitions(1)));
        return true;
      case "process": program.streams.add(program.stream(p).process(() -> new Counting(store(p)), add(program, p))); return true;
      case "processValues": program.streams.add(program.stream(p).processValues(() -> new Joining(store(p)), add(program, p))); return true;
      case "transformValues":
        String name = add(program, p);
        program.tables.add(
            p.has("mat")
                ? program.table(p).transformValues(() -> new Transforming(name), Program.mat(p, S), name)
                : program.table(p).transformValues(() -> new Transforming(name), name));
        return true;
      case "windowedCogroup": cogroup(program, p); return true;
      case "print": program.stream(p).print(Printed.toFile("/dev/null")); return true;
      default: return false;
    }
  }

  static class Chosen implements TopicNameExtractor<String, String> {
    @Override
    public String extract(String key, String value, RecordContext context) {
      return value == null || value.length() % 2 == 0 ? "even" : "odd";
    }

    /** What describe() prints. */
    @Override
    public String toString() {
      return "chosen";
    }
  }

  static String store(JsonNode p) {
    return p.get("store").asText();
  }

  static String add(Program program, JsonNode p) {
    StoreBuilder<KeyValueStore<String, String>> builder = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(store(p)), S, S);
    program.builder.addStateStore(p.path("cachedStore").asBoolean() ? builder.withCachingEnabled() : builder);
    return store(p);
  }

  static long timeOf(ConsumerRecord<Object, Object> record, long partitionTime) {
    String value = (String) record.value();
    if (value == null) return partitionTime;
    return value.startsWith("b") ? -1 : record.timestamp() + 3L * value.length();
  }

  static Optional<Set<Integer>> partitionsOf(String topic, String key, String value, int partitions) {
    if (value == null) return Optional.of(Set.of());
    return value.length() == 1 ? Optional.empty() : Optional.of(Set.of(0));
  }

  /** Forwards what was there before under the same key, and every 50 ms of stream time everything that there is. */
  static class Counting implements Processor<String, String, String, String> {
    final String name;
    KeyValueStore<String, String> store;

    Counting(String name) {
      this.name = name;
    }

    @Override
    public void init(org.apache.kafka.streams.processor.api.ProcessorContext<String, String> context) {
      store = context.getStateStore(name);
      this.context = context;
      context.schedule(java.time.Duration.ofMillis(50), org.apache.kafka.streams.processor.PunctuationType.STREAM_TIME, time -> {
        try (var all = store.all()) {
          while (all.hasNext()) {
            var pair = all.next();
            context.forward(new Record<>(pair.key, Functions.cut("t" + pair.value), time));
          }
        }
      });
    }

    org.apache.kafka.streams.processor.api.ProcessorContext<String, String> context;

    @Override
    public void process(Record<String, String> record) {
      if (record.key() == null) return;
      String before = store.get(record.key());
      store.put(record.key(), record.value());
      context.forward(record.withKey(before == null ? record.key() : Functions.first(null, before)).withValue(before));
    }
  }

  static class Joining extends ContextualFixedKeyProcessor<String, String, String> {
    final String name;

    Joining(String name) {
      this.name = name;
    }

    @Override
    public void process(FixedKeyRecord<String, String> record) {
      KeyValueStore<String, String> store = context().getStateStore(name);
      String key = record.key() == null ? "none" : record.key();
      String before = store.get(key);
      store.put(key, record.value());
      context().forward(record.withValue(Functions.join(before, record.value())));
    }
  }

  static class Transforming implements ValueTransformerWithKey<String, String, String> {
    final String name;
    KeyValueStore<String, String> store;

    Transforming(String name) {
      this.name = name;
    }

    @Override
    public void init(ProcessorContext context) {
      store = context.getStateStore(name);
    }

    @Override
    public String transform(String key, String value) {
      String before = store.get(key);
      if (value != null) store.put(key, value);
      return value == null ? null : Functions.join(before, value);
    }

    @Override
    public void close() {}
  }

  static void cogroup(Program program, JsonNode p) {
    KGroupedStream<String, String> left = program.stream(p).groupByKey(Grouped.with(S, S));
    KGroupedStream<String, String> right = program.other(p).groupBy(Functions::first, Grouped.with(S, S));
    CogroupedKStream<String, String> both = left.<String>cogroup(Functions::add).cogroup(right, Functions::add);
    JsonNode w = p.get("window");
    Named named = p.has("name") ? Named.as(p.get("name").asText()) : null;
    switch (w.get("kind").asText()) {
      case "session": {
        var g = both.windowedBy(SessionWindows.ofInactivityGapAndGrace(Windowing.ms(w, "gap"), Windowing.ms(w, "grace")));
        Merger<String, String> merger = (k, a, b) -> Functions.join(a, b);
        var mat = Windowing.session(p, S);
        Windowing.end(program, named == null ? g.aggregate(() -> "0", merger, mat) : g.aggregate(() -> "0", merger, named, mat), p);
        return;
      }
      case "sliding": {
        var g = both.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(Windowing.ms(w, "size"), Windowing.ms(w, "grace")));
        var mat = Windowing.window(p, S);
        Windowing.end(program, named == null ? g.aggregate(() -> "0", mat) : g.aggregate(() -> "0", named, mat), p);
        return;
      }
      default: {
        TimeWindows t = TimeWindows.ofSizeAndGrace(Windowing.ms(w, "size"), Windowing.ms(w, "grace"));
        if (w.has("advance")) t = t.advanceBy(Windowing.ms(w, "advance"));
        var g = both.windowedBy(t);
        var mat = Windowing.window(p, S);
        Windowing.end(program, named == null ? g.aggregate(() -> "0", mat) : g.aggregate(() -> "0", named, mat), p);
      }
    }
  }
}
