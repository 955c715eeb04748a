import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.*;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** Builds the topology of a program, step by step: the twin of test/support/program.ts. */
class Program {
  final StreamsBuilder builder;
  final List<KStream<String, String>> streams = new ArrayList<>();
  final List<KTable<String, String>> tables = new ArrayList<>();
  final List<GlobalKTable<String, String>> globals = new ArrayList<>();
  static final Serde<String> S = Serdes.String();

  Program(StreamsBuilder builder) {
    this.builder = builder;
  }

  static void build(StreamsBuilder builder, JsonNode steps) {
    Program program = new Program(builder);
    for (JsonNode step : steps) program.step(step);
  }

  void step(JsonNode p) {
    String op = p.get("op").asText();
    if (!(source(op, p) || stateless(op, p) || grouped(op, p) || joins(op, p) || table(op, p) || Operators.step(this, op, p))) {
      throw new IllegalArgumentException("no such step: " + op);
    }
  }

  boolean source(String op, JsonNode p) {
    switch (op) {
      case "stream": streams.add(builder.stream(p.get("topic").asText(), consumed(p))); return true;
      case "table":
        tables.add(p.has("mat") ? builder.table(p.get("topic").asText(), consumed(p), mat(p, S)) : builder.table(p.get("topic").asText(), consumed(p)));
        return true;
      case "global":
        globals.add(p.has("mat") ? builder.globalTable(p.get("topic").asText(), consumed(p), mat(p, S)) : builder.globalTable(p.get("topic").asText(), consumed(p)));
        return true;
      case "to": stream(p).to(p.get("topic").asText(), p.has("name") ? Produced.<String, String>as(p.get("name").asText()) : Produced.with(S, S)); return true;
      default: return false;
    }
  }

  boolean stateless(String op, JsonNode p) {
    KStream<String, String> s = p.has("s") ? stream(p) : null;
    Named n = p.has("name") ? Named.as(p.get("name").asText()) : null;
    switch (op) {
      case "filter": streams.add(n == null ? s.filter(Functions::passes) : s.filter(Functions::passes, n)); return true;
      case "filterNot": streams.add(n == null ? s.filterNot(Functions::passes) : s.filterNot(Functions::passes, n)); return true;
      case "map": streams.add(n == null ? s.map(Functions::swap) : s.map(Functions::swap, n)); return true;
      case "mapValues": streams.add(n == null ? s.mapValues((ValueMapper<String, String>) Functions::mark) : s.mapValues((ValueMapper<String, String>) Functions::mark, n)); return true;
      case "flatMap": streams.add(n == null ? s.flatMap(Functions::both) : s.flatMap(Functions::both, n)); return true;
      case "flatMapValues": streams.add(n == null ? s.flatMapValues((ValueMapper<String, List<String>>) Functions::twice) : s.flatMapValues((ValueMapper<String, List<String>>) Functions::twice, n)); return true;
      case "selectKey": streams.add(n == null ? s.selectKey(Functions::first) : s.selectKey(Functions::first, n)); return true;
      case "peek": streams.add(n == null ? s.peek((k, v) -> {}) : s.peek((k, v) -> {}, n)); return true;
      case "foreach": if (n == null) s.foreach((k, v) -> {}); else s.foreach((k, v) -> {}, n); return true;
      case "merge": streams.add(n == null ? s.merge(other(p)) : s.merge(other(p), n)); return true;
      case "repartition": streams.add(p.has("name") ? s.repartition(Repartitioned.<String, String>as(p.get("name").asText())) : s.repartition()); return true;
      case "split": split(s, p, n); return true;
      default: return false;
    }
  }

  void split(KStream<String, String> s, JsonNode p, Named n) {
    BranchedKStream<String, String> split = n == null ? s.split() : s.split(n);
    split = split.branch(Functions::passes).branch((k, v) -> v == null, Branched.as("b"));
    Map<String, KStream<String, String>> branches = p.path("rest").asBoolean() ? split.defaultBranch() : split.noDefaultBranch();
    branches.keySet().stream().sorted().forEach(name -> streams.add(branches.get(name)));
  }

