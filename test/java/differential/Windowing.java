import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.*;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/** Steps with windows. */
class Windowing {
  static final Serde<String> S = Serdes.String();

  static boolean aggregate(Program program, KGroupedStream<String, String> grouped, String op, JsonNode p) {
    JsonNode w = p.get("window");
    boolean closed = w.path("onClose").asBoolean();
    EmitStrategy emit = closed ? EmitStrategy.onWindowClose() : EmitStrategy.onWindowUpdate();
    Duration grace = ms(w, "grace");
    switch (w.get("kind").asText()) {
      case "session":
        SessionWindowedKStream<String, String> s = grouped.windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(w, "gap"), grace)).emitStrategy(emit);
        return sessions(program, s, op, p);
      case "sliding":
        return times(program, grouped.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(ms(w, "size"), grace)).emitStrategy(emit), op, p);
      default:
        TimeWindows t = TimeWindows.ofSizeAndGrace(ms(w, "size"), grace);
        if (w.has("advance")) t = t.advanceBy(ms(w, "advance"));
        return times(program, grouped.windowedBy(t).emitStrategy(emit), op, p);
    }
  }

  static boolean times(Program program, TimeWindowedKStream<String, String> g, String op, JsonNode p) {
    if (op.endsWith("Count")) end(program, p.has("mat") ? g.count(window(p, Serdes.Long())) : g.count(), p);
    else if (op.endsWith("Reduce")) end(program, p.has("mat") ? g.reduce(Functions::combine, window(p, S)) : g.reduce(Functions::combine), p);
    else end(program, p.has("mat") ? g.aggregate(() -> "0", Functions::add, window(p, S)) : g.aggregate(() -> "0", Functions::add), p);
    return true;
  }

  static boolean sessions(Program program, SessionWindowedKStream<String, String> g, String op, JsonNode p) {
    if (op.endsWith("Count")) end(program, p.has("mat") ? g.count(session(p, Serdes.Long())) : g.count(), p);
    else if (op.endsWith("Reduce")) end(program, p.has("mat") ? g.reduce(Functions::combine, session(p, S)) : g.reduce(Functions::combine), p);
    else {
      Merger<String, String> merger = (k, a, b) -> Functions.join(a, b);
      end(program, p.has("mat") ? g.aggregate(() -> "0", Functions::add, merger, session(p, S)) : g.aggregate(() -> "0", Functions::add, merger), p);
    }
    return true;
  }

  static <V> void end(Program program, KTable<Windowed<String>, V> table, JsonNode p) {
    KTable<Windowed<String>, V> told = p.has("suppress") ? table.suppress(suppressed(p.get("suppress"))) : table;
    KStream<Windowed<String>, V> stream = told.toStream();
    if (p.has("to")) stream.to(p.get("to").asText());
    program.streams.add(stream.map((k, v) -> KeyValue.pair(k == null ? null : k.toString(), v == null ? null : String.valueOf(v))));
  }

  static Suppressed<Windowed> suppressed(JsonNode s) {
    Suppressed<Windowed> made;
    if (s.path("close").asBoolean()) {
      made = (Suppressed<Windowed>) (Suppressed) Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded());
    } else {
      Suppressed.EagerBufferConfig bound = Suppressed.BufferConfig.maxRecords(s.path("records").asLong(1000));
      made = (Suppressed<Windowed>) (Suppressed) Suppressed.untilTimeLimit(ms(s, "limit"), bound);
    }
    return s.has("name") ? (Suppressed<Windowed>) made.withName(s.get("name").asText()) : made;
  }

  static KStream<String, String> join(Program program, JsonNode p) {
    JsonNode w = p.get("window");
    JoinWindows windows = JoinWindows.ofTimeDifferenceAndGrace(ms(w, "size"), ms(w, "grace"));
    if (w.has("before")) windows = windows.before(ms(w, "before"));
    if (w.has("after")) windows = windows.after(ms(w, "after"));
    StreamJoined<String, String, String> with = StreamJoined.with(S, S, S);
    if (p.has("name")) with = with.withName(p.get("name").asText());
    if (p.has("storeName")) with = with.withStoreName(p.get("storeName").asText());
    KStream<String, String> left = program.stream(p);
    KStream<String, String> right = program.other(p);
    switch (p.get("join").asText()) {
      case "left": return left.leftJoin(right, Functions::join, windows, with);
      case "outer": return left.outerJoin(right, Functions::join, windows, with);
      default: return left.join(right, Functions::join, windows, with);
    }
  }

  static <V> Materialized<String, V, WindowStore<Bytes, byte[]>> window(JsonNode p, Serde<V> values) {
    JsonNode m = p.get("mat");
    Materialized<String, V, WindowStore<Bytes, byte[]>> mat = m.has("name") ? Materialized.as(m.get("name").asText()) : Materialized.with(S, values);
    return common(m, mat.withKeySerde(S).withValueSerde(values));
  }

  static <V> Materialized<String, V, SessionStore<Bytes, byte[]>> session(JsonNode p, Serde<V> values) {
    JsonNode m = p.get("mat");
    Materialized<String, V, SessionStore<Bytes, byte[]>> mat = m.has("name") ? Materialized.as(m.get("name").asText()) : Materialized.with(S, values);
    return common(m, mat.withKeySerde(S).withValueSerde(values));
  }

  static <V, T extends org.apache.kafka.streams.processor.StateStore> Materialized<String, V, T> common(JsonNode m, Materialized<String, V, T> mat) {
    Materialized<String, V, T> made = m.path("memory").asBoolean() ? mat.withStoreType(Materialized.StoreType.IN_MEMORY) : mat;
    if (m.path("uncached").asBoolean()) made = made.withCachingDisabled();
    if (m.path("unlogged").asBoolean()) made = made.withLoggingDisabled();
    return made;
  }

  static Duration ms(JsonNode node, String field) {
    return Duration.ofMillis(node.path(field).asLong(0));
  }
}
