import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;

/** What the operators of a program do with records; null is allowed everywhere. The twin is in test/support/program.ts. */
class Functions {
  static boolean passes(String key, String value) {
    int sum = 0;
    for (int at = 0; value != null && at < value.length(); at++) sum += value.charAt(at);
    return sum % 3 != 0;
  }

  static String mark(String value) {
    return value == null ? null : cut(value + "m");
  }

  static String first(String key, String value) {
    return value == null || value.isEmpty() ? null : value.substring(0, 1);
  }

  static String foreignKey(String value) {
    return first(null, value);
  }

  static String foreignOfBoth(String key, String value) {
    return value != null && value.endsWith("d") ? key : first(key, value);
  }

  static KeyValue<String, String> swap(String key, String value) {
    return KeyValue.pair(first(key, value), cut(key + value));
  }

  static List<KeyValue<String, String>> both(String key, String value) {
    List<KeyValue<String, String>> pairs = new ArrayList<>();
    pairs.add(KeyValue.pair(key, value));
    pairs.add(KeyValue.pair(value, key));
    return pairs;
  }

  static List<String> twice(String value) {
    List<String> values = new ArrayList<>();
    values.add(value);
    if (value != null) values.add(cut(value + "x"));
    return values;
  }

  static String combine(String aggregate, String value) {
    return value != null && value.endsWith("d") ? null : cut(aggregate + value);
  }

  static String take(String aggregate, String value) {
    return cut(aggregate + "-");
  }

  static String add(String key, String value, String aggregate) {
    return value != null && value.endsWith("d") ? null : cut(aggregate + "+" + value);
  }

  static String join(String left, String right) {
    return cut(left + "/" + right);
  }

  static String print(Long count) {
    return count == null ? null : String.valueOf(count);
  }

  static String cut(String text) {
    return text.length() <= 9 ? text : text.substring(text.length() - 9);
  }
}