  boolean grouped(String op, JsonNode p) {
    if (op.equals("cogroup")) {
      KGroupedStream<String, String> left = stream(p).groupByKey(Grouped.with(S, S));
      KGroupedStream<String, String> right = p.has("group") ? other(p).groupBy(Functions::first, Grouped.with(p.get("group").asText(), S, S)) : other(p).groupBy(Functions::first, Grouped.with(S, S));
      CogroupedKStream<String, String> both = left.<String>cogroup(Functions::add).cogroup(right, Functions::add);
      tables.add(p.has("mat") ? both.aggregate(() -> "0", mat(p, S)) : both.aggregate(() -> "0"));
      return true;
    }
    if (!op.endsWith("Count") && !op.endsWith("Reduce") && !op.endsWith("Aggregate")) return false;
    if (op.startsWith("table")) return groupedTable(op, p);
    if (!op.startsWith("key") && !op.startsWith("by")) return false;
    Grouped<String, String> with = p.has("group") ? Grouped.with(p.get("group").asText(), S, S) : Grouped.with(S, S);
    KGroupedStream<String, String> g = op.startsWith("key") ? stream(p).groupByKey(with) : stream(p).groupBy(Functions::first, with);
    if (p.has("window")) return Windowing.aggregate(this, g, op, p);
    if (op.endsWith("Count")) {
      KTable<String, Long> counts = p.has("mat") ? g.count(mat(p, Serdes.Long())) : g.count();
      tables.add(counts.mapValues((ValueMapper<Long, String>) Functions::print));
    } else if (op.endsWith("Reduce")) {
      tables.add(p.has("mat") ? g.reduce(Functions::combine, mat(p, S)) : g.reduce(Functions::combine));
    } else {
      tables.add(p.has("mat") ? g.aggregate(() -> "0", Functions::add, mat(p, S)) : g.aggregate(() -> "0", Functions::add));
    }
    return true;
  }

  boolean groupedTable(String op, JsonNode p) {
    Grouped<String, String> with = p.has("group") ? Grouped.with(p.get("group").asText(), S, S) : Grouped.with(S, S);
    KGroupedTable<String, String> g = table(p).groupBy(Functions::swap, with);
    if (op.endsWith("Count")) {
      KTable<String, Long> counts = p.has("mat") ? g.count(mat(p, Serdes.Long())) : g.count();
      tables.add(counts.mapValues((ValueMapper<Long, String>) Functions::print));
    } else if (op.endsWith("Reduce")) {
      tables.add(p.has("mat") ? g.reduce(Functions::combine, Functions::take, mat(p, S)) : g.reduce(Functions::combine, Functions::take));
    } else {
      tables.add(
          p.has("mat")
              ? g.aggregate(() -> "0", Functions::add, (k, v, a) -> Functions.take(a, v), mat(p, S))
              : g.aggregate(() -> "0", Functions::add, (k, v, a) -> Functions.take(a, v)));
    }
    return true;
  }

  boolean joins(String op, JsonNode p) {
    Joined<String, String, String> with = p.has("name") ? Joined.with(S, S, S, p.get("name").asText()) : Joined.with(S, S, S);
    if (p.has("grace")) with = with.withGracePeriod(Windowing.ms(p, "grace"));
    Materialized<String, String, KeyValueStore<Bytes, byte[]>> mat = p.has("mat") ? mat(p, S) : null;
    Named n = p.has("name") ? Named.as(p.get("name").asText()) : null;
    ValueJoiner<String, String, String> joiner = Functions::join;
    switch (op) {
      case "joinGlobal": streams.add(n == null ? stream(p).join(global(p), Functions::first, joiner) : stream(p).join(global(p), Functions::first, joiner, n)); return true;
      case "leftJoinGlobal": streams.add(n == null ? stream(p).leftJoin(global(p), Functions::first, joiner) : stream(p).leftJoin(global(p), Functions::first, joiner, n)); return true;
      case "joinTable": streams.add(stream(p).join(table(p), Functions::join, with)); return true;
      case "leftJoinTable": streams.add(stream(p).leftJoin(table(p), Functions::join, with)); return true;
      case "tableJoin": tables.add(mat == null ? table(p).join(otherTable(p), Functions::join) : table(p).join(otherTable(p), Functions::join, mat)); return true;
      case "tableLeftJoin": tables.add(mat == null ? table(p).leftJoin(otherTable(p), Functions::join) : table(p).leftJoin(otherTable(p), Functions::join, mat)); return true;
      case "tableOuterJoin": tables.add(mat == null ? table(p).outerJoin(otherTable(p), Functions::join) : table(p).outerJoin(otherTable(p), Functions::join, mat)); return true;
      case "foreignJoin": tables.add(foreignJoin(p, mat)); return true;
      case "joinStream": streams.add(Windowing.join(this, p)); return true;
      default: return false;
    }
  }

