import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;

/** Steps with windows. */
class Windowing {
  static boolean aggregate(Program program, KGroupedStream<String, String> grouped, String op, JsonNode p) {
    throw new IllegalArgumentException("no windows yet");
  }

  static KStream<String, String> join(Program program, JsonNode p) {
    throw new IllegalArgumentException("no windows yet");
  }
}
