import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;

/** What Kafka Streams measures: names and tags as they are registered, and how long records took. */
public class Metrics {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    var rows = new TreeMap<String, Map<String, Object>>();
    // A client registers what is its own and its threads' before it starts; it never reaches a broker.
    try (var streams = new KafkaStreams(stores(), settings(arguments[0]))) {
      collect(rows, streams.metrics().values());
    }
    try (var driver = new TopologyTestDriver(stores(), settings(arguments[0]))) {
      collect(rows, driver.metrics().values());
    }
    // What stores in memory do not measure, RocksDB does.
    var ours = new TreeSet<Object>();
    for (var row : rows.values()) if (row.get("tags").toString().contains("in-memory-")) ours.add(row.get("name"));
    rows.values().removeIf(row -> row.get("group").equals("stream-state-metrics") && !ours.contains(row.get("name")));
    for (var row : rows.values()) System.out.println(JSON.writeValueAsString(row));
    System.out.println(JSON.writeValueAsString(Map.of("latencies", latencies(arguments[0]))));
  }

  /** Groups of Kafka Streams itself; those of its clients and of RocksDB are theirs. */
  private static void collect(Map<String, Map<String, Object>> rows, Collection<? extends Metric> metrics) {
    for (var metric : metrics) {
      MetricName name = metric.metricName();
      if (!name.group().startsWith("stream-") || name.description().contains("RocksDB")) continue;
      var tags = new TreeSet<>(name.tags().keySet());
      var row = new LinkedHashMap<String, Object>();
      row.put("group", name.group());
      row.put("name", name.name());
      row.put("tags", tags);
      rows.put(name.group() + " " + name.name() + " " + tags, row);
    }
  }

  private static Topology stores() {
    var builder = new StreamsBuilder();
    var words = builder.stream("lines", Consumed.with(Serdes.String(), Serdes.String()))
      .groupByKey(Grouped.with(Serdes.String(), Serdes.String()));
    words.count(Materialized.as("counts")).toStream().to("word-counts", Produced.with(Serdes.String(), Serdes.Long()));
    words.count(Materialized.as(Stores.inMemoryKeyValueStore("in-memory")));
    words.windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMinutes(1))).count(Materialized.as(Stores.inMemoryWindowStore("windows", Duration.ofMinutes(1), Duration.ofMinutes(1), false)));
    words.windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMinutes(1))).count(Materialized.as(Stores.inMemorySessionStore("sessions", Duration.ofMinutes(1))));
    return builder.build();
  }

  /** Of a source that two nodes follow: one that is the last, and one before a sink that gives records another time. */
  private static Topology path() {
    var builder = new StreamsBuilder();
    var lines = builder.stream("lines", Consumed.with(Serdes.String(), Serdes.String()).withName("from"));
    lines.foreach((key, value) -> {}, Named.as("last"));
    lines.<String, String>process(() -> new Processor<>() {
      private ProcessorContext<String, String> context;

      public void init(ProcessorContext<String, String> context) {
        this.context = context;
      }

      public void process(Record<String, String> record) {
        if (record.value().equals("dropped")) return;
        context.forward(record.withTimestamp(record.timestamp() + 100));
      }
    }, Named.as("later")).to("copies", Produced.<String, String>as("to"));
    return builder.build();
  }

  /** Average, least and most by node, of three records read at 10,000, 10,000 and 11,000 ms. */
  private static List<Map<String, Object>> latencies(String folder) {
    try (var driver = new TopologyTestDriver(path(), settings(folder), Instant.ofEpochMilli(10_000))) {
      TestInputTopic<String, String> lines = driver.createInputTopic("lines", new StringSerializer(), new StringSerializer());
      lines.pipeInput("k", "one", 9_000);
      lines.pipeInput("k", "dropped", 4_000);
      driver.advanceWallClockTime(Duration.ofSeconds(1));
      lines.pipeInput("k", "two", 12_000);
      var found = new ArrayList<Map<String, Object>>();
      for (var metric : driver.metrics().values()) {
        var name = metric.metricName();
        if (!name.name().startsWith("record-e2e-latency") || !name.group().equals("stream-processor-node-metrics")) continue;
        var row = new LinkedHashMap<String, Object>();
        row.put("node", name.tags().get("processor-node-id"));
        row.put("name", name.name());
        row.put("value", metric.metricValue());
        found.add(row);
      }
      found.sort((one, other) -> one.toString().compareTo(other.toString()));
      return found;
    }
  }

  private static Properties settings(String folder) {
    var settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "wc");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, folder);
    settings.put(StreamsConfig.METRICS_RECORDING_LEVEL_CONFIG, "TRACE");
    settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    return settings;
  }
}
