import java.nio.charset.StandardCharsets;
import java.time.*;
import java.util.*;
import java.util.function.*;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.streams.*;
import org.apache.kafka.streams.errors.*;
import org.apache.kafka.streams.kstream.*;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.*;
import org.apache.kafka.streams.test.TestRecord;

/**
 * What Kafka Streams' own handlers are asked, and what lands on the dead letter queue: one JSON line for each scenario of
 * test/testing/errors-java.test.ts. Every scenario writes the same records to topic "in".
 */
public class Errors {
  static final List<String> asked = new ArrayList<>();

  static void note(String kind, ErrorHandlerContext c, Exception e) {
    asked.add(kind + " node=" + c.processorNodeId() + " topic=" + c.topic() + " partition=" + c.partition() + " offset=" + c.offset()
      + " timestamp=" + c.timestamp() + " key=" + text(c.sourceRawKey()) + " value=" + text(c.sourceRawValue()));
  }

  public static class Deserialization extends LogAndContinueExceptionHandler {
    @Override public Response handleError(ErrorHandlerContext c, org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]> r, Exception e) { note("deserialization", c, e); return super.handleError(c, r, e); }
  }
  public static class DeserializationFails extends LogAndFailExceptionHandler {
    @Override public Response handleError(ErrorHandlerContext c, org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]> r, Exception e) { note("deserialization", c, e); return super.handleError(c, r, e); }
  }
  public static class Processing extends LogAndContinueProcessingExceptionHandler {
    @Override public Response handleError(ErrorHandlerContext c, Record<?, ?> r, Exception e) { note("processing", c, e); return super.handleError(c, r, e); }
  }
  public static class ProcessingFails extends LogAndFailProcessingExceptionHandler {
    @Override public Response handleError(ErrorHandlerContext c, Record<?, ?> r, Exception e) { note("processing", c, e); return super.handleError(c, r, e); }
  }
  public static class Production extends DefaultProductionExceptionHandler {
    @Override public Response handleSerializationError(ErrorHandlerContext c, ProducerRecord r, Exception e, SerializationExceptionOrigin o) { note("production:" + o.toString().toLowerCase(), c, e); return super.handleSerializationError(c, r, e, o); }
  }
  public static class ProductionContinues extends DefaultProductionExceptionHandler {
    @Override public Response handleSerializationError(ErrorHandlerContext c, ProducerRecord r, Exception e, SerializationExceptionOrigin o) { note("production:" + o.toString().toLowerCase(), c, e); return Response.resume(super.handleSerializationError(c, r, e, o).deadLetterQueueRecords()); }
  }

  static String text(byte[] b) { return b == null ? "null" : new String(b, StandardCharsets.UTF_8); }
  static String quote(String s) { return "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\""; }
  static String list(List<String> all) { StringJoiner j = new StringJoiner(",", "[", "]"); for (String s : all) j.add(quote(s)); return j.toString(); }

  static final Serde<String> S = Serdes.String();
  /** Refuses what contains "unwritable". */
  static final Serde<String> PICKY = Serdes.serdeFrom((topic, v) -> { if (v != null && v.contains("unwritable")) throw new IllegalStateException("cannot write " + v); return v == null ? null : v.getBytes(StandardCharsets.UTF_8); }, new StringDeserializer());
  /** Refuses to read what contains "unreadable". */
  static final Serde<String> READER = Serdes.serdeFrom(new StringSerializer(), (topic, b) -> { String v = text(b); if (v.contains("unreadable")) throw new IllegalStateException("cannot read " + v); return v; });

  static String bad(String v) { if (v.contains("bad")) throw new IllegalStateException(v + " is bad"); return v; }

  static void scenario(String name, Consumer<StreamsBuilder> topology, Class<?> deserialization, Class<?> processing, Class<?> production, Consumer<TestInputTopic<String, String>> more) {
    asked.clear();
    Properties p = new Properties();
    p.put("application.id", "app"); p.put("bootstrap.servers", "x:1");
    p.put("errors.dead.letter.queue.topic.name", "dead");
    p.put("deserialization.exception.handler", deserialization.getName());
    p.put("processing.exception.handler", processing.getName());
    p.put("production.exception.handler", production.getName());
    StreamsBuilder b = new StreamsBuilder(); topology.accept(b);
    String failed = "no";
    List<String> out = new ArrayList<>(), dead = new ArrayList<>();
    TopologyTestDriver d = new TopologyTestDriver(b.build(), p, Instant.ofEpochMilli(0));
    try {
      TestInputTopic<String, String> in = d.createInputTopic("in", new StringSerializer(), new StringSerializer());
      String[] values = {"good one", "bad two", "unwritable three", "unreadable four", "good five"};
      for (int i = 0; i < values.length; i++) {
        RecordHeaders h = new RecordHeaders(); h.add("own", new byte[] {(byte) ('0' + i)});
        in.pipeInput(new TestRecord<>("k" + i, values[i], h, Instant.ofEpochMilli(100 * (i + 1))));
      }
      d.advanceWallClockTime(Duration.ofMillis(1000));
      if (more != null) more.accept(in);
    } catch (Exception e) { failed = "yes"; }
    TestOutputTopic<String, String> o = d.createOutputTopic("out", new StringDeserializer(), new StringDeserializer());
    while (!o.isEmpty()) o.readRecordsToList().forEach(r -> out.add(r.key() + "=" + r.value() + "@" + r.timestamp()));
    TestOutputTopic<byte[], byte[]> q = d.createOutputTopic("dead", new ByteArrayDeserializer(), new ByteArrayDeserializer());
    while (!q.isEmpty()) q.readRecordsToList().forEach(r -> {
      StringBuilder s = new StringBuilder(text(r.key()) + "=" + text(r.value()) + "@" + r.timestamp());
      for (Header h : r.headers()) {
        String k = h.key();
        boolean isLanguage = k.endsWith("exception") || k.endsWith("stacktrace") || k.endsWith("message");
        s.append(" ").append(k).append("=").append(isLanguage ? "?" : text(h.value()));
      }
      dead.add(s.toString());
    });
    try { d.close(); } catch (Exception e) { }
    System.out.println("{\"name\":" + quote(name) + ",\"failed\":" + quote(failed) + ",\"asked\":" + list(asked) + ",\"out\":" + list(out) + ",\"dead\":" + list(dead) + "}");
  }

  static KStream<String, String> in(StreamsBuilder b) { return b.stream("in", Consumed.with(S, READER)); }

  public static void main(String[] args) {
    Class<?> dc = Deserialization.class, df = DeserializationFails.class, pc = Processing.class, pf = ProcessingFails.class, wf = Production.class, wc = ProductionContinues.class;
    Consumer<StreamsBuilder> mapped = b -> in(b).mapValues(v -> bad(v)).to("out", Produced.with(S, PICKY));
    scenario("everything continues", mapped, dc, pc, wc, null);
    scenario("deserialization fails", mapped, df, pc, wc, null);
    scenario("processing fails", mapped, dc, pf, wc, null);
    scenario("production fails, processing continues", mapped, dc, pc, wf, null);
    scenario("production fails, processing fails", b -> in(b).to("out", Produced.with(S, PICKY)), dc, pf, wf, null);
    scenario("straight to a sink, production fails, processing continues", b -> in(b).to("out", Produced.with(S, PICKY)), dc, pc, wf, null);
    scenario("unwritable keys", b -> in(b).filter((k, v) -> !v.contains("bad")).map((k, v) -> KeyValue.pair(v, k)).to("out", Produced.with(PICKY, S)), dc, pc, wc, null);
    scenario("one of two children", b -> { KStream<String, String> s = in(b); s.mapValues(v -> bad(v)).to("out", Produced.with(S, S)); s.mapValues(v -> v + " too").to("out", Produced.with(S, S)); }, dc, pc, wc, null);
    scenario("behind a store with a cache", b -> in(b).groupByKey(Grouped.with(S, S)).reduce((x, y) -> y, Materialized.as("latest")).toStream().mapValues(v -> bad(v)).to("out", Produced.with(S, S)), dc, pc, wc, null);
    scenario("a timer", b -> in(b).process(() -> new Processor<String, String, String, String>() {
      public void init(ProcessorContext<String, String> context) { context.schedule(Duration.ofMillis(500), PunctuationType.WALL_CLOCK_TIME, now -> { throw new IllegalStateException("no time"); }); }
      public void process(Record<String, String> r) { }
    }).to("out", Produced.with(S, S)), dc, pc, wc, null);
    scenario("a timer's record", b -> in(b).process(() -> new Processor<String, String, String, String>() {
      public void init(ProcessorContext<String, String> context) { context.schedule(Duration.ofMillis(500), PunctuationType.WALL_CLOCK_TIME, now -> context.forward(new Record<>("timer", "bad", now))); }
      public void process(Record<String, String> r) { }
    }).mapValues(v -> bad(v)).to("out", Produced.with(S, S)), dc, pc, wc, null);
  }
}