  KTable<String, String> foreignJoin(JsonNode p, Materialized<String, String, KeyValueStore<Bytes, byte[]>> mat) {
    KTable<String, String> left = table(p);
    KTable<String, String> right = otherTable(p);
    boolean isLeft = p.path("join").asText().equals("left");
    TableJoined<String, String> named = p.has("name") ? TableJoined.as(p.get("name").asText()) : null;
    ValueJoiner<String, String, String> joiner = Functions::join;
    if (p.path("by").asText().equals("both")) {
      BiFunction<String, String, String> key = Functions::foreignOfBoth;
      if (named == null && mat == null) return isLeft ? left.leftJoin(right, key, joiner) : left.join(right, key, joiner);
      if (named == null) return isLeft ? left.leftJoin(right, key, joiner, mat) : left.join(right, key, joiner, mat);
      if (mat == null) return isLeft ? left.leftJoin(right, key, joiner, named) : left.join(right, key, joiner, named);
      return isLeft ? left.leftJoin(right, key, joiner, named, mat) : left.join(right, key, joiner, named, mat);
    }
    Function<String, String> key = Functions::foreignKey;
    if (named == null && mat == null) return isLeft ? left.leftJoin(right, key, joiner) : left.join(right, key, joiner);
    if (named == null) return isLeft ? left.leftJoin(right, key, joiner, mat) : left.join(right, key, joiner, mat);
    if (mat == null) return isLeft ? left.leftJoin(right, key, joiner, named) : left.join(right, key, joiner, named);
    return isLeft ? left.leftJoin(right, key, joiner, named, mat) : left.join(right, key, joiner, named, mat);
  }

  boolean table(String op, JsonNode p) {
    Materialized<String, String, KeyValueStore<Bytes, byte[]>> mat = p.has("mat") ? mat(p, S) : null;
    Named n = p.has("name") ? Named.as(p.get("name").asText()) : null;
    switch (op) {
      case "toTable": tables.add(n == null ? (mat == null ? stream(p).toTable() : stream(p).toTable(mat)) : mat == null ? stream(p).toTable(n) : stream(p).toTable(n, mat)); return true;
      case "toStream": streams.add(n == null ? table(p).toStream() : table(p).toStream(n)); return true;
      case "tableFilter": tables.add(mat == null ? table(p).filter(Functions::passes) : table(p).filter(Functions::passes, mat)); return true;
      case "tableFilterNot": tables.add(mat == null ? table(p).filterNot(Functions::passes) : table(p).filterNot(Functions::passes, mat)); return true;
      case "tableMapValues":
        tables.add(mat == null ? table(p).mapValues((ValueMapper<String, String>) Functions::mark) : table(p).mapValues((ValueMapper<String, String>) Functions::mark, mat));
        return true;
      default: return false;
    }
  }

  KStream<String, String> stream(JsonNode p) {
    return streams.get(p.get("s").asInt());
  }

  KStream<String, String> other(JsonNode p) {
    return streams.get(p.get("o").asInt());
  }

  KTable<String, String> table(JsonNode p) {
    return tables.get(p.get("t").asInt());
  }

  GlobalKTable<String, String> global(JsonNode p) {
    return globals.get(p.get("g").asInt());
  }

  KTable<String, String> otherTable(JsonNode p) {
    return tables.get(p.get("u").asInt());
  }

  static Consumed<String, String> consumed(JsonNode p) {
    Consumed<String, String> consumed = Consumed.with(S, S);
    return p.has("name") ? consumed.withName(p.get("name").asText()) : consumed;
  }

  static <V> Materialized<String, V, KeyValueStore<Bytes, byte[]>> mat(JsonNode p, Serde<V> values) {
    JsonNode m = p.get("mat");
    Materialized<String, V, KeyValueStore<Bytes, byte[]>> mat =
        m.has("history")
            ? Materialized.as(Stores.persistentVersionedKeyValueStore(m.get("name").asText(), Windowing.ms(m, "history")))
            : m.has("name")
            ? m.path("memory").asBoolean()
                ? Materialized.as(Stores.inMemoryKeyValueStore(m.get("name").asText()))
                : Materialized.as(m.get("name").asText())
            : Materialized.with(S, values);
    mat = mat.withKeySerde(S).withValueSerde(values);
    if (m.path("uncached").asBoolean()) mat = mat.withCachingDisabled();
    if (m.path("unlogged").asBoolean()) mat = mat.withLoggingDisabled();
    return mat;
  }
}
