import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.apache.kafka.streams.tests.SmokeTestClient;

/** Kafka's own SmokeTest topology in TopologyTestDriver: every record of every topic, into the file that is named. */
public class SmokeTest {
  public static void main(String[] arguments) throws Exception {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    config.put(StreamsConfig.STATE_DIR_CONFIG, arguments[1]);
    ObjectMapper json = new ObjectMapper();
    ObjectNode topics = json.createObjectNode();
    try (TopologyTestDriver driver = new TopologyTestDriver(new SmokeTestClient("smoke").getTopology(), config, Instant.ofEpochMilli(0))) {
      TestInputTopic<String, Integer> data = driver.createInputTopic("data", new StringSerializer(), new IntegerSerializer());
      // test/testing/smoke-test.test.ts sends the same.
      for (int index = 0; index < 2000; index++) {
        int key = (index * 7) % 20;
        long late = index % 13 == 0 ? 200_000 : 0;
        data.pipeInput(key * 10 + "-" + (key * 10 + 999), (index * 31) % 1000, 1_600_000_000_000L + index * 90_000L - late);
      }
      data.pipeInput("flush", 0, 1_600_000_000_000L + 4 * 24 * 3_600_000L);
      for (String topic : new TreeSet<>(driver.producedTopicNames())) {
        ArrayNode records = topics.putArray(topic);
        for (TestRecord<byte[], byte[]> record : driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer()).readRecordsToList()) {
          ArrayNode row = records.addArray();
          row.add(record.key() == null ? null : Base64.getEncoder().encodeToString(record.key()));
          row.add(record.value() == null ? null : Base64.getEncoder().encodeToString(record.value()));
          if (record.timestamp() == null) row.addNull(); else row.add(record.timestamp());
        }
      }
    }
    Files.writeString(Path.of(arguments[0]), json.writeValueAsString(topics));
    System.exit(0);
  }
}
