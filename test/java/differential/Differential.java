import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * Reads one program a line from standard input (test/support/program.ts says what a
 * program is), builds it with the real Kafka Streams, runs its script through
 * TopologyTestDriver, and prints one line of JSON: describe(), and every record of
 * every topic that was written, or the error that refused it.
 */
public class Differential {
  static final ObjectMapper json = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(run(json.readTree(line)));
      out.flush();
    }
    System.exit(0);
  }

  /** A store that a failed program leaves open must not be in the way of the next. */
  static int programs = 0;

  static ObjectNode run(JsonNode program) {
    ObjectNode result = json.createObjectNode();
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());
    config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());
    config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, program.path("cacheBytes").asLong(0));
    config.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir") + "/weir-differential-" + ProcessHandle.current().pid() + "-" + programs++);
    if (program.has("optimize")) config.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, program.get("optimize").asText());
    try {
      StreamsBuilder builder = new StreamsBuilder();
      Program.build(builder, program.get("steps"));
      Topology topology = builder.build(config);
      result.put("describe", topology.describe().toString());
      if (program.path("script").size() > 0) result.set("topics", script(topology, config, program.get("script")));
    } catch (Exception error) {
      result.put("error", error.getClass().getSimpleName() + ": " + error.getMessage());
    }
    return result;
  }

  static ObjectNode script(Topology topology, Properties config, JsonNode script) {
    ObjectNode topics = json.createObjectNode();
    try (TopologyTestDriver driver = new TopologyTestDriver(topology, config, Instant.ofEpochMilli(0))) {
      for (JsonNode step : script) {
        if (step.has("advance")) {
          driver.advanceWallClockTime(Duration.ofMillis(step.get("advance").asLong()));
          continue;
        }
        driver
            .createInputTopic(step.get("topic").asText(), new StringSerializer(), new StringSerializer())
            .pipeInput(text(step.get("key")), text(step.get("value")), step.get("at").asLong());
      }
      for (String topic : new TreeSet<>(driver.producedTopicNames())) {
        ArrayNode records = topics.putArray(topic);
        List<TestRecord<byte[], byte[]>> read =
            driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer()).readRecordsToList();
        for (TestRecord<byte[], byte[]> record : read) {
          ArrayNode row = records.addArray();
          row.add(bytes(record.key()));
          row.add(bytes(record.value()));
          if (record.timestamp() == null) row.addNull(); else row.add(record.timestamp());
        }
      }
    }
    return topics;
  }

  static String text(JsonNode node) {
    return node == null || node.isNull() ? null : node.asText();
  }

  static String bytes(byte[] value) {
    return value == null ? null : Base64.getEncoder().encodeToString(value);
  }
}
